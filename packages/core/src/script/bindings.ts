import type { Span } from '../text/span.js'
import { isLiteral, type NoLiteral } from './literal.js'
import { couldBeMeant, identifierIndex, identifiers } from './names.js'
import type { Literal, Reading, ScriptReading } from './reading.js'

export const absent: Reading = { kind: 'absent' }

type OtherName = ScriptReading['otherNames'][number]

const none: readonly OtherName[] = []

/** What the module-level names of one file are bound to so far: the last binding executed wins. */
export class Bindings {
  readonly readings: Reading[] = [absent, absent, absent, absent]
  /** Bit i: name i may be rebound at any time (`global` in a function), so no later assignment makes it certain. */
  #sticky = 0
  #others: OtherName[] | null = null

  /** Name `index` of `identifiers` is assigned a literal, or something that is none. */
  bind(index: number, value: Literal | NoLiteral, nameSpan: Span): void {
    this.readings[index] = isLiteral(value)
      ? { kind: 'value', literal: value, nameSpan }
      : { kind: 'dynamic', span: value.span, reason: value.reason }
  }

  bindDynamic(index: number, span: Span, reason: string): void {
    this.readings[index] = { kind: 'dynamic', span, reason }
  }

  /** From anywhere, at any time: stays dynamic whatever is assigned. */
  pin(index: number, span: Span, reason: string): void {
    this.bindDynamic(index, span, reason)
    this.#sticky |= 1 << index
    this.#pinned[index] = this.readings[index]!
  }
  readonly #pinned: Reading[] = []

  bindAllDynamic(span: Span, reason: string): void {
    for (let index = 0; index < identifiers.length; index++) this.bindDynamic(index, span, reason)
  }

  pinAll(span: Span, reason: string): void {
    for (let index = 0; index < identifiers.length; index++) this.pin(index, span, reason)
  }

  /** Something other than an assignment uses the name: a list, set or dict may be changed there. */
  mention(index: number, span: Span): void {
    const reading = this.readings[index]!
    if (reading.kind === 'value' && isMutable(reading.literal)) {
      this.bindDynamic(index, span, 'a list, set or dict that is used after it was assigned')
    }
  }

  /** Any name that is bound to a literal: kept if it could be meant for one of the four. */
  bindOther(text: string, start: number, end: number, value: Literal | NoLiteral): void {
    if (!isLiteral(value) || end - start > 24) return
    const slice = text.slice(start, end)
    if (!couldBeMeant(slice)) return
    this.#others ??= []
    this.#others.push({ name: flat(slice), nameSpan: { start, end }, literal: value })
  }

  /** `text` from `start` to `end` is a name in a place where it is bound. */
  bindName(text: string, start: number, end: number, value: Literal | NoLiteral): void {
    const index = identifierIndex(text, start, end)
    if (index === -1) this.bindOther(text, start, end, value)
    else this.bind(index, value, { start, end })
  }

  get(index: number): Reading {
    return (this.#sticky & (1 << index)) === 0 ? this.readings[index]! : this.#pinned[index]!
  }

  get others(): readonly OtherName[] {
    return this.#others ?? none
  }
}

export const isMutable = (literal: Literal): boolean =>
  literal.type === 'sequence' && (literal.form !== 'tuple' || literal.items.some(isMutable))

/** A copy that does not keep the text alive from which it was cut. */
const flat = (slice: string): string => (slice.length < 13 ? slice : Buffer.from(slice, 'latin1').toString('latin1'))
