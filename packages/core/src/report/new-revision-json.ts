import { diagnosticJson, writeJson } from './json.js'
import type { NewRevisionReport } from './new-revision.js'

/** `revision --format json`: one document with a line end. */
export function formatNewRevisionJson(report: NewRevisionReport): string {
  const { environment, applied, script, noChanges, heads, notes, notices, refusals, left } = report
  return writeJson({
    applied,
    environment: environment.name,
    path: environment.path,
    revision: script && {
      revision: script.revision,
      downRevisions: script.parents.map(({ revision }) => revision),
      path: script.path,
      text: script.bytes && new TextDecoder().decode(script.bytes),
    },
    noChanges,
    heads,
    notes,
    notices,
    refusals: refusals.map(({ kind, message, help, command, path }) => ({
      kind,
      environment: environment.name,
      message,
      help,
      command,
      path,
    })),
    diagnostics: left.map(diagnosticJson),
  })
}
