import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { TEMPLATE } from './git-world.js'

/** One real divergence of history, as `conformance/README.md` describes it. */
export interface Divergence {
  readonly repo: string
  readonly root: string
  readonly kind: string
  readonly commit: string
  readonly common: readonly RevisionRow[]
  readonly sides: Readonly<Record<string, readonly RevisionRow[]>>
  readonly heads: Readonly<Record<string, readonly string[]>>
}

type RevisionRow = readonly [revision: string, parents: readonly string[]]

export function readDivergences(): readonly Divergence[] {
  const file = new URL('../../../shared/conformance/divergences.jsonl.gz', import.meta.url)
  const rows = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n')
  return rows.map((row) => JSON.parse(row) as Divergence)
}

/** The ref of one side of one divergence. */
export function sideRef(index: number, side: string): string {
  return `refs/heads/d${index}/${side}`
}

/**
 * Writes every side of every divergence into one repository as commits with their real parents (base → parent1, parent2 →
 * merge; parent → commit). One `git fast-import`: 1,000 commits and 37,000 scripts in a few seconds.
 */
export function importDivergences(repository: string, divergences: readonly Divergence[]): void {
  const stream = divergences.map((divergence, index) => commitsOf(divergence, index)).join('')
  const { status, stderr } = spawnSync('git', ['fast-import', '--quiet'], {
    cwd: repository,
    input: stream,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (status !== 0) throw new Error(stderr)
}

function commitsOf(divergence: Divergence, index: number): string {
  const parents: Readonly<Record<string, readonly string[]>> =
    'base' in divergence.sides
      ? { base: [], parent1: ['base'], parent2: ['base'], merge: ['parent1', 'parent2'] }
      : { parent: [], commit: ['parent'] }
  return Object.entries(parents)
    .map(([side, from]) => commitOf(divergence, index, side, from))
    .join('')
}

function commitOf(divergence: Divergence, index: number, side: string, from: readonly string[]): string {
  const ref = sideRef(index, side)
  const [first, ...others] = from.map((parent) => sideRef(index, parent))
  const lines = [
    `commit ${ref}`,
    'committer Ada <ada@example.org> 1700000000 +0000',
    data(`${side} of ${divergence.commit}`),
    ...(first ? [`from ${first}`] : []),
    ...others.map((parent) => `merge ${parent}`),
    'deleteall',
    ...filesOf(divergence, side).map(([path, text]) => `M 644 inline ${JSON.stringify(path)}\n${data(text)}`),
  ]
  return `${lines.join('\n')}\n\n`
}

function filesOf({ root, common, sides }: Divergence, side: string): readonly (readonly [string, string])[] {
  const directory = posix.dirname(root)
  const ini = `[alembic]\nscript_location = %(here)s/${directory}\npath_separator = newline\nversion_locations = %(here)s/${root}\n`
  const scripts = new Map([...common, ...(sides[side] ?? [])])
  return [
    ['alembic.ini', ini],
    [`${directory}/env.py`, ''],
    [`${directory}/script.py.mako`, TEMPLATE],
    ...[...scripts].map(([revision, parents]) => [`${root}/${revision}.py`, scriptText(revision, parents)] as const),
  ]
}

function scriptText(revision: string, parents: readonly string[]): string {
  const ids = parents.map((parent) => `'${parent}'`)
  const value = ids.length === 0 ? 'None' : ids.length === 1 ? ids[0] : `(${ids.join(', ')})`
  return `revision = '${revision}'\ndown_revision = ${value}\n\n\ndef upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n`
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`
}
