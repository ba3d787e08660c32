import { pythonStrip } from './ini.js'
import { readIniOption } from './interpolation.js'
import { type Found, OptionError, type OptionFailure, OptionValues, type Placed } from './option-values.js'
import type { Sources } from './sources.js'
import { isTable } from './toml.js'

/** The options that decide which scripts Alembic loads, `%(…)s` filled in. Locations are texts, not yet looked for. */
export interface AlembicOptions {
  readonly scriptLocation: Placed<string> | null
  /** `null` where unset or empty: then `<script directory>/versions`. */
  readonly versionLocations: Placed<readonly string[]> | null
  readonly prependSysPath: readonly string[]
  readonly recursive: boolean
  readonly sourceless: boolean
  readonly fileTemplate: string | null
  /** SQLAlchemy's name of the database in `sqlalchemy.url`; null where it does not say. */
  readonly addressDialect: string | null
  /** Lower case, no full stop. */
  readonly notes: readonly string[]
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

class OptionReader {
  readonly #sources: Sources
  readonly #pathSeparator: string
  readonly #values: OptionValues
  scriptLocation: Placed<string> | null = null

  constructor(sources: Sources, pathSeparator: string) {
    this.#sources = sources
    this.#values = new OptionValues(sources)
    this.#pathSeparator = pathSeparator
  }

  /** In Alembic's own order, so that the first failure is the one Alembic stops at. */
  read(): AlembicOptions {
    this.scriptLocation = this.#values.text('script_location')
    this.#checkSlugLength()
    const prependSysPath = this.#sysPath()
    const recursive = this.#values.boolean('recursive_version_locations')
    const fileTemplate = this.#values.text('file_template')?.value ?? null
    const sourceless = this.#values.boolean('sourceless')
    if (sourceless) {
      this.#values.notes.push(
        'sourceless = true: Alembic also loads compiled .pyc files here, which onehead does not read',
      )
    }
    const versionLocations = this.#versionLocations()
    for (const name of ONLY_CHECKED) this.#values.text(name)
    this.#checkHooks()
    const { scriptLocation } = this
    return {
      scriptLocation,
      versionLocations,
      prependSysPath,
      recursive,
      sourceless,
      fileTemplate,
      addressDialect: addressDialect(this.#sources),
      notes: this.#values.notes,
    }
  }

  #checkSlugLength(): void {
    const name = 'truncate_slug_length'
    const found = this.#values.find(name)
    if (found === null || typeof found.value === 'number' || typeof found.value === 'boolean') return
    if (typeof found.value === 'string' && /^\s*[+-]?\p{Nd}+(_\p{Nd}+)*\s*$/u.test(found.value)) return
    const failure = { kind: 'ValueError', message: `${name} is not a whole number`, help: `write ${name} = 40` }
    throw this.#values.failed(name, found.config, found.span, failure)
  }

  #sysPath(): readonly string[] {
    const name = 'prepend_sys_path'
    const text = this.#values.ini(name)?.value
    if (text) {
      const separator = this.#separator(['path_separator'])
      return separator === null ? text.split(/, *| +|:/) : splitOn(text, separator)
    }
    const found = this.#values.findToml(name)
    if (found === null || !found.value) return []
    if (typeof found.value === 'string') {
      if (found.value.length > 1) {
        this.#values.notes.push(`${name} is a text: Alembic takes every character of it for a directory; write a list`)
      }
      return [...found.value]
    }
    return this.#texts(name, found)
  }

  #versionLocations(): Placed<readonly string[]> | null {
    const name = 'version_locations'
    const read = this.#values.ini(name)
    if (read?.value) {
      const separator = this.#separator(['path_separator', 'version_path_separator'])
      const place = { config: this.#sources.ini!.config, span: read.span }
      if (separator !== null) return emptyAsUnset({ ...place, value: splitOn(read.value, separator) })
      if (read.value.includes('\n')) {
        this.#values.notes.push(
          `${name} has several lines, and without path_separator = newline Alembic does not split at line ends`,
        )
      }
      return { ...place, value: read.value.split(/, *| +/) }
    }
    const found = this.#values.findToml(name)
    if (found === null || !found.value) return null
    if (typeof found.value === 'string' || isTable(found.value)) {
      const message = `${name} is ${typeof found.value === 'string' ? 'a text, and Alembic takes every character of it for a directory' : 'a table, and Alembic takes its keys for directories'}`
      const shown = typeof found.value === 'string' ? JSON.stringify(this.#sources.toml!.alembic.values[name]) : '"…"'
      const help = `write a list: ${name} = [${shown}]`
      throw this.#values.failed(name, found.config, found.span, { kind: 'TypeError', message, help }, false)
    }
    return emptyAsUnset({ value: this.#texts(name, found), config: found.config, span: found.span })
  }

  #texts(name: string, found: Found): readonly string[] {
    const { value } = found
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
    throw this.#values.wrongType(name, found, 'a list of texts')
  }

  /** The character of the first of these options that is set (in the INI only), or null: the splitting of old. */
  #separator(names: readonly string[]): string | null {
    for (const name of names) {
      const read = this.#values.ini(name)
      if (read === null) continue
      const value = read.value!
      const character = value === 'os' ? this.#pathSeparator : SEPARATORS.get(value)
      if (character !== undefined) return character
      const message = `"${value}" is no ${name}`
      const help = 'write one of space, newline, os, ":" or ";"'
      throw this.#values.failed(name, this.#sources.ini!.config, read.span, { kind: 'ValueError', message, help })
    }
    return null
  }

  /** Alembic reads every option of `[post_write_hooks]`, and with it every one of `[DEFAULT]`. */
  #checkHooks(): void {
    const { ini } = this.#sources
    const hooks = ini?.ini.sections.get('post_write_hooks')
    if (!ini || hooks === undefined) {
      this.#values.find('post_write_hooks')
      return
    }
    for (const name of new Set([...ini.ini.defaults.keys(), ...hooks.keys()])) {
      const read = readIniOption(ini.ini, 'post_write_hooks', name, ini.here)
      if (read?.failure) throw this.#values.failed(name, ini.config, read.span, read.failure)
    }
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

/** Nothing stops at an address that cannot be read: whether Alembic ever does is env.py's business. */
function addressDialect({ ini }: Sources): string | null {
  const read = ini && readIniOption(ini.ini, ini.section, 'sqlalchemy.url', ini.here)
  const written = /^(\w+?)(?:\+\w+)?:\/\//.exec(read?.value ?? '')?.[1] ?? null
  // What `alembic init` writes.
  if (written === 'driver') return null
  return written === 'postgres' ? 'postgresql' : written
}
