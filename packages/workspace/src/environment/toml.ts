import type { Span } from '@onehead/core'
import type { TomlError } from 'smol-toml'
import type { ValueFailure } from './interpolation.js'

/** `[tool.alembic]` of one pyproject.toml. */
export interface TomlAlembic {
  readonly values: Readonly<Record<string, unknown>>
  /** Where an option stands: the bytes of its line, or of the table's header. */
  readonly spanOf: (name: string) => Span
}

export interface TomlFailure extends ValueFailure {
  readonly span: Span
}

export type TomlReading =
  | { readonly kind: 'read'; readonly alembic: TomlAlembic }
  /** No `[tool.alembic]` in it. */
  | { readonly kind: 'absent' }
  /** `claims` is true where the text has a `[tool.alembic]` header: the file is meant for Alembic. */
  | { readonly kind: 'broken'; readonly failure: TomlFailure; readonly claims: boolean }

const HEADER = /^[ \t]*\[[ \t]*(?:tool|"tool"|'tool')[ \t]*\.[ \t]*(?:alembic|"alembic"|'alembic')[ \t]*[\].]/m
const WHOLE: Span = { start: 0, end: 0 }

/** Reads the text of a pyproject.toml; the library is loaded for the first one that has to do with Alembic. */
export async function readToml(text: string): Promise<TomlReading> {
  const { parse, TomlError } = await import('smol-toml')
  const header = HEADER.exec(text)
  let data: Record<string, unknown>
  try {
    data = parse(text.startsWith('\ufeff') ? text.slice(1) : text, { integersAsBigInt: 'asNeeded' })
  } catch (error) {
    // A RangeError is a text nested so deeply that the stack ends.
    if (!(error instanceof TomlError) && !(error instanceof RangeError)) throw error
    return {
      kind: 'broken',
      failure: parseFailure(text, error instanceof TomlError ? error : null),
      claims: header !== null,
    }
  }
  const tool = data.tool
  const values = isTable(tool) ? tool.alembic : undefined
  if (values === undefined) return { kind: 'absent' }
  if (!isTable(values)) {
    const help = 'write it as a table: [tool.alembic]'
    const failure = { kind: 'CommandError', message: 'tool.alembic is not a table', help, span: WHOLE }
    return { kind: 'broken', failure, claims: true }
  }
  return { kind: 'read', alembic: { values, spanOf: (name) => spanOf(text, header, name) } }
}

export function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

/** @param error null: the text is nested too deeply */
function parseFailure(text: string, error: TomlError | null): TomlFailure {
  const { line, column } = error ?? { line: 1, column: 1 }
  const lines = text.split('\n', line)
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + Buffer.byteLength(one) + 1, 0)
  const start = before + Buffer.byteLength((lines[line - 1] ?? '').slice(0, column - 1))
  const reason = error === null ? 'too deep' : firstLine(error.message).replace(/^Invalid TOML document: /, '')
  const span = { start, end: Math.min(start + 1, Buffer.byteLength(text)) }
  return { kind: 'TOMLDecodeError', message: `the file is not TOML: ${reason}`, help: null, span }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!
}

/** smol-toml keeps no places: the line of the key below the header, else the header, else the start of the file. */
function spanOf(text: string, header: RegExpExecArray | null, name: string): Span {
  if (header === null) return WHOLE
  const after = header.index + header[0].length
  const next = /^[ \t]*\[[^[\]]*\][ \t]*(?:#.*)?$/m.exec(text.slice(after))
  const body = text.slice(after, next === null ? undefined : after + next.index)
  const key = new RegExp(`^[ \\t]*(["']?)${name}\\1[ \\t]*=.*$`, 'm').exec(body)
  const found = key === null ? header : key
  const at = (key === null ? header.index : after + key.index) + (found[0].length - found[0].trimStart().length)
  const start = Buffer.byteLength(text.slice(0, at))
  return { start, end: start + Buffer.byteLength(found[0].trim()) }
}

/**
 * Python's `value % {'here': here}`, which is how Alembic fills every text of `[tool.alembic]`. What Python would turn
 * into something nobody means (`%s` gives the whole dictionary) is a failure as well.
 */
export function fillIn(
  text: string,
  here: string,
): { value: string; failure: null } | { value: null; failure: ValueFailure } {
  let failure: ValueFailure | null = null
  const value = text.replace(
    /%(?:%|\(([^()]*)\))?([a-zA-Z]?)/g,
    (match, key: string | undefined, conversion: string) => {
      if (match.startsWith('%%')) return match.slice(1)
      if (key === 'here' && conversion === 's') return here
      failure ??= fillFailure(key, conversion)
      return ''
    },
  )
  return failure === null ? { value, failure: null } : { value: null, failure }
}

function fillFailure(key: string | undefined, conversion: string): ValueFailure {
  if (key === undefined || key === 'here') {
    const help = 'write "%%" for a percent sign'
    const kind = /[diouxXeEfFgGc]/.test(conversion) ? 'TypeError' : 'ValueError'
    return { kind, message: 'a percent sign that is neither "%%" nor "%(here)s"', help }
  }
  const help = `write "%%(${key})s" if Alembic is to see %(${key})s: only %(here)s is filled in`
  return { kind: 'KeyError', message: `%(${key})s is filled in by nothing`, help }
}
