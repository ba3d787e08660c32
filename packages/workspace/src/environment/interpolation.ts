import type { Span } from '@onehead/core'
import type { Ini, IniOption } from './ini.js'

/** Why a value cannot be had. `kind` is the Python class. */
export interface ValueFailure {
  readonly kind: string
  /** Lower case, no full stop. */
  readonly message: string
  readonly help: string | null
}

export interface IniValue {
  /** After interpolation; `null` where it fails. */
  readonly value: string | null
  readonly failure: ValueFailure | null
  readonly span: Span
  /** True when the option comes from `[DEFAULT]` (or is `here`). */
  readonly isDefault: boolean
}

const MAX_DEPTH = 10
/** No honest value needs more; Python itself would work for hours on a hostile one. */
const MAX_STEPS = 100_000
const MAX_LENGTH = 4_000_000
const REFERENCE = /%\(([^)]+)\)s/y
const NOWHERE: Span = { start: 0, end: 0 }

/**
 * `ConfigParser({'here': here}).get(section, name)` with `BasicInterpolation`, or `null` where the section or the option
 * does not exist. Done for one option at a time: a bad `%` only fails for options that somebody reads.
 */
export function readIniOption(ini: Ini, section: string, name: string, here: string): IniValue | null {
  const options = ini.sections.get(section)
  if (options === undefined) return null
  const hereOption: IniOption = { raw: here, span: NOWHERE, line: 0 }
  const find = (key: string): IniOption | undefined =>
    options.get(key) ?? ini.defaults.get(key) ?? (key === 'here' ? hereOption : undefined)
  const option = find(name)
  if (option === undefined) return null
  const isDefault = !options.has(name)
  try {
    const value = interpolate(option.raw, (key) => find(key)?.raw)
    return { value, failure: null, span: option.span, isDefault }
  } catch (error) {
    if (!(error instanceof InterpolationFailure)) throw error
    return { value: null, failure: error.failure, span: option.span, isDefault }
  }
}

class InterpolationFailure extends Error {
  readonly failure: ValueFailure
  constructor(kind: string, message: string, help: string | null) {
    super(message)
    this.failure = { kind, message, help }
  }
}

function interpolate(raw: string, find: (key: string) => string | undefined): string {
  const pieces: string[] = []
  let steps = 0
  let length = 0
  const push = (piece: string): void => {
    length += piece.length
    if (++steps > MAX_STEPS || length > MAX_LENGTH) {
      throw new InterpolationFailure('MemoryError', 'the value grows without end when %(…)s is filled in', null)
    }
    pieces.push(piece)
  }
  const expand = (text: string, depth: number): void => {
    if (depth > MAX_DEPTH) {
      const help = 'write the value out: an option refers to itself, or %(…)s is nested more than ten deep'
      throw new InterpolationFailure('InterpolationDepthError', '%(…)s is nested too deeply', help)
    }
    let at = 0
    while (at < text.length) {
      const percent = text.indexOf('%', at)
      push(text.slice(at, percent === -1 ? text.length : percent))
      if (percent === -1) return
      const next = text[percent + 1]
      if (next === '%') {
        push('%')
        at = percent + 2
        continue
      }
      REFERENCE.lastIndex = percent
      const match = next === '(' ? REFERENCE.exec(text) : null
      if (match === null) {
        const shown = text.slice(percent, percent + 20)
        const help = 'write "%%" for a percent sign'
        throw new InterpolationFailure('InterpolationSyntaxError', `"${shown}" is not a %(name)s reference`, help)
      }
      const key = match[1]!.toLowerCase()
      const value = find(key)
      if (value === undefined) {
        const help = `write "%%(${key})s" if Alembic is to see %(${key})s, or set ${key} in this section or in [DEFAULT]`
        throw new InterpolationFailure('InterpolationMissingOptionError', `%(${key})s refers to no option`, help)
      }
      at = percent + match[0].length
      if (value.includes('%')) expand(value, depth + 1)
      else push(value)
    }
  }
  expand(raw, 1)
  return pieces.join('')
}
