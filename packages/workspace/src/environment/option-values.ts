import type { Span } from '@onehead/core'
import { type IniValue, readIniOption, type ValueFailure } from './interpolation.js'
import type { Sources } from './sources.js'
import { fillIn, isTable } from './toml.js'

/** A value with the file and the bytes where it stands. */
export interface Placed<T> {
  readonly value: T
  readonly config: string
  readonly span: Span
}

export interface OptionFailure extends ValueFailure {
  readonly option: string
  readonly config: string
  readonly span: Span
  /** False where Alembic goes on, to an answer that nobody means. */
  readonly raises: boolean
}

/** Thrown while options are read; never leaves this folder. */
export class OptionError extends Error {
  readonly failure: OptionFailure
  constructor(failure: OptionFailure) {
    super(failure.message)
    this.failure = failure
  }
}

export type Found = Placed<unknown> & { readonly from: 'ini' | 'toml' }

/** Single options as Alembic asks for them: the INI section first, then `[tool.alembic]`. Throws `OptionError`. */
export class OptionValues {
  readonly #sources: Sources
  /** Worth saying about values that Alembic takes otherwise than one would think; lower case, no full stop. */
  readonly notes: string[] = []

  constructor(sources: Sources) {
    this.#sources = sources
  }

  ini(name: string): IniValue | null {
    const { ini } = this.#sources
    const read = ini && readIniOption(ini.ini, ini.section, name, ini.here)
    if (read?.failure) throw this.failed(name, ini!.config, read.span, read.failure)
    return read
  }

  find(name: string): Found | null {
    const read = this.ini(name)
    if (read === null) return this.findToml(name)
    return { value: read.value, config: this.#sources.ini!.config, span: read.span, from: 'ini' }
  }

  /** Also asked where the INI has the option with an empty value: that does not hide `[tool.alembic]` for a path list. */
  findToml(name: string): Found | null {
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
      if (filled.failure !== null) throw this.failed(name, config, span, filled.failure)
      return filled.value
    }
    if (Array.isArray(value)) return value.map((item) => this.#filled(name, item, span))
    if (!isTable(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#filled(name, item, span)]))
  }

  text(name: string): Placed<string> | null {
    const found = this.find(name)
    if (found === null) return null
    if (typeof found.value === 'string') return { value: found.value, config: found.config, span: found.span }
    throw this.wrongType(name, found, 'a text')
  }

  boolean(name: string): boolean {
    const found = this.find(name)
    if (found === null) return false
    if (found.from === 'ini') {
      const text = String(found.value)
      if (text !== 'true' && /^(true|yes|on|1|t|y)$/i.test(text)) {
        this.notes.push(`${name} = ${text} is off: Alembic only takes the exact text "true"`)
      }
      return text === 'true'
    }
    if (typeof found.value === 'boolean') return found.value
    const help = `write ${name} = true or ${name} = false, without quotes`
    throw this.failed(name, found.config, found.span, {
      kind: 'CommandError',
      message: `${name} is not a boolean`,
      help,
    })
  }

  wrongType(name: string, found: Found, expected: string): OptionError {
    const help = `write ${expected === 'a text' ? `${name} = "…"` : `${name} = ["…"]`}`
    return this.failed(name, found.config, found.span, {
      kind: 'TypeError',
      message: `${name} is not ${expected}`,
      help,
    })
  }

  failed(option: string, config: string, span: Span, failure: ValueFailure, raises = true): OptionError {
    const { kind, help } = failure
    const message = failure.message.startsWith(option) ? failure.message : `${option}: ${failure.message}`
    return new OptionError({ option, config, span, raises, kind, help, message })
  }
}
