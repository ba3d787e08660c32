import { type Ini, type IniError, parseIni } from './ini.js'
import type { TomlAlembic } from './toml.js'

/** Stands for the absolute path of the workspace root, which a snapshot does not have. No real path begins so. */
export const VIRTUAL_ROOT = '/\uf8ffworkspace'

/** What `%(here)s` is in a configuration file that lies in `directory`. */
export function hereOf(directory: string): string {
  return directory === '' ? VIRTUAL_ROOT : `${VIRTUAL_ROOT}/${directory}`
}

/** The configuration that one Alembic command sees: an INI section and `[tool.alembic]`, the INI asked first. */
export interface Sources {
  readonly ini: { readonly config: string; readonly here: string; readonly ini: Ini; readonly section: string } | null
  readonly toml: { readonly config: string; readonly here: string; readonly alembic: TomlAlembic } | null
}

export interface DecodeError {
  readonly kind: 'UnicodeDecodeError'
  /** Lower case, no full stop. */
  readonly message: string
  readonly line: number
  readonly span: { readonly start: number; readonly end: number }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** UTF-8, a byte order mark kept. Alembic uses the locale's encoding, which is UTF-8 wherever answers can be shared. */
export function decode(bytes: Uint8Array): { text: string; error: null } | { text: null; error: DecodeError } {
  try {
    return { text: utf8.decode(bytes), error: null }
  } catch {
    const start = firstBadByte(bytes)
    const message = 'the file is not UTF-8'
    return {
      text: null,
      error: { kind: 'UnicodeDecodeError', message, line: lineAt(bytes, start), span: { start, end: start + 1 } },
    }
  }
}

export function readIni(bytes: Uint8Array): { ini: Ini; error: null } | { ini: null; error: IniError | DecodeError } {
  const decoded = decode(bytes)
  if (decoded.error !== null) return { ini: null, error: decoded.error }
  return parseIni(decoded.text)
}

/** Halves the range in which the first undecodable byte lies. */
function firstBadByte(bytes: Uint8Array): number {
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (decodes(bytes.subarray(0, middle), true)) good = middle
    else bad = middle
  }
  // The sequence that went wrong began up to three bytes earlier.
  while (!decodes(bytes.subarray(0, good), false)) good--
  return good
}

function decodes(bytes: Uint8Array, mayBeCut: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: mayBeCut })
    return true
  } catch {
    return false
  }
}

function lineAt(bytes: Uint8Array, offset: number): number {
  let line = 1
  for (let at = 0; at < offset; at++) if (bytes[at] === 10) line++
  return line
}
