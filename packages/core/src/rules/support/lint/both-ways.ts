import { type Effect, type Played, playOperations } from '../../../overlap/effects.js'
import { Names, schemaName } from '../../../overlap/names.js'
import type { DatabaseObject } from '../../../overlap/overlap.js'
import type { Touch } from '../../../overlap/touches.js'
import type { RuleContext } from '../../rule.js'
import { meantDialects } from './dialects.js'
import { type NewScript, newScripts } from './new-operations.js'
import { oncePer } from './once.js'

/** A new script whose two functions both do something, and both can be told. */
export interface BothWays {
  readonly one: NewScript
  readonly up: Played
  readonly down: Played
  /** Some table has another name on one of the ways, so that names of tables tell nothing. */
  readonly renamesTables: boolean
}

/** Every new script with a way back that can be compared with the way there. */
export const bothWays = oncePer((context: RuleContext): readonly BothWays[] =>
  newScripts(context).flatMap((one) => {
    const { upgrade, downgrade } = one.operations
    if (downgrade.operations.length === 0 || downgrade.raises) return []
    const names = namesIn(context, one)
    const down = playOperations(downgrade.operations, names)
    if (down.unknown.length > 0) return []
    const renamesTables = [upgrade, downgrade].some(({ operations }) =>
      operations.some(({ kind }) => kind === 'rename_table'),
    )
    return [{ one, up: playOperations(upgrade.operations, names), down, renamesTables }]
  }),
)

/** How names are told apart in the databases that a script is meant for. */
export function namesIn(context: RuleContext, { operations }: Pick<NewScript, 'operations'>): Names {
  return namesOf(meantDialects(context, operations))
}

const namesOf = oncePer((dialects: ReadonlySet<string>) => new Names([...dialects]))

/** What is made or taken away, each object once: it may have several keys. */
export function outcomes({ decisive }: Played): readonly Effect[] {
  const told = new Set<Touch>()
  return decisive.filter(({ touch }) => touch.keys.length === 1 || (!told.has(touch) && told.add(touch)))
}

/** True where the last word that the other way has on the very same object is one of these. */
export function endsIn({ effects }: Played, { keys, object }: Touch, ...states: readonly Effect['state'][]): boolean {
  const effect = effects.get(keys[0] ?? '')
  return effect !== undefined && states.includes(effect.state) && effect.touch.object.type === object.type
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
