import type { Operation, OperationContext } from '../operations/operation.js'
import { type Names, schemaName } from './names.js'
import type { SideScript } from './overlap.js'
import { readTouches, type Touch, type Unknown } from './touches.js'

/** A touch and the script that it stands in. */
export interface PlacedTouch extends Touch {
  readonly script: SideScript
}

/**
 * What becomes of one key when a whole side has run. `transient`: made and taken away again; `replaced`: taken away and made
 * again; `used`: neither, and not altered.
 */
export interface Effect {
  readonly state: 'created' | 'transient' | 'dropped' | 'replaced' | 'altered' | 'used'
  /** The one that decides the state. */
  readonly touch: PlacedTouch
  /** The first that works on a part of it; null where it is only pointed to. */
  readonly worked: PlacedTouch | null
}

export interface SideEffects {
  /** By key, in the order in which keys are first touched. */
  readonly effects: ReadonlyMap<string, Effect>
  readonly unknown: readonly (Unknown & { readonly script: SideScript })[]
  /** False where nothing at all is done. */
  readonly acts: boolean
}

/** Plays the upgrades of a side, parents first, and keeps what remains of each object. */
export function playSide(scripts: readonly SideScript[], names: Names): SideEffects {
  const tracks = new Map<string, Track>()
  const unknown: (Unknown & { script: SideScript })[] = []
  for (const script of scripts) {
    if (script.operations === null) {
      unknown.push({ script, span: { start: 0, end: 0 }, reason: 'cannot be parsed' })
      continue
    }
    const read = readTouches(script.operations.upgrade.operations, names)
    for (const one of read.unknown) unknown.push({ script, ...one })
    for (const { verb, object, keys, span, context, sets } of read.touches) {
      follow(tracks, { verb, object, keys, span, context, sets, script })
    }
  }
  const effects = new Map<string, Effect>()
  for (const [key, track] of tracks) effects.set(key, effectOf(track))
  return { effects, unknown, acts: tracks.size + unknown.length > 0 }
}

const known = new WeakMap<readonly Operation[], Map<string, SideEffects>>()

/** The same for a script by itself; worked out once, however many ask. */
export function playScript(script: SideScript, names: Names): SideEffects {
  if (script.operations === null) return playSide([script], names)
  const { operations } = script.operations.upgrade
  const ofAll = known.get(operations) ?? new Map<string, SideEffects>()
  known.set(operations, ofAll)
  const played = ofAll.get(names.id) ?? playSide([script], names)
  ofAll.set(names.id, played)
  return played
}

/** The life of one key in one side. */
interface Track {
  readonly first: PlacedTouch
  /** The first of each kind. */
  made: PlacedTouch | null
  taken: PlacedTouch | null
  altered: PlacedTouch | null
  worked: PlacedTouch | null
  /** What comes first tells whether it was there before; null until it is made or taken. */
  wasThere: boolean | null
  isThere: boolean
}

function follow(tracks: Map<string, Track>, touch: PlacedTouch): void {
  for (const key of touch.keys) {
    let track = tracks.get(key)
    if (track === undefined) {
      track = begin(touch)
      tracks.set(key, track)
    }
    play(track, touch)
  }
  if (touch.object.type === 'table' && isTaking(touch)) takeParts(tracks, touch)
}

function begin(first: PlacedTouch): Track {
  return { first, made: null, taken: null, altered: null, worked: null, wasThere: null, isThere: true }
}

function play(track: Track, touch: PlacedTouch): void {
  if (touch.verb === 'create') {
    track.made ??= touch
    track.wasThere ??= false
    track.isThere = true
  } else if (isTaking(touch)) {
    if (track.made !== null && !runsWith(touch.context, track.made.context)) return
    track.taken ??= touch
    track.wasThere ??= true
    track.isThere = false
  } else if (touch.verb === 'alter') track.altered ??= touch
  else if (touch.verb === 'touch') track.worked ??= touch
}

/** A table takes with it whatever was made of it. */
function takeParts(tracks: ReadonlyMap<string, Track>, taking: PlacedTouch): void {
  const { name, schema } = taking.object
  for (const track of tracks.values()) {
    const { object } = track.first
    if (track.made === null || object.type === 'enum value' || object.table !== name) continue
    if (track.first.context.database !== taking.context.database) continue
    if (schemaName(object.schema) === schemaName(schema)) play(track, taking)
  }
}

function isTaking({ verb }: Touch): boolean {
  return verb === 'drop' || verb === 'rename'
}

/** True where one operation runs whenever the other does. */
function runsWith(one: OperationContext, other: OperationContext): boolean {
  if (one.guard !== 'condition' && one.guard !== 'dialect') return true
  const places = ({ dialects, excludedDialects }: OperationContext) => [dialects, excludedDialects].join(';')
  return one.guard === other.guard && places(one) === places(other)
}

/** True where the dialects that let two operations through are never the same. */
export function areApart(one: OperationContext, other: OperationContext): boolean {
  const within = (inner: readonly string[], outer: readonly string[]) => inner.every((name) => outer.includes(name))
  const never = (a: OperationContext, b: OperationContext) =>
    a.dialects.length > 0 &&
    (within(a.dialects, b.excludedDialects) ||
      (b.dialects.length > 0 && !a.dialects.some((name) => b.dialects.includes(name))))
  return never(one, other) || never(other, one)
}

function effectOf({ first, made, taken, altered, worked, wasThere, isThere }: Track): Effect {
  if (wasThere === false) return { state: isThere ? 'created' : 'transient', touch: made ?? first, worked }
  if (taken !== null) return { state: isThere ? 'replaced' : 'dropped', touch: taken, worked }
  return { state: altered === null ? 'used' : 'altered', touch: altered ?? worked ?? first, worked }
}
