import type { UnreadableScript } from '../script/script.js'
import { misspeltIn } from './misspelt-identifier.js'
import { defineRule, type Finding } from './rule.js'
import { isStray } from './support/unreadable.js'
import { baseName, folderOf } from './support/words.js'

export const notARevision = defineRule({
  name: 'not-a-revision',
  severity: 'error',
  scope: 'graph',
  summary: 'a Python file in a version location is no migration script',
  check: ({ history }) =>
    history.unreadable.filter((file) => isStray(file) && misspeltIn(file.reading, null).length === 0).map(stray),
})

function stray(file: UnreadableScript): Finding {
  const name = baseName(file.path)
  const empty = file.cause === 'empty'
  return {
    message: empty ? 'this file is empty, and Alembic loads it as a script' : 'this file is not a migration script',
    labels: [{ path: file.path, span: file.span, text: file.detail }],
    notes: [
      `Alembic loads every .py file of ${folderOf(file.path) || 'the folder'} except those that begin with \`__init__\` or \`.#\`; ` +
        `this one stops every command${file.error === null ? '' : ` with \`${file.error.kind}\``}`,
    ],
    help: empty ? `delete ${name}` : `move ${name} out of the version location`,
    key: [file.path],
    stopsAlembic: true,
  }
}
