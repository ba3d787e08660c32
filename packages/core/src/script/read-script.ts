import type { Parser } from './parse.js'
import type { ScriptReading } from './reading.js'
import { scan } from './scanner.js'

/**
 * Reads one script: the scanner first, the parser where the scanner is not certain, or always with `full`.
 *
 * @param parser from `loadParser`; with `null` suspicious files stay as the scanner left them.
 */
export function readScript(bytes: Uint8Array, parser: Parser | null, full: boolean): ScriptReading {
  if (full && parser !== null) return parser.read(bytes)
  const reading = scan(bytes)
  return reading.suspicious === true && parser !== null ? parser.read(bytes) : reading
}
