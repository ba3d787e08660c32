import type { Edit } from './span.js'

/**
 * The bytes of a file with these edits applied: every byte outside their spans stays what it is. New text is UTF-8.
 * Throws `RangeError` for edits that overlap or lie outside the file. Edits at one place are applied in the order given.
 */
export function applyEdits(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const ordered = [...edits].sort((a, b) => a.span.start - b.span.start)
  const encoder = new TextEncoder()
  const parts: Uint8Array[] = []
  let at = 0
  for (const { path, span, text } of ordered) {
    if (span.start < at || span.end < span.start || span.end > bytes.length)
      throw new RangeError(`an edit of ${path} at byte ${span.start} meets another one or lies outside the file`)
    parts.push(bytes.subarray(at, span.start), encoder.encode(text))
    at = span.end
  }
  parts.push(bytes.subarray(at))
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    result.set(part, offset)
    offset += part.length
  }
  return result
}
