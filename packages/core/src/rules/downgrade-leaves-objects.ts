import type { DatabaseObject } from '../overlap/overlap.js'
import type { Touch } from '../overlap/touches.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { nameObject } from './support/database-words.js'
import { type BothWays, bothWays, endsIn, holds, maySame, outcomes } from './support/lint/both-ways.js'
import { headerLabel } from './support/lint/function-words.js'
import { undo } from './support/lint/way-back.js'

export const downgradeLeavesObjects = defineRule({
  name: 'downgrade-leaves-objects',
  severity: 'warn',
  scope: 'script',
  summary: 'downgrade() does not take away what upgrade() makes',
  check: (context) =>
    bothWays(context).flatMap((ways) => leftBehind(ways).map((touch) => finding(context, ways, touch))),
})

/** What upgrade() makes for sure, and what is still there when downgrade() has run. */
function leftBehind(ways: BothWays): readonly Touch[] {
  const made = outcomes(ways.up)
    .filter(({ state, touch }) => state === 'created' && touch.verb === 'create' && isWanted(touch))
    .map(({ touch }) => touch)
  const tables = made.filter(({ object }) => object.type === 'table')
  const whole = made.filter(({ object }) => !tables.some((table) => holds(table.object, object)))
  // What is made anew under the same name somebody has thought of.
  const taken = ways.down.touches.filter(({ verb }) => verb === 'drop' || verb === 'rename' || verb === 'create')
  return whole.filter(
    (touch) =>
      !endsIn(ways.down, touch, 'dropped') &&
      !goesWith(ways, touch).some((object) => isTaken(ways, taken, object)) &&
      !mayGo(ways, taken, touch),
  )
}

/** A condition or an expression may be about any column of its table. */
function mayGo({ one }: BothWays, taken: readonly Touch[], { object, span }: Touch): boolean {
  const made = one.operations.upgrade.operations.find((operation) => operation.callSite.start === span.start)
  const columns =
    made?.kind === 'create_index' ? made.columns : made?.kind === 'create_constraint' ? made.constraint.columns : ['']
  if (columns.length > 0 && !columns.includes(null)) return false
  return taken.some(({ object: gone }) => gone.type === 'column' && gone.table === object.table)
}

/** Types of enums have a rule of their own. What is made only where it is missing may be somebody else's. */
function isWanted({ object: { type, name }, context: { guard } }: Touch): boolean {
  const isKind = type === 'table' || type === 'column' || type === 'index' || type === 'constraint'
  return isKind && name !== null && guard !== 'exists' && guard !== 'condition'
}

/** The object, and everything that takes it along when it goes: its table, its columns, what a foreign key points to. */
function goesWith({ up }: BothWays, { object, span }: Touch): readonly DatabaseObject[] {
  const table: DatabaseObject = { type: 'table', name: object.table, table: null, schema: object.schema }
  const itself = object.table === null ? [object] : [object, table]
  if (object.type !== 'index' && object.type !== 'constraint') return itself
  const referred = up.touches.filter((touch) => touch.verb === 'refer' && touch.span.start === span.start)
  return [...itself, ...referred.map((touch) => touch.object)]
}

function isTaken(ways: BothWays, taken: readonly Touch[], object: DatabaseObject): boolean {
  return taken.some((touch) => maySame(touch.object, object, ways))
}

function finding(context: RuleContext, { one }: BothWays, { object, span }: Touch): Finding {
  const { script, operations } = one
  const thing = nameObject(object)
  const made = operations.upgrade.operations.find(
    (operation) => operation.callSite.start === span.start && isAbout(operation, object),
  )
  const code = made === undefined ? null : undo(made)
  return {
    message: `downgrade() leaves ${thing}, which upgrade() makes`,
    labels: [
      { path: script.path, span, text: 'made here' },
      headerLabel(context, one, operations.downgrade.span ?? span, 'not taken away here'),
    ],
    notes: ['after a downgrade the next upgrade stops here: it is there already'],
    help: context.isPublished(script.revision) ? null : 'take it away in downgrade()',
    rewrite: code === null ? [] : [{ title: 'in downgrade()', code }],
    key: [script.revision, thing],
  }
}

/** True for the operation that makes the object, among those of one call. */
function isAbout(operation: BothWays['one']['operations']['upgrade']['operations'][number], object: DatabaseObject) {
  switch (operation.kind) {
    case 'create_table':
      return object.type === 'table' && operation.table === object.name
    case 'add_column':
      return object.type === 'column' && operation.column.name === object.name && operation.table === object.table
    case 'create_index':
      return object.type === 'index' && operation.name === object.name
    case 'create_constraint':
      return object.type === 'constraint' && operation.constraint.name === object.name
    case 'rename_table':
    case 'alter_column':
      return operation.newName === object.name
    default:
      return false
  }
}
