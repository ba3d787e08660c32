import type { Script } from '../script/script.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { labelAt } from './support/lint/code.js'
import { speaksFor } from './support/lint/dialects.js'
import { type Hanging, hangingsOf, isOneTable } from './support/lint/made.js'
import {
  type NewOperation,
  type NewScript,
  newDowngradeOperations,
  newOperations,
} from './support/lint/new-operations.js'
import { tableName } from './support/lint/new-tables.js'
import { oncePer } from './support/lint/once.js'
import { push, sliceOf, tableKey } from './support/lint/slice.js'

type Place = NewOperation<'drop_index'>

export const dropIndexBeforeForeignKey = defineRule({
  name: 'drop-index-before-foreign-key',
  severity: 'warn',
  scope: 'script',
  summary: 'an index is dropped before the foreign key that MySQL needs it for',
  check: (context) =>
    [...newOperations(context, 'drop_index'), ...newDowngradeOperations(context, 'drop_index')]
      .filter((at) => speaksFor(context, ['mysql'], at))
      .flatMap((at) => finding(context, at)),
})

function finding(context: RuleContext, at: Place): readonly Finding[] {
  const { name } = at.operation
  const known = knownTo(context, at)
  const index = known.find((one) => one.what === 'index' && one.name !== null && one.name === name)
  if (index === undefined) return []
  const needing = known.filter((one) => one.refersTo !== null && one.name !== null && serves(index, one))
  // Another index that begins with the same columns will do.
  if (known.some((one) => one.what === 'index' && one.name !== name && needing.some((key) => serves(one, key))))
    return []
  const after = at.operations[at.direction].operations.slice(at.index + 1)
  for (const key of needing) {
    const dropping = after.find(
      (one) => one.kind === 'drop_constraint' && one.name === key.name && isOneTable(key.on, one),
    )
    if (dropping === undefined) continue
    return [
      {
        message: `index ${name} is dropped before foreign key ${key.name}`,
        labels: [labelAt(at, 'runs first'), labelAt({ ...at, operation: dropping }, 'still needs it')],
        notes: [
          `MySQL and MariaDB refuse it: error 1553, the index of ${tableName(at)} is needed in a foreign key constraint`,
        ],
        help: context.isPublished(at.script.revision) ? null : 'drop the foreign key first',
        key: [at.script.revision, at.direction, name ?? ''],
      },
    ]
  }
  return []
}

/** What has been made on its table by either function of the script, and by new ones below it. */
function knownTo(context: RuleContext, at: Place): readonly Hanging[] {
  const { table, schema } = at.operation
  if (table === null) return []
  const below = madeByNew(context).get(tableKey({ table, schema })) ?? []
  const slice = sliceOf(context)
  return [
    ...madeBy(at).filter(({ on }) => isOneTable(on, { table, schema })),
    ...below.filter(({ script }) => slice.isBelow(script, at.script)).map(({ hanging }) => hanging),
  ]
}

function madeBy({ operations: { upgrade, downgrade } }: Pick<NewScript, 'operations'>): readonly Hanging[] {
  return hangingsOf([...upgrade.operations, ...downgrade.operations], () => false)
}

interface PlacedHanging {
  readonly script: Script
  readonly hanging: Hanging
}

/** By table, once for all that is dropped. */
const madeByNew = oncePer((context: RuleContext): ReadonlyMap<string, readonly PlacedHanging[]> => {
  const made = new Map<string, PlacedHanging[]>()
  for (const { script, operations } of sliceOf(context).scripts) {
    for (const hanging of madeBy({ operations })) push(made, tableKey(hanging.on), { script, hanging })
  }
  return made
})

/** An index serves a foreign key whose columns are its first ones, in any order. */
function serves({ columns }: Hanging, { columns: needed }: Hanging): boolean {
  const first = columns.slice(0, needed.length)
  return needed.length > 0 && needed.every((column) => column !== null && first.includes(column))
}
