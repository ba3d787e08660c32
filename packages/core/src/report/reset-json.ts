import type { ResetOutcome } from './reset-report.js'
import { environmentJson, failureJson, refusalJson, write } from './restore-json.js'

/** `reset` as JSON: one document with a line end. Nothing in it is secret; only backups have absolute paths. */
export function formatResetJson(outcome: ResetOutcome): string {
  const { plan, kind, backups, scriptsBackup, initial, standing, modelsAgree, undo, failure } = outcome
  const { databases, history, scripts, steps, refusal } = plan
  return write({
    ...environmentJson(plan),
    outcome: kind,
    history,
    databases: databases.map(({ name, dialect, address, typedName, revisions, reasons }, index) => ({
      ...{ name, dialect, address, typedName, revisions, reasons, standing: standing?.[index] ?? null },
    })),
    scripts,
    steps,
    refusal: refusal && refusalJson(refusal),
    backups,
    scriptsBackup,
    initial,
    modelsAgree,
    undo,
    failure: failure && failureJson(failure),
  })
}
