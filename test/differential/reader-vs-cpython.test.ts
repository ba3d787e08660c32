import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Literal,
  loadParser,
  type Parser,
  type Reading,
  type ScriptReading,
  scan,
} from '../../packages/core/src/script/index.js'
import { providePython } from '../support/python.js'
import { mutant } from '../support/python-files.js'

type Json =
  | null
  | boolean
  | string
  | { seq: Json[] }
  | { set: Json[] }
  | { dict: Json[] }
  | { bytes: string }
  | { number: string }
  | { other: string }
interface Verdict {
  readonly error?: string
  readonly message?: string
  readonly compileError?: string
  readonly doc?: string | null
  readonly values?: Record<string, Json>
  readonly dynamic?: readonly string[]
  readonly star?: boolean
  readonly ran?: Record<string, Json> | null
}

const provided = providePython('plain')
const oracle = fileURLToPath(new URL('oracle.py', import.meta.url))

/** One Python process for all files: CPython's verdict on each. */
function ask(files: readonly Uint8Array[]): Verdict[] {
  const input = JSON.stringify(files.map((bytes) => Buffer.from(bytes).toString('base64')))
  const run = spawnSync(provided.python!, ['-X', 'utf8', oracle], { input, maxBuffer: 1 << 30, timeout: 110_000 })
  if (run.status !== 0) throw new Error(`the oracle failed: ${run.stderr.toString().slice(-2000)}`)
  return JSON.parse(run.stdout.toString()) as Verdict[]
}

const names = {
  revision: 'revision',
  down_revision: 'downRevision',
  branch_labels: 'branchLabels',
  depends_on: 'dependsOn',
} as const

/** A literal as the oracle writes it. */
function plain(literal: Literal): unknown {
  switch (literal.type) {
    case 'string':
    case 'boolean':
      return literal.value
    case 'none':
      return null
    case 'bytes':
      return { bytes: literal.value }
    case 'number':
      return { number: Number(literal.text.replaceAll('_', '')) }
    case 'sequence': {
      const items = literal.items.map(plain)
      if (literal.form === 'dict') return { dict: items }
      return literal.form === 'set' ? { set: items.map((item) => JSON.stringify(item)).sort() } : { seq: items }
    }
  }
}

function comparable(value: Json): unknown {
  if (value === null || typeof value !== 'object') return value
  if ('number' in value) return { number: Number(value.number.replace('Ellipsis', 'NaN')) }
  if ('seq' in value) return { seq: value.seq.map(comparable) }
  if ('dict' in value) return { dict: value.dict.map(comparable) }
  if ('set' in value) return { set: value.set.map((item) => JSON.stringify(comparable(item))).sort() }
  return value
}

/**
 * What is wrong with a reading, in words; null where it is right or deferred. Where the file ran, what it then had is the
 * truth; else the last plain assignment is, unless something else binds the name.
 */
function wrong(name: string, reading: Reading, verdict: Verdict, text: string): string | null {
  if (reading.kind === 'dynamic') return null
  const ran = verdict.ran ?? null
  if (ran === null && verdict.dynamic?.includes(name) === true) {
    return reading.kind === 'value' || knownCondition.test(text) ? null : `${name} is absent, CPython binds it`
  }
  const expected = (ran ?? verdict.values ?? {})[name]
  const wanted = expected === undefined ? 'absent' : JSON.stringify(comparable(expected))
  const seen = reading.kind === 'value' ? JSON.stringify(plain(reading.literal)) : 'absent'
  return seen === wanted ? null : `${name} is ${seen}, CPython ${ran === null ? 'says' : 'ran'} ${wanted}`
}

function wrongs(reading: ScriptReading, verdict: Verdict, text: string): string[] {
  const found: (string | null)[] = Object.entries(names).map(([name, key]) => wrong(name, reading[key], verdict, text))
  const doc = reading.docstring?.value ?? null
  if (doc !== verdict.doc && doc !== null)
    found.push(`docstring ${JSON.stringify(doc)}, not ${JSON.stringify(verdict.doc)}`)
  return found.filter((line) => line !== null)
}

const word = fc.constantFrom(
  "'aaaa'",
  '"b\u00e9"',
  "r'\\d'",
  "'''t\n'''",
  "'x\\x41\\101\\n'",
  "u'u'",
  "b'raw'",
  'None',
  'True',
  '5',
  '-1.5e3',
  '0x1F',
  '...',
  "'a' 'b'",
)
const value = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3, depthSize: 'small' }, word, tie('tuple'), tie('list'), tie('set'), tie('odd')),
  tuple: fc.array(tie('value'), { maxLength: 3 }).map((items) => `(${items.map((item) => `${item},`).join(' ')})`),
  list: fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',\n  # more\n ')}]`),
  set: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }).map((items) => `{${items.join(', ')}}`),
  odd: fc.constantFrom(
    "('p')",
    "'a' + 'b'",
    "f'x{1}'",
    "x['y']",
    'call(revision=1)',
    "'a' if x else 'b'",
    '(y := 3)',
    "*x, 'a'",
    'lambda: 0',
    "not 'a'",
  ),
})).value as fc.Arbitrary<string>
const target = fc.constantFrom(
  'revision',
  'down_revision',
  'branch_labels',
  'depends_on',
  'other',
  'x.revision',
  'x[0]',
  '(revision)',
)
const constant = fc.constantFrom(
  "X = 'c'",
  "X: str = 'd'",
  "X += 'e'",
  'revision = X',
  "down_revision = (X, 'z')",
  "revision = f'{X}-{X}'",
  "revision = X + 'q'",
  'down_revision = X or None',
  "down_revision = X if X else 'n'",
  "Y = ['l']",
  'Y.append(1)',
  'down_revision = Y',
  'down_revision = tuple(Y)',
  "depends_on = ['a', X]\ndepends_on.append('b')",
  "branch_labels = [*('a', X)]",
  'down_revision = tuple([X])',
  'tuple = 5',
  "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    revision = 'no'",
  "if not X:\n    revision = 'never'\nelse:\n    revision = 'else'",
  "if __name__ == '__main__':\n    revision = 'main'",
  'if True:\n    down_revision = X',
  'if 0:\n    def f():\n        global revision\n',
  "globals()['revision'] = 'g'",
  "(X := 'w')",
  "revision = (X := 'v')",
  'del X',
  "X, revision = 'm', 'n'",
  "[X, *revision] = 'a', 'b'",
  "X = 'k' if revision else 1",
  "for X in ('i', 'j'):\n    pass",
  'class X: pass',
  "def X(a=(revision := 'd')): pass",
  "def f():\n    global X\n    X = 'f'\nf()",
  'depends_on = {X: 1, **{}}',
  "depends_on = {'a', *Y}",
  'depends_on = set()',
  "X = revision = ['s']\nX.append('t')",
)
const statement = fc.oneof(
  { arbitrary: constant, weight: 5 },
  fc.tuple(target, value).map(([name, literal]) => `${name} = ${literal}`),
  fc.tuple(target, value).map(([name, literal]) => `${name}: 'T[int]' = ${literal}`),
  fc.tuple(target, target, value).map(([a, b, literal]) => `${a} = ${b} = ${literal}`),
  fc.tuple(target, target, value, value).map(([a, b, c, d]) => `${a}, ${b} = ${c}, ${d}`),
  fc.tuple(target, value).map(([name, literal]) => `if x:\n    ${name} = ${literal}`),
  fc
    .tuple(target, value)
    .map(([name, literal]) => `def f(a=${literal.includes(':=') ? '1' : literal}):\n    ${name} = 1`),
  fc.constantFrom(
    'import a.revision',
    'from b import c as depends_on',
    'from . import revision',
    'del revision',
    'revision += "x"',
    'pass; pass',
    '# revision = 1',
    'for revision in y: pass',
    'class revision: pass',
    'print(revision)',
    'with a as (b, revision): pass',
    "try:\n  pass\nfinally:\n  depends_on = 'f'",
    'revision',
  ),
)
const generated = fc
  .array(statement, { minLength: 1, maxLength: 7 })
  .map((lines) => new TextEncoder().encode(`${lines.join('\n')}\n`))

/** Where py-ast accepts what CPython refuses, by the text of the file; each with its reason. */
const acceptedAlthoughRefused: readonly (readonly [RegExp, string])[] = [
  [/\byield\s+yield\b|\byield\s*,/, 'py-ast takes any expression after `yield`, also an empty tuple'],
  [/\bawait\s+await\b/, 'py-ast takes any expression after `await`'],
  [/\\N\{/, 'only Python knows the names of all characters'],
]

/** Where CPython 3.11 accepts what is refused here: an error too many, never a wrong value. */
const refusedAlthoughAccepted: readonly (readonly [RegExp, string])[] = [
  [/\\\r\n$/, 'CPython takes a continuation at the very end of some short files, but only with CRLF'],
  [/,[ \t]*;/, 'py-ast does not take a tuple that ends with a comma before `;`'],
  [/^[ \t]+\\\r?\n/m, 'py-ast takes the indentation before a continuation line for a block'],
]

/** Conditions that are known without running the file: what they guard is not bound, although the oracle lists it. */
const knownCondition = /^if (?:TYPE_CHECKING|__name__ == '__main__'|0|not X):/m

describe.skipIf(provided.reason !== null)(
  `the script reader against CPython's ast${provided.reason === null ? '' : ` (${provided.reason})`}`,
  () => {
    let parser: Parser
    let files: Uint8Array[]
    let verdicts: Verdict[]

    beforeAll(async () => {
      parser = await loadParser()
      const seed = Number(process.env['READER_SEED'] ?? 20260101)
      const count = Number(process.env['READER_MUTANTS'] ?? 4000)
      files = [...fc.sample(mutant, { numRuns: count, seed }), ...fc.sample(generated, { numRuns: count / 2, seed })]
      verdicts = ask(files)
    })

    const text = (i: number) => Buffer.from(files[i]!).toString('utf8')
    const report = (i: number, what: string) => `${what}\n${JSON.stringify(text(i))}`

    it('compares files of both kinds, most of them valid', () => {
      const valid = verdicts.filter((verdict) => verdict.error === undefined).length
      expect(files.length).toBeGreaterThanOrEqual(3000)
      expect(valid / files.length).toBeGreaterThan(0.2)
      expect(valid / files.length).toBeLessThan(0.95)
    })

    it('scanner: never a wrong value, never an error that CPython does not have', () => {
      const bad = files.flatMap((bytes, i) => {
        if (verdicts[i]!.error !== undefined) return []
        const reading = scan(bytes)
        const found = wrongs(reading, verdicts[i]!, text(i))
        const listed = refusedAlthoughAccepted.some(([shape]) => shape.test(text(i)))
        if (reading.failure !== null && !listed) found.push(`fails: ${reading.failure.message}`)
        return found.map((line) => report(i, line))
      })
      expect(bad.slice(0, 5)).toEqual([])
    })

    it('parser: never a wrong value', () => {
      const bad = files.flatMap((bytes, i) => {
        if (verdicts[i]!.error !== undefined) return []
        const reading = parser.read(bytes)
        return reading.failure === null ? wrongs(reading, verdicts[i]!, text(i)).map((line) => report(i, line)) : []
      })
      expect(bad.slice(0, 5)).toEqual([])
    })

    it('parser: refuses nothing that CPython accepts', () => {
      const bad = files.flatMap((bytes, i) => {
        const failure = verdicts[i]!.error === undefined ? parser.read(bytes).failure : null
        const listed = refusedAlthoughAccepted.some(([shape]) => shape.test(text(i)))
        return failure === null || listed ? [] : [report(i, failure.message)]
      })
      expect(bad.slice(0, 5)).toEqual([])
    })

    it('parser: accepts nothing that CPython refuses, but for what is listed', () => {
      const bad = files.flatMap((bytes, i) => {
        const verdict = verdicts[i]!
        if (verdict.error === undefined) return []
        const reading = parser.read(bytes)
        const deferred = reading.revision.kind === 'dynamic' && reading.downRevision.kind === 'dynamic'
        const known = reading.failure !== null || reading.requires !== undefined || deferred
        return known || acceptedAlthoughRefused.some(([shape]) => shape.test(text(i)))
          ? []
          : [report(i, verdict.message ?? '')]
      })
      expect(bad.slice(0, 12), `${bad.length} files`).toEqual([])
    })

    it('agrees on the spans of values between scanner and parser', () => {
      const bad = files.flatMap((bytes, i) => {
        const [scanned, parsed] = [scan(bytes), parser.read(bytes)]
        if (verdicts[i]!.error !== undefined || parsed.failure !== null) return []
        return Object.values(names).flatMap((key) => {
          const [a, b] = [scanned[key], parsed[key]]
          if (a.kind !== 'value' || b.kind !== 'value') return []
          return JSON.stringify(a) === JSON.stringify(b)
            ? []
            : [report(i, `${key}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`)]
        })
      })
      expect(bad.slice(0, 5)).toEqual([])
    })
  },
)
