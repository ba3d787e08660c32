import { readTouches, type Touch } from '../overlap/touches.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { namesIn } from './support/lint/both-ways.js'
import { meantDialects } from './support/lint/dialects.js'
import { type NewScript, newScripts } from './support/lint/new-operations.js'

export const sameNameOnTwoTables = defineRule({
  name: 'same-name-on-two-tables',
  severity: 'error',
  scope: 'script',
  summary: 'indexes or constraints of two tables have one name where the database allows only one',
  check: (context) =>
    newScripts(context).flatMap((at) =>
      pairsIn(context, at).map(([first, second]) => finding(context, at, first, second)),
    ),
})

/** What a script makes under a name that it has just given to something of another table. */
function pairsIn(context: RuleContext, one: NewScript): readonly (readonly [Touch, Touch])[] {
  const made = new Map<string, Touch>()
  const pairs = new Map<Touch, Touch>()
  for (const touch of readTouches(one.operations.upgrade.operations, namesIn(context, one)).touches) {
    if (touch.verb === 'drop' || touch.verb === 'rename') takeAway(made, touch)
    if (touch.verb !== 'create' || !isPart(touch) || !isSure(touch)) continue
    for (const key of touch.keys) {
      const before = made.get(key)
      if (before !== undefined && before.object.table !== touch.object.table) pairs.set(touch, before)
      made.set(key, touch)
    }
  }
  return [...pairs].map(([second, first]) => [first, second])
}

function takeAway(made: Map<string, Touch>, { object, keys }: Touch): void {
  for (const key of keys) made.delete(key)
  if (object.type !== 'table') return
  for (const [key, touch] of made) if (touch.object.table === object.name) made.delete(key)
}

function isPart({ object: { type, name, table } }: Touch): boolean {
  return (type === 'index' || type === 'constraint') && name !== null && table !== null
}

/** Under a condition the two may never meet. */
function isSure({ context: { guard } }: Touch): boolean {
  return guard === null || guard === 'offline'
}

function finding(context: RuleContext, { script, operations }: NewScript, first: Touch, second: Touch): Finding {
  const { type, name, table } = second.object
  const meant = meantDialects(context, operations)
  const other = first.object.type === 'index' ? 'an index' : 'a constraint'
  return {
    message: `${type} ${name} of ${table} has the name of ${other} of ${first.object.table}`,
    labels: [
      { path: script.path, span: second.span, text: `on ${table}` },
      { path: script.path, span: first.span, text: `on ${first.object.table}` },
    ],
    notes: [
      meant.size === 0 ? 'the second one fails on PostgreSQL and SQLite' : 'the second one fails: it is there already',
    ],
    help: context.isPublished(script.revision) ? null : 'put the name of the table into both',
    ...(meant.size === 0 ? { atMost: 'warn' as const } : {}),
    key: [script.revision, name ?? '', table ?? ''],
  }
}
