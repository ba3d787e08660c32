import type { Span } from '../../text/span.js'

/** The bytes of a span, one character each: for looking at ASCII only. */
export function bytesAsText(bytes: Uint8Array, span: Span): string {
  let text = ''
  for (let index = span.start; index < span.end; index++) text += String.fromCharCode(bytes[index]!)
  return text
}
