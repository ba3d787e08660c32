import { type PlacedTouch, playScript, type SideEffects } from '../../../overlap/effects.js'
import { Names, schemaName } from '../../../overlap/names.js'
import type { DatabaseObject } from '../../../overlap/overlap.js'
import { readTouches, type Touch } from '../../../overlap/touches.js'
import type { RuleContext } from '../../rule.js'
import { meantDialects } from './dialects.js'
import { type NewScript, newScripts } from './new-operations.js'

/** One of the two functions of a script: what it does one after another, and what remains of it. */
export interface Way extends SideEffects {
  readonly touches: readonly Touch[]
}

/** A new script whose two functions both do something, and both can be told. */
export interface BothWays {
  readonly one: NewScript
  readonly up: Way
  readonly down: Way
  /** Some table has another name on one of the ways, so that names of tables tell nothing. */
  readonly renamesTables: boolean
}

const known = new WeakMap<RuleContext, readonly BothWays[]>()

/** Every new script with a way back that can be compared with the way there. */
export function bothWays(context: RuleContext): readonly BothWays[] {
  const ways = known.get(context) ?? findBothWays(context)
  known.set(context, ways)
  return ways
}

function findBothWays(context: RuleContext): readonly BothWays[] {
  return newScripts(context).flatMap((one) => {
    const { upgrade, downgrade } = one.operations
    if (downgrade.operations.length === 0 || downgrade.raises) return []
    const names = new Names([...meantDialects(context, one.operations)])
    const down = wayOf(one, 'downgrade', names)
    if (down.unknown.length > 0) return []
    const renamesTables = [...upgrade.operations, ...downgrade.operations].some(({ kind }) => kind === 'rename_table')
    return [{ one, up: wayOf(one, 'upgrade', names), down, renamesTables }]
  })
}

/** The last word on each object, each once: an object may have several keys. */
export function outcomes({ effects }: Way): readonly { readonly state: string; readonly touch: PlacedTouch }[] {
  const told = new Set<PlacedTouch>()
  return [...effects.values()].filter(({ touch }) => !told.has(touch) && told.add(touch))
}

/**
 * True where two names may be those of one object. Databases differ in upper and lower case; a naming convention puts something
 * before the name of a constraint; a unique constraint and a unique index are one thing in MySQL.
 */
export function maySame(one: DatabaseObject, other: DatabaseObject, { renamesTables }: BothWays): boolean {
  const [a, b] = [one.name?.toLowerCase() ?? '', other.name?.toLowerCase() ?? '']
  if (isOnTable(one) && isOnTable(other)) return a === b || a.endsWith(`_${b}`) || b.endsWith(`_${a}`)
  if (one.type !== other.type || a !== b || schemaName(one.schema) !== schemaName(other.schema)) return false
  return renamesTables || one.table?.toLowerCase() === other.table?.toLowerCase()
}

/** True where the second object is a part of the first. */
export function holds({ type, name, schema }: DatabaseObject, part: DatabaseObject): boolean {
  return (
    type === 'table' &&
    name?.toLowerCase() === part.table?.toLowerCase() &&
    schemaName(schema) === schemaName(part.schema)
  )
}

function isOnTable({ type }: DatabaseObject): boolean {
  return type === 'index' || type === 'constraint'
}

function wayOf({ script, operations }: NewScript, direction: 'upgrade' | 'downgrade', names: Names): Way {
  const way = { ...operations, upgrade: operations[direction] }
  const side = playScript({ ...script, operations: way }, names)
  return { ...side, touches: readTouches(way.upgrade.operations, names).touches }
}
