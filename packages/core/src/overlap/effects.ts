import type { Operation, OperationContext } from '../operations/operation.js'
import { type Names, schemaName } from './names.js'
import type { SideScript } from './overlap.js'
import { readTouches, type Touch, type Touches, type Unknown } from './touches.js'

/** A touch and the script that it stands in. */
export interface PlacedTouch extends Touch {
  readonly script: SideScript
}

/** What has become of one key when a whole side has run: its life so far. */
export class Effect<T extends Touch = Touch> {
  readonly #first: T
  /** The first of each kind. */
  #made: T | null = null
  #taken: T | null = null
  #altered: T | null = null
  #worked: T | null = null
  /** What comes first tells whether it was there before; null until it is made or taken. */
  #wasThere: boolean | null = null
  #isThere = true

  constructor(first: T) {
    this.#first = first
  }

  /**
   * `transient`: made and taken away again; `replaced`: taken away and made again; `used`: neither, and not altered.
   */
  get state(): 'created' | 'transient' | 'dropped' | 'replaced' | 'altered' | 'used' {
    if (this.#wasThere === false) return this.#isThere ? 'created' : 'transient'
    if (this.#taken !== null) return this.#isThere ? 'replaced' : 'dropped'
    return this.#altered === null ? 'used' : 'altered'
  }

  /** The one that decides the state. */
  get touch(): T {
    if (this.#wasThere === false) return this.#made ?? this.#first
    return this.#taken ?? this.#altered ?? this.#worked ?? this.#first
  }

  /** The first that works on a part of it; null where it is only pointed to. */
  get worked(): T | null {
    return this.#worked
  }

  play(touch: T): void {
    if (touch.verb === 'create') {
      this.#made ??= touch
      this.#wasThere ??= false
      this.#isThere = true
    } else if (isTaking(touch)) {
      if (this.#made !== null && !runsWith(touch.context, this.#made.context)) return
      this.#taken ??= touch
      this.#wasThere ??= true
      this.#isThere = false
    } else if (touch.verb === 'alter') this.#altered ??= touch
    else if (touch.verb === 'touch') this.#worked ??= touch
  }

  /** True for what was made of this table, and goes with it. */
  isMadeOf({ object: { name, schema }, context }: T): boolean {
    const { object, context: own } = this.#first
    if (this.#made === null || object.type === 'enum value' || object.table !== name) return false
    return own.database === context.database && schemaName(object.schema) === schemaName(schema)
  }
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
  const effects = new Map<string, Effect<PlacedTouch>>()
  const unknown: (Unknown & { script: SideScript })[] = []
  for (const script of scripts) {
    if (script.operations === null) {
      unknown.push({ script, ...UNPARSED })
      continue
    }
    const read = readTouches(script.operations.upgrade.operations, names)
    for (const one of read.unknown) unknown.push({ script, ...one })
    for (const touch of read.touches) follow(effects, { ...touch, script })
  }
  return { effects, unknown, acts: effects.size + unknown.length > 0 }
}

/** What operations do to each key, one after another, and what is not known of them. */
export interface Played extends Touches {
  readonly effects: Effects
}

const known = new WeakMap<Touches, Played>()

/** Plays one function of a script by itself, null where it cannot be parsed; worked out once, however many ask. */
export function playOperations(operations: readonly Operation[] | null, names: Names): Played {
  if (operations === null) return NOT_PARSED
  const read = readTouches(operations, names)
  const before = known.get(read)
  if (before !== undefined) return before
  const effects = new Map<string, Effect>()
  for (const touch of read.touches) follow(effects, touch)
  const played = { touches: read.touches, unknown: read.unknown, effects }
  known.set(read, played)
  return played
}

const UNPARSED: Unknown = { span: { start: 0, end: 0 }, reason: 'cannot be parsed' }
const NOT_PARSED: Played = { touches: [], unknown: [UNPARSED], effects: new Map() }

function follow<T extends Touch>(effects: Map<string, Effect<T>>, touch: T): void {
  for (const key of touch.keys) {
    let effect = effects.get(key)
    if (effect === undefined) {
      effect = new Effect(touch)
      effects.set(key, effect)
    }
    effect.play(touch)
  }
  // A table takes with it whatever was made of it.
  if (touch.object.type === 'table' && isTaking(touch)) {
    for (const effect of effects.values()) if (effect.isMadeOf(touch)) effect.play(touch)
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
