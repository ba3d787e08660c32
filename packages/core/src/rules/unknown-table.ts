import type { ArgumentSpan, Operation } from '../operations/operation.js'
import type { Edit } from '../text/span.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { literalEdit } from './support/edits.js'
import { codeOf, labelAt, quoted } from './support/lint/code.js'
import { byScript, type NewOperation, newOperations } from './support/lint/new-operations.js'
import { oncePer } from './support/lint/once.js'
import { TablesTold, type TableTold } from './support/lint/tables-told.js'
import { isWhole } from './support/lint/whole.js'

type Place = NewOperation<(typeof KINDS)[number]>

/** What works on a table that must be there. */
const KINDS = [
  'add_column',
  'alter_column',
  'drop_column',
  'create_index',
  'create_constraint',
  'drop_constraint',
  'drop_table',
  'rename_table',
  'bulk_insert',
] as const

export const unknownTable = defineRule({
  name: 'unknown-table',
  severity: 'error',
  scope: 'script',
  summary: 'a script works on a table that no script creates',
  check(context) {
    const places = newOperations<(typeof KINDS)[number]>(context, ...KINDS).filter(mustBeThere)
    if (places.length === 0 || !isWhole(context)) return []
    const told = new TablesTold(context)
    return [...byScript(places).values()].flatMap(firstOfEachTable).flatMap((at) => finding(context, told, at))
  },
})

/** The same slip stands in all lines of a script. */
function firstOfEachTable(places: readonly Place[]): readonly Place[] {
  const told = new Set<string | null>()
  return places.filter(({ operation: { table } }) => !told.has(table) && told.add(table))
}

function mustBeThere(at: Place): boolean {
  const { table, schema, context } = at.operation
  // Tables in a schema of their own are often those of somebody else.
  if (table === null || schema !== null || table === 'alembic_version') return false
  if (context.guard === 'exists' || context.guard === 'condition' || context.database !== null) return false
  return at.index <= certainUntil(at.operations[at.direction].operations)
}

/** The place of the first operation that may create a table. */
const certainUntil = oncePer((operations: readonly Operation[]) => {
  const place = operations.findIndex(mayCreate)
  return place === -1 ? operations.length : place
})

function mayCreate(operation: Operation): boolean {
  return operation.kind === 'opaque' || (operation.kind === 'execute' && operation.effect === 'unknown')
}

function finding(context: RuleContext, told: TablesTold, at: Place): readonly Finding[] {
  const table = at.operation.table!
  if (told.isKnown(table, at.script)) return []
  const near = told.near(table)
  if (near === null && !told.createsAllBut(at.script)) return []
  const isPublished = context.isPublished(at.script.revision)
  const edits = near === null || isPublished ? [] : renameEdits(context, at, near)
  return [
    {
      message: `no script creates a table ${table}`,
      labels: [
        labelAt(at, near === null ? `${table} is not there` : `probably ${near.name}`),
        ...(near === null
          ? []
          : [{ path: near.script.path, span: near.span, text: `created in ${near.script.revision}` }]),
      ],
      notes: [
        near === null
          ? 'this history creates every other table that it works on, so that nothing else brings this one'
          : 'no other script works on it either, so that it does not come from somewhere else',
      ],
      help: isPublished
        ? null
        : near === null
          ? `create ${table} first, or correct the name`
          : `write ${quoted(near.name)}`,
      ...(near === null ? { atMost: 'warn' as const } : {}),
      fix: edits.length === 0 ? null : { applicability: 'ask', edits, command: null },
      key: [at.script.revision, table],
    },
  ]
}

/** The name in every call of the script that says it as a literal. */
function renameEdits(context: RuleContext, at: Place, near: TableTold): readonly Edit[] {
  const { upgrade, downgrade } = at.operations
  const edits = new Map<number, Edit>()
  for (const operation of [...upgrade.operations, ...downgrade.operations]) {
    if (!('table' in operation) || operation.table !== at.operation.table || operation.fromSql) continue
    const argument = nameArgument(operation)
    if (argument === null || !/^['"]\w+['"]$/.test(codeOf(context, at, argument.value))) continue
    edits.set(argument.value.start, literalEdit(context, at.script.path, argument.value, near.name))
  }
  return [...edits.values()]
}

function nameArgument({ arguments: given }: Operation): ArgumentSpan | null {
  return given.get('table_name') ?? given.get('source_table') ?? given.get('old_table_name') ?? null
}
