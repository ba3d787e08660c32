import type { Operation, OperationContext } from '../operations/operation.js'
import { type Names, schemaName } from './names.js'
import type { SideScript } from './overlap.js'
import { readTouches, type Touch, type Touches, type Unknown } from './touches.js'

/** A touch and the script that it stands in. */
export interface PlacedTouch extends Touch {
  readonly script: SideScript
}

/** What becomes of one key when a whole side has run. */
export interface Effect<T extends Touch = Touch> {
  readonly key: string
  /**
   * `transient`: made and taken away again; `replaced`: taken away and made again; `used`: neither, and not altered.
   */
  readonly state: 'created' | 'transient' | 'dropped' | 'replaced' | 'altered' | 'used'
  /** The one that decides the state. */
  readonly touch: T
  /** The first that works on a part of it; null where it is only pointed to. */
  readonly worked: T | null
}

/** By key, in the order in which keys are first touched. */
export type Effects<T extends Touch = Touch> = ReadonlyMap<string, Effect<T>>

export interface SideEffects {
  readonly effects: Effects<PlacedTouch>
  readonly unknown: readonly (Unknown & { readonly script: SideScript })[]
  /** False where nothing at all is done. */
  readonly acts: boolean
}

/** Plays the upgrades of a side, parents first, and keeps what remains of each object. */
export function playSide(scripts: readonly SideScript[], names: Names): SideEffects {
  const tracks = new Map<string, Track<PlacedTouch>>()
  const unknown: (Unknown & { script: SideScript })[] = []
  for (const script of scripts) {
    if (script.operations === null) {
      unknown.push({ script, ...UNPARSED })
      continue
    }
    const read = readTouches(script.operations.upgrade.operations, names)
    for (const one of read.unknown) unknown.push({ script, ...one })
    for (const { verb, object, keys, span, context, sets } of read.touches) {
      follow(tracks, { verb, object, keys, span, context, sets, script })
    }
  }
  return { effects: tracks, unknown, acts: tracks.size + unknown.length > 0 }
}

/** What operations do to each key, one after another, and what is not known of them. */
export interface Played extends Touches {
  readonly effects: Effects
  /** Those that make something or take it away. */
  readonly decisive: readonly Effect[]
}

const known = new WeakMap<Touches, Played>()

/** Plays one function of a script by itself, null where it cannot be parsed; worked out once, however many ask. */
export function playOperations(operations: readonly Operation[] | null, names: Names): Played {
  if (operations === null) return NOT_PARSED
  const read = readTouches(operations, names)
  const before = known.get(read)
  if (before !== undefined) return before
  const tracks = new Map<string, Track<Touch>>()
  read.touches.forEach((touch) => {
    follow(tracks, touch)
  })
  const decisive: Effect[] = []
  tracks.forEach((track) => {
    if (track.state !== 'used' && track.state !== 'altered') decisive.push(track)
  })
  const played = { touches: read.touches, unknown: read.unknown, effects: tracks, decisive }
  known.set(read, played)
  return played
}

const UNPARSED: Unknown = { span: { start: 0, end: 0 }, reason: 'cannot be parsed' }
const NOT_PARSED: Played = { touches: [], unknown: [UNPARSED], effects: new Map(), decisive: [] }

/** The life of one key so far: its effect, if nothing more came. */
interface Track<T extends Touch> extends Effect<T> {
  state: Effect['state']
  touch: T
  worked: T | null
  readonly first: T
  /** The first of each kind. */
  made: T | null
  taken: T | null
  altered: T | null
  /** What comes first tells whether it was there before; null until it is made or taken. */
  wasThere: boolean | null
  isThere: boolean
}

function follow<T extends Touch>(tracks: Map<string, Track<T>>, touch: T): void {
  // Nearly all have one key, for which no iterator is made.
  for (let at = 0; at < touch.keys.length; at++) {
    const key = touch.keys[at]!
    let track = tracks.get(key)
    if (track === undefined) {
      track = begin(key, touch)
      tracks.set(key, track)
    }
    play(track, touch)
  }
  if (touch.object.type === 'table' && isTaking(touch)) takeParts(tracks, touch)
}

function begin<T extends Touch>(key: string, first: T): Track<T> {
  return {
    key,
    state: 'used',
    touch: first,
    first,
    made: null,
    taken: null,
    altered: null,
    worked: null,
    wasThere: null,
    isThere: true,
  }
}

function play<T extends Touch>(track: Track<T>, touch: T): void {
  switch (touch.verb) {
    case 'create':
      track.made ??= touch
      track.wasThere ??= false
      track.isThere = true
      break
    case 'drop':
    case 'rename':
      if (track.made !== null && !runsWith(touch.context, track.made.context)) return
      track.taken ??= touch
      track.wasThere ??= true
      track.isThere = false
      break
    case 'alter':
      track.altered ??= touch
      break
    case 'touch':
      track.worked ??= touch
      break
    default:
      return
  }
  decide(track)
}

function decide<T extends Touch>(track: Track<T>): void {
  const { first, made, taken, altered, worked, wasThere, isThere } = track
  if (wasThere === false) {
    track.state = isThere ? 'created' : 'transient'
    track.touch = made ?? first
  } else if (taken !== null) {
    track.state = isThere ? 'replaced' : 'dropped'
    track.touch = taken
  } else {
    track.state = altered === null ? 'used' : 'altered'
    track.touch = altered ?? worked ?? first
  }
}

/** A table takes with it whatever was made of it. */
function takeParts<T extends Touch>(tracks: ReadonlyMap<string, Track<T>>, taking: T): void {
  const { name, schema } = taking.object
  for (const track of tracks.values()) {
    const { object, context } = track.first
    if (track.made === null || object.type === 'enum value' || object.table !== name) continue
    if (context.database !== taking.context.database) continue
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
