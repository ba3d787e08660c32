import type { Span } from '@onehead/core'
import { pythonStrip } from './ini.js'
import { type IniValue, readIniOption, type ValueFailure } from './interpolation.js'
import type { Sources } from './sources.js'
import { fillIn, isTable } from './toml.js'

/** A value with the file and the bytes where it stands. */
export interface Placed<T> {
  readonly value: T
  readonly config: string
  readonly span: Span
}

/** The options that decide which scripts Alembic loads, `%(…)s` filled in. Locations are texts, not yet looked for. */
export interface AlembicOptions {
  readonly scriptLocation: Placed<string> | null
  /** `null` where unset or empty: then `<script directory>/versions`. */
  readonly versionLocations: Placed<readonly string[]> | null
  readonly prependSysPath: readonly string[]
  readonly recursive: boolean
  readonly sourceless: boolean
  readonly fileTemplate: string | null
  /** Lower case, no full stop. */
  readonly notes: readonly string[]
}

export interface OptionFailure extends ValueFailure {
  readonly option: string
  readonly config: string
  readonly span: Span
  /** False where Alembic goes on, to an answer that nobody means. */
  readonly raises: boolean
}

export type OptionsReading =
  | { readonly options: AlembicOptions; readonly failure: null }
  /** `scriptLocation` is what could be read of it all the same. */
  | { readonly options: null; readonly failure: OptionFailure; readonly scriptLocation: Placed<string> | null }

const SEPARATORS: ReadonlyMap<string, string> = new Map([
  ['space', ' '],
  ['newline', '\n'],
  [':', ':'],
  [';', ';'],
])

/** Read by Alembic while it loads a script directory, without meaning for us: a bad `%` in one still stops it. */
const ONLY_CHECKED = ['output_encoding', 'timezone'] as const

/**
 * Reads the options as `ScriptDirectory.from_config` of Alembic 1.20 does: the INI section first, then `[tool.alembic]`.
 * `pathSeparator` is Python's `os.pathsep` (for `path_separator = os`).
 */
export function readOptions(sources: Sources, pathSeparator: ':' | ';'): OptionsReading {
  const reader = new OptionReader(sources, pathSeparator)
  try {
    return { options: reader.read(), failure: null }
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    return { options: null, failure: error.failure, scriptLocation: reader.scriptLocation }
  }
}

class OptionError extends Error {
  readonly failure: OptionFailure
  constructor(failure: OptionFailure) {
    super(failure.message)
    this.failure = failure
  }
}

type Found = Placed<unknown> & { readonly from: 'ini' | 'toml' }

class OptionReader {
  readonly #sources: Sources
  readonly #pathSeparator: string
  readonly #notes: string[] = []
  scriptLocation: Placed<string> | null = null

  constructor(sources: Sources, pathSeparator: string) {
    this.#sources = sources
    this.#pathSeparator = pathSeparator
  }

  /** In Alembic's own order, so that the first failure is the one Alembic stops at. */
  read(): AlembicOptions {
    this.scriptLocation = this.#text('script_location')
    this.#checkSlugLength()
    const prependSysPath = this.#sysPath()
    const recursive = this.#boolean('recursive_version_locations')
    const fileTemplate = this.#text('file_template')?.value ?? null
    const sourceless = this.#boolean('sourceless')
    if (sourceless) {
      this.#notes.push('sourceless = true: Alembic also loads compiled .pyc files here, which onehead does not read')
    }
    const versionLocations = this.#versionLocations()
    for (const name of ONLY_CHECKED) this.#text(name)
    this.#checkHooks()
    const { scriptLocation } = this
    return { scriptLocation, versionLocations, prependSysPath, recursive, sourceless, fileTemplate, notes: this.#notes }
  }

  #ini(name: string): IniValue | null {
    const { ini } = this.#sources
    const read = ini && readIniOption(ini.ini, ini.section, name, ini.here)
    if (read?.failure) throw this.#failed(name, ini!.config, read.span, read.failure)
    return read
  }

  #find(name: string): Found | null {
    const read = this.#ini(name)
    if (read === null) return this.#findToml(name)
    return { value: read.value, config: this.#sources.ini!.config, span: read.span, from: 'ini' }
  }

  /** Also asked where the INI has the option with an empty value: that does not hide `[tool.alembic]` for a path list. */
  #findToml(name: string): Found | null {
    const { toml } = this.#sources
    if (toml === null || !Object.hasOwn(toml.alembic.values, name)) return null
    const span = toml.alembic.spanOf(name)
    const value = this.#filled(name, toml.alembic.values[name], span)
    return { value, config: toml.config, span, from: 'toml' }
  }

  /** Fills every text of a TOML value in, to any depth that Alembic looks at. */
  #filled(name: string, value: unknown, span: Span): unknown {
    const { here, config } = this.#sources.toml!
    if (typeof value === 'string') {
      const filled = fillIn(value, here)
      if (filled.failure !== null) throw this.#failed(name, config, span, filled.failure)
      return filled.value
    }
    if (Array.isArray(value)) return value.map((item) => this.#filled(name, item, span))
    if (!isTable(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#filled(name, item, span)]))
  }

  #text(name: string): Placed<string> | null {
    const found = this.#find(name)
    if (found === null) return null
    if (typeof found.value === 'string') return { value: found.value, config: found.config, span: found.span }
    throw this.#wrongType(name, found, 'a text')
  }

  #boolean(name: string): boolean {
    const found = this.#find(name)
    if (found === null) return false
    if (found.from === 'ini') {
      const text = String(found.value)
      if (text !== 'true' && /^(true|yes|on|1|t|y)$/i.test(text)) {
        this.#notes.push(`${name} = ${text} is off: Alembic only takes the exact text "true"`)
      }
      return text === 'true'
    }
    if (typeof found.value === 'boolean') return found.value
    const help = `write ${name} = true or ${name} = false, without quotes`
    throw this.#failed(name, found.config, found.span, {
      kind: 'CommandError',
      message: `${name} is not a boolean`,
      help,
    })
  }

  #checkSlugLength(): void {
    const name = 'truncate_slug_length'
    const found = this.#find(name)
    if (found === null || typeof found.value === 'number' || typeof found.value === 'boolean') return
    if (typeof found.value === 'string' && /^\s*[+-]?\p{Nd}+(_\p{Nd}+)*\s*$/u.test(found.value)) return
    const failure = { kind: 'ValueError', message: `${name} is not a whole number`, help: `write ${name} = 40` }
    throw this.#failed(name, found.config, found.span, failure)
  }

  #sysPath(): readonly string[] {
    const name = 'prepend_sys_path'
    const text = this.#ini(name)?.value
    if (text) {
      const separator = this.#separator(['path_separator'])
      return separator === null ? text.split(/, *| +|:/) : splitOn(text, separator)
    }
    const found = this.#findToml(name)
    if (found === null || !found.value) return []
    if (typeof found.value === 'string') {
      if (found.value.length > 1) {
        this.#notes.push(`${name} is a text: Alembic takes every character of it for a directory; write a list`)
      }
      return [...found.value]
    }
    return this.#texts(name, found)
  }

  #versionLocations(): Placed<readonly string[]> | null {
    const name = 'version_locations'
    const read = this.#ini(name)
    if (read?.value) {
      const separator = this.#separator(['path_separator', 'version_path_separator'])
      const place = { config: this.#sources.ini!.config, span: read.span }
      if (separator !== null) return emptyAsUnset({ ...place, value: splitOn(read.value, separator) })
      if (read.value.includes('\n')) {
        this.#notes.push(
          `${name} has several lines, and without path_separator = newline Alembic does not split at line ends`,
        )
      }
      return { ...place, value: read.value.split(/, *| +/) }
    }
    const found = this.#findToml(name)
    if (found === null || !found.value) return null
    if (typeof found.value === 'string' || isTable(found.value)) {
      const message = `${name} is ${typeof found.value === 'string' ? 'a text, and Alembic takes every character of it for a directory' : 'a table, and Alembic takes its keys for directories'}`
      const shown = typeof found.value === 'string' ? JSON.stringify(this.#sources.toml!.alembic.values[name]) : '"…"'
      const help = `write a list: ${name} = [${shown}]`
      throw this.#failed(name, found.config, found.span, { kind: 'TypeError', message, help }, false)
    }
    return emptyAsUnset({ value: this.#texts(name, found), config: found.config, span: found.span })
  }

  #texts(name: string, found: Found): readonly string[] {
    const { value } = found
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
    throw this.#wrongType(name, found, 'a list of texts')
  }

  /** The character of the first of these options that is set (in the INI only), or null: the splitting of old. */
  #separator(names: readonly string[]): string | null {
    for (const name of names) {
      const read = this.#ini(name)
      if (read === null) continue
      const value = read.value!
      const character = value === 'os' ? this.#pathSeparator : SEPARATORS.get(value)
      if (character !== undefined) return character
      const message = `"${value}" is no ${name}`
      const help = 'write one of space, newline, os, ":" or ";"'
      throw this.#failed(name, this.#sources.ini!.config, read.span, { kind: 'ValueError', message, help })
    }
    return null
  }

  /** Alembic reads every option of `[post_write_hooks]`, and with it every one of `[DEFAULT]`. */
  #checkHooks(): void {
    const { ini } = this.#sources
    const hooks = ini?.ini.sections.get('post_write_hooks')
    if (!ini || hooks === undefined) {
      this.#find('post_write_hooks')
      return
    }
    for (const name of new Set([...ini.ini.defaults.keys(), ...hooks.keys()])) {
      const read = readIniOption(ini.ini, 'post_write_hooks', name, ini.here)
      if (read?.failure) throw this.#failed(name, ini.config, read.span, read.failure)
    }
  }

  #wrongType(name: string, found: Found, expected: string): OptionError {
    const help = `write ${expected === 'a text' ? `${name} = "…"` : `${name} = ["…"]`}`
    return this.#failed(name, found.config, found.span, {
      kind: 'TypeError',
      message: `${name} is not ${expected}`,
      help,
    })
  }

  #failed(option: string, config: string, span: Span, failure: ValueFailure, raises = true): OptionError {
    const { kind, help } = failure
    const message = failure.message.startsWith(option) ? failure.message : `${option}: ${failure.message}`
    return new OptionError({ option, config, span, raises, kind, help, message })
  }
}

/** Empty items go before the others are stripped: an item of spaces stays, as an empty text. */
function splitOn(text: string, separator: string): string[] {
  return text
    .split(separator)
    .filter((item) => item !== '')
    .map(pythonStrip)
}

/** For Alembic a list without items is no list. */
function emptyAsUnset(placed: Placed<readonly string[]>): Placed<readonly string[]> | null {
  return placed.value.length === 0 ? null : placed
}
