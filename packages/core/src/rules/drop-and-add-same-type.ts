import type { Operation } from '../operations/operation.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { callCode, columnName, labelAt, quoted } from './support/lint/code.js'
import { typeText } from './support/lint/columns.js'
import { byScript, type NewOperation, newOperations } from './support/lint/new-operations.js'
import { isNewTable, isSameTable, tableName } from './support/lint/new-tables.js'
import { mayChangeRows } from './support/lint/rows.js'

type Dropped = NewOperation<'drop_column'>
type Added = NewOperation<'add_column'>

export const dropAndAddSameType = defineRule({
  name: 'drop-and-add-same-type',
  severity: 'warn',
  scope: 'script',
  summary: 'a column is dropped and another one of its type is added',
  check(context) {
    const added = byScript(newOperations(context, 'add_column'))
    const dropped = byScript(newOperations(context, 'drop_column'))
    return [...dropped].flatMap(([script, drops]) =>
      drops.flatMap((drop) => {
        const candidates = (added.get(script) ?? []).filter((add) => replaces(drop, add))
        const [only] = candidates
        if (only === undefined || candidates.length > 1 || isNewTable(context, drop)) return []
        // Of two that go for one that comes nobody can say which it was.
        return drops.filter((other) => replaces(other, only)).length > 1 ? [] : [finding(context, drop, only)]
      }),
    )
  },
})

function replaces(drop: Dropped, add: Added): boolean {
  const { table, schema, column } = drop.operation
  if (!isSameTable(add.operation, table, schema)) return false
  const { name, type } = add.operation.column
  if (column === null || name === null || name === column) return false
  const before = droppedType(drop)
  return before !== null && before === typeText(type) && !mayBeCopied(drop)
}

/** `downgrade()` says what the column was. */
function droppedType({ operations, operation: { table, schema, column } }: Dropped): string | null {
  const back = operations.downgrade.operations.find(
    (one): one is Extract<Operation, { kind: 'add_column' }> =>
      one.kind === 'add_column' && isSameTable(one, table, schema) && one.column.name === column,
  )
  return back === undefined ? null : typeText(back.column.type)
}

/** True where the script moves the values itself, or may do so. */
function mayBeCopied({ operations, operation: { table, schema } }: Dropped): boolean {
  return operations.upgrade.operations.some((one) => mayChangeRows(one, table, schema))
}

function finding(context: RuleContext, drop: Dropped, add: Added): Finding {
  const table = tableName(drop)
  const was = drop.operation.column!
  const is = add.operation.column.name!
  const isPublished = context.isPublished(drop.script.revision)
  return {
    message: `column ${columnName(table, was)} goes, and ${is} of the same type comes`,
    labels: [
      labelAt(drop, `the values of ${was} are gone`),
      labelAt(add, `${is} begins ${add.operation.column.serverDefault === null ? 'empty' : 'with its default'}`),
    ],
    notes: ['autogenerate writes a renamed column like this: it sees one that is missing and one that is new'],
    help: isPublished ? null : `rename it, if ${is} is what ${was} was`,
    ...(isPublished
      ? {}
      : {
          rewrite: [
            { title: 'in upgrade()', code: rename(drop, was, is) },
            { title: 'in downgrade()', code: rename(drop, is, was) },
          ],
        }),
    key: [drop.script.revision, table, was, is],
  }
}

function rename(at: Dropped, from: string, to: string): readonly string[] {
  return callCode(at, 'alter_column', quoted(from), `new_column_name=${quoted(to)}`)
}
