import type { Interpreter } from '../follow/interpreter.js'
import { derived, hole, number, type SequenceValue, text, type Value } from './value.js'

/** Longer texts and lists are left to Python: a few doublings would fill the memory. */
export const maxTextLength = 1_000_000
export const maxItems = 20_000

/** A text as far as it is known: what is not known stands in it as a hole. */
export function pieceOf(value: Value): string {
  switch (value.type) {
    case 'text':
      return value.text
    case 'number':
      return Number.isSafeInteger(value.value) ? String(value.value) : hole
    case 'boolean':
      return value.value ? 'True' : 'False'
    case 'none':
      return 'None'
    default:
      return hole
  }
}

/** A text made of known and unknown pieces; unknown as a whole where it would be too long. */
export function madeText(pieces: readonly string[], from: readonly Value[]): Value {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  // Added, not joined: a sum of thousands of texts would otherwise be copied again with each of them.
  return length > maxTextLength ? derived(...from) : text(pieces.reduce((before, piece) => before + piece, ''))
}

export function madeSequence(interpreter: Interpreter, form: SequenceValue['form'], items: readonly Value[]): Value {
  return { type: 'sequence', form, items: items.length > maxItems ? null : [...items], madeIn: interpreter.branch }
}

/** `a + b`. A text stays known in part when something unknown is added to it. */
export function sumOf(interpreter: Interpreter, left: Value, right: Value): Value {
  if (left.type === 'text' || right.type === 'text') {
    const isText = (value: Value) => value.type === 'text' || pieceOf(value) === hole
    return isText(left) && isText(right)
      ? madeText([pieceOf(left), pieceOf(right)], [left, right])
      : derived(left, right)
  }
  if (left.type === 'number' && right.type === 'number') return number(left.value + right.value)
  if (left.type === 'sequence' && right.type === 'sequence' && left.form === right.form) {
    if (left.items === null || right.items === null || left.form === 'set') return derived(left, right)
    return madeSequence(interpreter, left.form, left.items.concat(right.items))
  }
  return derived(left, right)
}

/** `'…' * 3`, `[x] * 3`, `2 * 3`. */
export function productOf(interpreter: Interpreter, left: Value, right: Value): Value {
  if (left.type === 'number' && right.type === 'number') return number(left.value * right.value)
  if (left.type === 'number' && right.type !== 'number') return productOf(interpreter, right, left)
  if (right.type !== 'number' || !Number.isInteger(right.value)) return derived(left, right)
  const times = Math.max(0, right.value)
  if (left.type === 'text' && left.text.length * times <= maxTextLength) return text(left.text.repeat(times))
  if (left.type === 'sequence' && left.items !== null && left.items.length * times <= maxItems) {
    const { items } = left
    return madeSequence(
      interpreter,
      left.form,
      Array.from({ length: times }).flatMap(() => items),
    )
  }
  return derived(left, right)
}
