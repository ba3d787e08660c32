import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { openSource } from '../../packages/core/src/script/source.js'
import { checkTokens } from '../../packages/core/src/script/strict.js'
import { providePython } from '../support/python.js'
import { mutant, mutate, mutation, seeds } from '../support/python-files.js'
import { statements } from '../support/python-statements.js'

/** `[type, fields, start, end]`, or what stands in a field. */
type Dumped = readonly [string, Record<string, unknown>, number | null, number | null]
type Verdict = { readonly error: string } | { readonly body: readonly Dumped[] }

const provided = providePython('plain')
const dumper = fileURLToPath(new URL('dump_tree.py', import.meta.url))

function ask(files: readonly Uint8Array[]): Verdict[] {
  const input = JSON.stringify(files.map((bytes) => Buffer.from(bytes).toString('base64')))
  const run = spawnSync(provided.python!, ['-X', 'utf8', dumper], { input, maxBuffer: 1 << 30, timeout: 110_000 })
  if (run.status !== 0) throw new Error(`the dumper failed: ${run.stderr.toString().slice(-2000)}`)
  return JSON.parse(run.stdout.toString()) as Verdict[]
}

/** The tree that is built here, without the library; null where it is left to that. */
function build(bytes: Uint8Array): object | null {
  const { source, failure } = openSource(bytes)
  return failure === null && source.encoding.kind === 'utf-8' ? checkTokens(source).module : null
}

/** Classes that CPython writes small. */
const small = /^(?:Alias|Arg|Arguments|Comprehension|Keyword|WithItem)$/
const className = (nodeType: string) => {
  if (nodeType === 'ExceptHandler' || !small.test(nodeType)) return nodeType
  return nodeType.toLowerCase()
}
/** What one of the two trees has and the other has not. */
const ignored = new Set(['nodeType', 'start', 'end', 'quote_style', 'is_lazy', 'type_params', 'type_comment'])

/** A node made here as `dump_tree.py` writes those of CPython. */
function dump(value: unknown, placed = true, inText = false): unknown {
  if (Array.isArray(value)) return value.map((item) => dump(item, placed, inText))
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value)
  if (value === null || value === undefined || typeof value !== 'object') return value ?? null
  const node = value as Record<string, unknown> & { nodeType: string }
  const inner = placed && node.nodeType !== 'JoinedStr'
  const fields = Object.entries(node)
    .filter(([name]) => !ignored.has(name))
    .map(([name, field]) => [name, dump(field, inner, node.nodeType === 'JoinedStr')] as const)
  if (node.nodeType === 'Constant')
    fields.splice(0, fields.length, ['value', constant(node, inText)], ['kind', node['kind'] ?? null])
  const place = placed && node['start'] !== undefined ? [node['start'], node['end']] : [null, null]
  return [className(node.nodeType), Object.fromEntries(fields), ...place]
}

function constant(node: Record<string, unknown>, inText: boolean): unknown {
  const { value, quote_style: quotes } = node
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
  if (typeof value !== 'string' || inText) return value
  if (quotes === undefined) return { ellipsis: true }
  return /b/i.test(String(quotes)) ? { bytes: value } : value
}

/** CPython's dump, without what the other tree has not, and with numbers to compare. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable)
  if (value === null || typeof value !== 'object') return value
  if ('number' in value) return Number(value.number)
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !ignored.has(name))
      .map(([name, field]) => [name, comparable(field)]),
  )
}

describe.skipIf(provided.reason !== null)(
  `trees built line by line against CPython's ast${provided.reason === null ? '' : ` (${provided.reason})`}`,
  () => {
    let files: Uint8Array[]
    let verdicts: Verdict[]

    beforeAll(() => {
      const seed = Number(process.env['READER_SEED'] ?? 20260101)
      const count = Number(process.env['READER_MUTANTS'] ?? 4000)
      const bytesOf = (text: string) => new TextEncoder().encode(text)
      const mutated = fc.tuple(statements, mutation).map(([text, change]) => mutate(text, change))
      files = [
        ...seeds.map(bytesOf),
        ...fc.sample(statements, { numRuns: count, seed }).map(bytesOf),
        ...fc.sample(mutated, { numRuns: count, seed }).map(bytesOf),
        ...fc.sample(mutant, { numRuns: count / 2, seed }),
      ]
      verdicts = ask(files)
    })

    const report = (i: number, what: string) => `${what}\n${Buffer.from(files[i]!).toString('utf8')}`

    it('has files of both kinds, and builds the trees of most that are right', () => {
      const right = verdicts.flatMap((verdict, i) => ('body' in verdict ? [i] : []))
      expect(right.length / files.length).toBeGreaterThan(0.2)
      expect(right.length / files.length).toBeLessThan(0.9)
      expect(right.filter((i) => build(files[i]!) !== null).length / right.length).toBeGreaterThan(0.7)
    })

    it('builds no tree of what CPython refuses', () => {
      const bad = files.flatMap((bytes, i) => {
        const verdict = verdicts[i]!
        return 'error' in verdict && build(bytes) !== null ? [report(i, verdict.error)] : []
      })
      expect(bad.slice(0, 12), `${bad.length} files`).toEqual([])
    })

    it('builds the same tree, with every node in its place', () => {
      const bad = files.flatMap((bytes, i) => {
        const verdict = verdicts[i]!
        const module = build(bytes) as { body: unknown } | null
        if (module === null || 'error' in verdict) return []
        const [mine, theirs] = [dump(module.body), comparable(verdict.body)].map((tree) => JSON.stringify(sorted(tree)))
        return mine === theirs ? [] : [report(i, difference(mine!, theirs!))]
      })
      expect(bad.slice(0, 5), `${bad.length} files`).toEqual([])
    })
  },
)

/** Both from shortly before the first difference. */
function difference(mine: string, theirs: string): string {
  let at = 0
  while (mine[at] === theirs[at]) at++
  return [mine, theirs].map((tree) => tree.slice(Math.max(0, at - 80), at + 120)).join('\n')
}

/** With the fields of objects in the order of their names. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => [name, sorted(field)]),
  )
}
