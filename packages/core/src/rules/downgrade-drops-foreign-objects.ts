import type { Operation } from '../operations/operation.js'
import type { DatabaseObject } from '../overlap/overlap.js'
import type { Touch } from '../overlap/touches.js'
import { nearest } from '../text/near.js'
import { defineRule, type Finding, type Fix, type RuleContext } from './rule.js'
import { nameObject } from './support/database-words.js'
import { pythonString } from './support/edits.js'
import { type BothWays, bothWays, endsIn, holds, maySame, outcomes } from './support/lint/both-ways.js'
import { headerLabel } from './support/lint/function-words.js'

export const downgradeDropsForeignObjects = defineRule({
  name: 'downgrade-drops-foreign-objects',
  severity: 'error',
  scope: 'script',
  summary: 'downgrade() drops a table or column that upgrade() has not made',
  check: (context) =>
    bothWays(context)
      // What a helper makes, or raw SQL, nobody can tell.
      .filter(({ up }) => up.unknown.length === 0)
      .flatMap((ways) => foreign(ways).map((touch) => finding(context, ways, touch))),
})

/** What is gone after downgrade() although it was there before upgrade(). */
function foreign(ways: BothWays): readonly Touch[] {
  const made = ways.up.touches.filter(({ verb }) => verb === 'create').map(({ object }) => object)
  return outcomes(ways.down)
    .filter(({ state, touch }) => state === 'dropped' && touch.verb === 'drop' && isWanted(touch))
    .map(({ touch }) => touch)
    .filter((touch) => !endsIn(ways.up, touch, 'created', 'transient'))
    .filter(({ object }) => !made.some((one) => maySame(one, object, ways) || holds(one, object)))
}

/** Rows are in tables and columns only. A batch that broke off leaves its own table behind, to be cleared away. */
function isWanted({ object: { type, name }, context: { guard } }: Touch): boolean {
  const hasRows = type === 'table' || type === 'column'
  return hasRows && name !== null && guard !== 'condition' && !name.startsWith('_alembic_tmp_')
}

function finding(context: RuleContext, ways: BothWays, touch: Touch): Finding {
  const { script, operations } = ways.one
  const { object, span } = touch
  const meant = nameMeant(ways, object)
  const published = context.isPublished(script.revision)
  return {
    message: `downgrade() drops ${nameObject(object)}, which upgrade() has not made`,
    labels: [
      { path: script.path, span, text: 'its rows go with it' },
      headerLabel(context, ways.one, operations.upgrade.span ?? span, 'not made here'),
    ],
    notes: ['it was there before this revision: after a downgrade it is missing, and what was in it is lost'],
    help: published ? null : meant === null ? 'take it out of downgrade()' : `write "${meant}"`,
    fix: published || meant === null ? null : fixOf(ways, touch, meant),
    // Where the script looks first, it may be a rest of something that once was.
    ...(touch.context.guard === 'exists' ? { atMost: 'warn' } : {}),
    key: [script.revision, nameObject(object)],
  }
}

/** A name like it, of something that upgrade() makes and downgrade() does not drop. */
function nameMeant(ways: BothWays, { type, name, table }: DatabaseObject): string | null {
  const dropped = ways.down.touches.filter(({ verb }) => verb === 'drop').map(({ object }) => object)
  const left = outcomes(ways.up)
    .map(({ state, touch }) => (state === 'created' ? touch.object : null))
    .filter((object) => object !== null && object.type === type && object.table === table)
    .filter((object) => !dropped.some((one) => maySame(one, object!, ways)))
    .flatMap((object) => object?.name ?? [])
  return nearest(name ?? '', left)
}

function fixOf({ one: { script, operations } }: BothWays, { object, span }: Touch, meant: string): Fix | null {
  const dropping = operations.downgrade.operations.filter((operation) => isDropOf(operation, object, span.start))
  const [only] = dropping
  if (only === undefined || dropping.length > 1 || only.fromSql) return null
  const argument = only.arguments.get(object.type === 'table' ? 'table_name' : 'column_name')
  if (argument === undefined) return null
  const edit = { path: script.path, span: argument.value, text: pythonString(meant, "'") }
  return { applicability: 'ask', edits: [edit], command: null }
}

function isDropOf(operation: Operation, { type, name }: DatabaseObject, start: number): boolean {
  if (operation.callSite.start !== start || operation.span.start !== start) return false
  return type === 'table'
    ? operation.kind === 'drop_table' && operation.table === name
    : operation.kind === 'drop_column' && operation.column === name
}
