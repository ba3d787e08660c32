import { type Effect as AnyEffect, areApart, type PlacedTouch, playSide, type SideEffects } from './effects.js'
import { Names, schemaName } from './names.js'
import type {
  Comparison,
  ComparisonOptions,
  DatabaseObject,
  Deed,
  OpaqueEffect,
  Overlap,
  OverlapKind,
  OverlapPlace,
  SideScript,
} from './overlap.js'

type Effect = AnyEffect<PlacedTouch>

/**
 * Compares what the two sides of a fork do to a database, so that whoever joins them knows before a database does. Only
 * upgrades count, and of each side what remains when all of it has run.
 *
 * @param mine scripts of one side since it left the other, parents first
 * @param theirs those of the other side, parents first
 */
export function compareSides(
  mine: readonly SideScript[],
  theirs: readonly SideScript[],
  options: ComparisonOptions = {},
): Comparison {
  const names = new Names(options.dialects)
  const [own, others] = [playSide(mine, names), playSide(theirs, names)]
  const overlaps = withoutParts([...sameKeys(own, others), ...(names.foldsCase ? nearlySameKeys(own, others) : [])])
  const opaque = [...opaqueEffects('mine', own, others), ...opaqueEffects('theirs', others, own)]
  return { overlaps, opaque, grade: gradeOf(overlaps, opaque) }
}

function gradeOf(overlaps: readonly Overlap[], opaque: readonly OpaqueEffect[]): Comparison['grade'] {
  if (overlaps.some(({ kind }) => kind !== 'same-table')) return 'overlap'
  if (opaque.length > 0) return 'opaque'
  return overlaps.length > 0 ? 'same-table' : 'disjoint'
}

function opaqueEffects(side: OpaqueEffect['side'], own: SideEffects, others: SideEffects): OpaqueEffect[] {
  if (!others.acts) return []
  return own.unknown.map(({ script: { revision, path }, span, reason }) => ({ side, revision, path, span, reason }))
}

function sameKeys(mine: SideEffects, theirs: SideEffects): Overlap[] {
  const overlaps: Overlap[] = []
  for (const [key, own] of mine.effects) {
    const other = theirs.effects.get(key)
    const kind = other === undefined ? null : kindOf(own, other)
    if (other !== undefined && kind !== null) overlaps.push(...overlapOf(kind, own, other))
  }
  return overlaps
}

/** Made on both sides under names that are one name to databases that do not tell upper from lower case. */
function nearlySameKeys(mine: SideEffects, theirs: SideEffects): Overlap[] {
  const folded = new Map<string, string>()
  for (const [key, { state }] of theirs.effects) if (state === 'created') folded.set(key.toLowerCase(), key)
  return [...mine.effects].flatMap(([key, own]) => {
    const near = own.state === 'created' ? folded.get(key.toLowerCase()) : undefined
    if (near === undefined || near === key || theirs.effects.has(key)) return []
    const found = overlapOf('created-twice', own, theirs.effects.get(near)!)
    return found.map((overlap): Overlap => ({ ...overlap, severity: 'warn', differsInCase: true }))
  })
}

function kindOf(own: Effect, other: Effect): OverlapKind | null {
  const isMade = ({ state }: Effect) => state === 'created' || state === 'transient'
  if (isMade(own) && isMade(other)) {
    // Each side cleans up behind itself, whichever runs first.
    return own.state === 'transient' && other.state === 'transient' ? null : 'created-twice'
  }
  if (isMade(own) || isMade(other)) return 'created-while-used'
  const states = [own.state, other.state]
  const both = (...wanted: readonly Effect['state'][]) => states.every((state) => wanted.includes(state))
  if (both('dropped')) return 'dropped-twice'
  if (both('replaced', 'altered')) return 'altered-twice'
  if (states.includes('dropped') || states.includes('replaced')) return 'dropped-or-renamed-while-used'
  // A type is altered by a new name, among others.
  if (states.includes('altered')) return own.touch.object.type === 'enum' ? 'dropped-or-renamed-while-used' : null
  return own.touch.object.type === 'table' && own.worked !== null && other.worked !== null ? 'same-table' : null
}

/** None where the two can never run in one database. */
function overlapOf(kind: OverlapKind, own: Effect, other: Effect): Overlap[] {
  if (areApart(own.touch.context, other.touch.context)) return []
  const [mine, theirs] = [placeOf(own), placeOf(other)]
  const guarded = mine.guarded && theirs.guarded
  const isSame = kind === 'altered-twice' && own.touch.sets !== null && own.touch.sets === other.touch.sets
  const severity = kind === 'same-table' || guarded || isSame ? 'warn' : 'block'
  const object = mine.object.table === null && theirs.object.table !== null ? theirs.object : mine.object
  return [{ kind, severity, object, mine, theirs, guarded, differsInCase: false }]
}

function placeOf({ state, touch }: Effect): OverlapPlace {
  const { script, object, span, context } = touch
  const { revision, path } = script
  return { object, revision, path, span, deed: deedOf(state, touch), guarded: context.guard === 'exists' }
}

function deedOf(state: Effect['state'], { verb }: PlacedTouch): Deed {
  if (state === 'created' || state === 'transient') return 'creates'
  if (state === 'altered') return 'alters'
  if (state === 'used') return 'uses'
  if (verb === 'rename') return 'renames'
  return state === 'replaced' ? 'replaces' : 'drops'
}

/**
 * Leaves out what is said already: a column of a table that both sides create; a table of which they create the same column.
 */
function withoutParts(overlaps: readonly Overlap[]): Overlap[] {
  const meetings = overlaps.filter(({ kind }) => kind !== 'same-table')
  const tables = meetings.filter(({ object }) => object.type === 'table')
  const kept: Overlap[] = []
  for (const overlap of overlaps) {
    const { kind, object } = overlap
    const isSaid =
      kind === 'same-table'
        ? meetings.some((other) => isPartOf(other.object, object))
        : tables.some((table) => isPartOf(object, table.object) && covers(table, overlap)) ||
          kept.some((other) => saysTheSame(other, overlap))
    if (!isSaid) kept.push(overlap)
  }
  return kept
}

function isPartOf(part: DatabaseObject, { name, schema }: DatabaseObject): boolean {
  return part.type !== 'enum value' && part.table === name && schemaName(part.schema) === schemaName(schema)
}

function covers(one: Overlap, other: Overlap): boolean {
  return one.severity === 'block' || other.severity === 'warn'
}

/** Two keys of one object; what is made with a table, by the same call; the two names of what both sides rename alike. */
function saysTheSame(one: Overlap, other: Overlap): boolean {
  const samePlaces = isSamePlace(one.mine, other.mine) && isSamePlace(one.theirs, other.theirs)
  if (!samePlaces || !covers(one, other)) return false
  if (one.mine.deed === 'renames' && one.theirs.deed === 'renames') return true
  if (one.object.type === 'table' && other.object.type !== 'table') return true
  return one.object.type === other.object.type && one.object.name === other.object.name
}

function isSamePlace(one: OverlapPlace, other: OverlapPlace): boolean {
  return one.path === other.path && one.span.start === other.span.start && one.span.end === other.span.end
}
