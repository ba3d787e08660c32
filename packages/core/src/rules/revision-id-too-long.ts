import type { Script } from '../script/script.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { START } from './support/edits.js'
import { stem } from './support/words.js'

/** `alembic_version.version_num` is VARCHAR(32); reference: alembic.md, "Version table". */
const LIMIT = 32

export const revisionIdTooLong = defineRule({
  name: 'revision-id-too-long',
  severity: 'error',
  scope: 'graph',
  summary: 'a revision id does not fit into the 32 characters of the version table',
  check(context) {
    const { history } = context
    const { dialects } = history.environment.settings
    if (dialects.length > 0 && dialects.every((dialect) => dialect === 'sqlite')) return []
    return history.scripts.filter((script) => isTooLong(script.revision)).map((script) => finding(context, script))
  },
})

/** Length in characters as a database counts them. */
function isTooLong(id: string): boolean {
  return id.length > LIMIT && [...id].length > LIMIT
}

function finding(context: RuleContext, script: Script): Finding {
  const length = [...script.revision].length
  const notes = [
    'PostgreSQL ends the upgrade in `value too long for type character varying(32)`; SQLite does not mind, so tests on it pass',
  ]
  if (script.revision === stem(script.path))
    notes.push('the id is the whole file name; only the file needs the long name')
  return {
    message: `this revision id has ${length} characters, ${LIMIT} fit`,
    labels: [{ path: script.path, span: script.spans.revision ?? START, text: `${length - LIMIT} too many` }],
    notes,
    help: context.isPublished(script.revision)
      ? 'widen `alembic_version.version_num`: databases may have this id'
      : 'shorten the id while no database has it, or widen `alembic_version.version_num`',
    key: [script.revision],
  }
}
