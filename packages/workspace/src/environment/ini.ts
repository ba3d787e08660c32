import type { Span } from '@onehead/core'

/** One option as it stands in the file: `raw` is what `ConfigParser.get(…, raw=True)` gives. */
export interface IniOption {
  readonly raw: string
  /** The bytes of the value, from its first to its last character (an empty span for an empty value). */
  readonly span: Span
  /** Counts from 1: the line of the key. */
  readonly line: number
}

/** Option names are lower case. */
export type IniSection = ReadonlyMap<string, IniOption>

export interface Ini {
  /** Without `[DEFAULT]`, in file order. */
  readonly sections: ReadonlyMap<string, IniSection>
  readonly defaults: IniSection
}

export interface IniError {
  /** The class that Python's `configparser` raises. */
  readonly kind: 'MissingSectionHeaderError' | 'DuplicateSectionError' | 'DuplicateOptionError' | 'ParsingError'
  /** Lower case, no full stop. */
  readonly message: string
  /** Counts from 1. */
  readonly line: number
  readonly span: Span
}

export type IniReading = { readonly ini: Ini; readonly error: null } | { readonly ini: null; readonly error: IniError }

interface OpenOption {
  readonly parts: string[]
  readonly line: number
  start: number
  end: number
}

type OpenSection = Map<string, OpenOption>

/**
 * Reads an INI text as Python's `configparser.ConfigParser()` does with its defaults (which is how Alembic makes it):
 * strict duplicates, `=` and `:`, `#` and `;` only for whole lines, values continued by deeper indentation, `[DEFAULT]`.
 * A byte order mark is an ordinary character, as it is for Alembic. Interpolation is separate and lazy (`interpolate`).
 */
export function parseIni(text: string): IniReading {
  return new IniReader(text).read()
}

class IniReader {
  readonly #text: string
  readonly #sections = new Map<string, OpenSection>()
  readonly #defaults: OpenSection = new Map()
  #section: OpenSection | null = null
  #sectionName = ''
  /** Options of `#sectionName` set by this file: a second one is an error, even across two `[DEFAULT]` headers. */
  #option: OpenOption | null = null
  #indent = 0
  #line = 0
  #lineStart = 0
  #firstError: IniError | null = null

  constructor(text: string) {
    this.#text = text
  }

  read(): IniReading {
    const text = this.#text
    let at = 0
    while (at < text.length) {
      let end = at
      while (end < text.length && text.charCodeAt(end) !== 10 && text.charCodeAt(end) !== 13) end++
      const isPair = text.charCodeAt(end) === 13 && text.charCodeAt(end + 1) === 10
      const next = Math.min(end + (isPair ? 2 : 1), text.length)
      this.#line++
      const fatal = this.#readLine(text.slice(at, end))
      if (fatal !== null) return { ini: null, error: fatal }
      this.#lineStart += Buffer.byteLength(text.slice(at, next))
      at = next
    }
    if (this.#firstError !== null) return { ini: null, error: this.#firstError }
    const sections = new Map([...this.#sections].map(([name, options]) => [name, closeSection(options)]))
    return { ini: { sections, defaults: closeSection(this.#defaults) }, error: null }
  }

  #readLine(line: string): IniError | null {
    const from = skipSpace(line, 0)
    if (from === line.length) {
      this.#option?.parts.push('')
      return null
    }
    const first = line[from]
    if (first === '#' || first === ';') return null
    const value = line.slice(from, trimEnd(line, from))
    if (this.#section !== null && this.#option !== null && from > this.#indent) {
      this.#option.parts.push(value)
      this.#option.end = this.#byteAt(line, from + value.length)
      if (this.#option.start === -1) this.#option.start = this.#byteAt(line, from)
      return null
    }
    this.#indent = from
    const close = first === '[' ? value.lastIndexOf(']') : -1
    if (close > 1) return this.#openSection(value.slice(1, close), line, from)
    if (this.#section === null) {
      return this.#error('MissingSectionHeaderError', 'there is text before the first [section]', line, from)
    }
    return this.#openOption(value, line, from)
  }

  #openSection(name: string, line: string, from: number): IniError | null {
    this.#option = null
    this.#sectionName = name
    if (name === 'DEFAULT') {
      this.#section = this.#defaults
      return null
    }
    if (this.#sections.has(name)) {
      return this.#error('DuplicateSectionError', `the section [${name}] stands here a second time`, line, from)
    }
    this.#section = new Map()
    this.#sections.set(name, this.#section)
    return null
  }

  #openOption(value: string, line: string, from: number): IniError | null {
    const delimiter = value.search(/[=:]/)
    if (delimiter === -1) {
      this.#firstError ??= this.#error('ParsingError', 'this line is neither a [section] nor a key = value', line, from)
      return null
    }
    const name = value.slice(0, trimEnd(value.slice(0, delimiter), 0)).toLowerCase()
    if (name === '') this.#firstError ??= this.#error('ParsingError', 'this line has no key before its "="', line, from)
    if (this.#section!.has(name)) {
      const message = `${name} stands here a second time in [${this.#sectionName}]`
      return this.#error('DuplicateOptionError', message, line, from)
    }
    const valueFrom = skipSpace(value, delimiter + 1)
    const start = this.#byteAt(line, from + valueFrom)
    const option: OpenOption = {
      parts: [value.slice(valueFrom)],
      line: this.#line,
      start: valueFrom < value.length ? start : -1,
      end: start,
    }
    if (valueFrom < value.length) option.end = this.#byteAt(line, from + value.length)
    this.#section!.set(name, option)
    // A key that is an empty text never takes continuation lines.
    this.#option = name === '' ? null : option
    return null
  }

  #error(kind: IniError['kind'], message: string, line: string, from: number): IniError {
    const span = { start: this.#byteAt(line, from), end: this.#byteAt(line, trimEnd(line, from)) }
    return { kind, message, line: this.#line, span }
  }

  #byteAt(line: string, index: number): number {
    return this.#lineStart + Buffer.byteLength(line.slice(0, index))
  }
}

function closeSection(options: OpenSection): IniSection {
  const closed = new Map<string, IniOption>()
  for (const [name, { parts, line, start, end }] of options) {
    const joined = parts.length === 1 ? parts[0]! : parts.join('\n')
    const span = { start: start === -1 ? end : start, end }
    closed.set(name, { raw: joined.slice(0, trimEnd(joined, 0)), span, line })
  }
  return closed
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && isPythonSpace(text.charCodeAt(at))) at++
  return at
}

/** The index behind the last character that is not space, at least `from`. */
function trimEnd(text: string, from: number): number {
  let end = text.length
  while (end > from && isPythonSpace(text.charCodeAt(end - 1))) end--
  return end
}

/** `str.strip()`. */
export function pythonStrip(text: string): string {
  const from = skipSpace(text, 0)
  return text.slice(from, trimEnd(text, from))
}

/** `str.isspace()`, which differs from JavaScript's `\s` in both directions (U+001C…U+001F, U+0085, U+FEFF). */
function isPythonSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 9 && code <= 13) || (code >= 0x1c && code <= 0x1f)
  if (code < 0x85) return false
  return code === 0x85 || code === 0xa0 || code === 0x1680 || (code >= 0x2000 && isWideSpace(code))
}

function isWideSpace(code: number): boolean {
  return code <= 0x200a || code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f || code === 0x3000
}
