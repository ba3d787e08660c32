import { parseArgs } from 'node:util'
import { CommandLineError } from './errors.js'

/** One flag of a command. */
export interface Option {
  readonly name: string
  readonly short?: string
  /** What its value is called in the help; without it the option is a switch. */
  readonly value?: string
  /** The only values allowed. */
  readonly choices?: readonly string[]
  readonly repeatable?: boolean
  /** For the help: lower case, no full stop. */
  readonly says: string
}

/** What was typed, checked against the options of a command. */
export interface Arguments {
  readonly positionals: readonly string[]
  readonly has: (name: string) => boolean
  /** The value, the last one when given several times; null when absent. */
  readonly value: (name: string) => string | null
  readonly values: (name: string) => readonly string[]
  /**
   * The words once more, as they were typed.
   * @param isWanted by the name of an option; null for an argument without one
   */
  readonly words: (isWanted: (name: string | null) => boolean) => readonly string[]
}

/** Throws `CommandLineError` for an unknown option, a missing or superfluous value, a value that is not among the choices. */
export function parseArguments(typed: readonly string[], options: readonly Option[]): Arguments {
  const byName = new Map(options.map((option) => [option.name, option]))
  const { tokens } = parseArgs({
    args: [...typed],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      options.map(({ name, short, value }) => [
        name,
        { type: value === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) } as const,
      ]),
    ),
  })
  const found = new Map<string, string[]>()
  const positionals: string[] = []
  const words: { readonly name: string | null; readonly typed: readonly string[] }[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') {
      words.push({ name: null, typed: [token.kind === 'positional' ? token.value : '--'] })
      continue
    }
    const option = byName.get(token.name)
    if (option === undefined) throw unknownOption(token.rawName, options)
    const value = checkValue(option, token.rawName, token.value, token.inlineValue ?? false)
    const before = found.get(option.name) ?? []
    if (before.length > 0 && option.value !== undefined && !option.repeatable)
      throw new CommandLineError(`${token.rawName} is given twice`, 'give it once')
    found.set(option.name, [...before, value])
    words.push({ name: option.name, typed: retyped(token.rawName, token.value, token.inlineValue ?? false) })
  }
  return {
    positionals,
    has: (name) => found.has(name),
    value: (name) => found.get(name)?.at(-1) ?? null,
    values: (name) => found.get(name) ?? [],
    words: (isWanted) => words.flatMap(({ name, typed }) => (isWanted(name) ? typed : [])),
  }
}

function retyped(name: string, value: string | undefined, inline: boolean): readonly string[] {
  if (value === undefined) return [name]
  return inline ? [`${name}${name.startsWith('--') ? '=' : ''}${value}`] : [name, value]
}

function checkValue(option: Option, typed: string, value: string | undefined, inline: boolean): string {
  if (option.value === undefined) {
    if (value !== undefined) throw new CommandLineError(`${typed} takes no value`, `write ${typed} alone`)
    return ''
  }
  const example = `${typed} ${option.choices?.join('|') ?? option.value}`
  if (value === undefined || value === '' || (!inline && /^-(?!\d+$)./.test(value)))
    throw new CommandLineError(`${typed} needs a value`, `write ${example}`)
  if (option.choices && !option.choices.includes(value)) {
    const near = nearest(value, option.choices)
    throw new CommandLineError(`${typed} cannot be "${value}"`, near ? `did you mean ${near}?` : `write ${example}`)
  }
  return value
}

function unknownOption(typed: string, options: readonly Option[]): CommandLineError {
  const near = nearest(
    typed.replace(/^-+/, ''),
    options.map(({ name }) => name),
  )
  return new CommandLineError(
    `unknown option ${typed}`,
    near ? `did you mean --${near}?` : 'see the options with --help',
  )
}

/** A whole number from 0, or null when the option is absent. Throws `CommandLineError` for anything else. */
export function wholeNumber(given: Arguments, name: string): number | null {
  const text = given.value(name)
  if (text === null) return null
  if (!/^\d{1,9}$/.test(text)) throw new CommandLineError(`--${name} cannot be "${text}"`, 'write a whole number')
  return Number(text)
}

/**
 * What was most likely meant: the candidate that begins with what was typed, or that differs by the fewest letters, if that
 * is few. (The workspace has one like it for names; loading the workspace to report a misspelt flag would be slow.)
 */
export function nearest(typed: string, candidates: readonly string[]): string | null {
  const beginning = candidates.filter((candidate) => typed.length > 1 && candidate.startsWith(typed))
  if (beginning.length === 1) return beginning[0]!
  // Whatever was pasted here, it was no slip of a name.
  if (typed.length > 40) return null
  let best: string | null = null
  let fewest = Math.max(1, Math.floor(typed.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = lettersApart(typed, candidate)
    if (distance < fewest) {
      best = candidate
      fewest = distance
    }
  }
  return best
}

/** Letters to put in, leave out, change or swap with their neighbour (optimal string alignment). */
function lettersApart(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      row.push(Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (same ? 0 : 1)))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j]!, rows[i - 2]![j - 2]! + 1)
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
