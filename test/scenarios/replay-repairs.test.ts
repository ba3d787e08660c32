import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyPlan, planFix } from '../../packages/workspace/src/use-cases/fix.js'
import { undo } from '../../packages/workspace/src/use-cases/undo.js'
import { type GitRepository, type GitWorld, gitWorld } from '../support/git-world.js'
import { providePython } from '../support/python.js'
import { type Divergence, importDivergences, readDivergences, sideRef } from '../support/replay.js'

const python = providePython('alembic-1.20')

/** Every divergence of two sides that really happened: one side is on origin/main, the other is being repaired. */
const divergences = readDivergences()
const forks = divergences
  .map((divergence, index) => ({ ...divergence, index }))
  .filter(({ sides }) => 'parent1' in sides)

const HEADS = `
import json, sys, warnings
from alembic.config import Config
from alembic.script import ScriptDirectory
warnings.simplefilter("error")
for line in sys.stdin:
    scripts = ScriptDirectory.from_config(Config(line.strip()))
    print(json.dumps([list(scripts.get_heads()), [s.revision for s in scripts.walk_revisions()]]))
`

let world: GitWorld
let repository: GitRepository
let repaired: string
beforeAll(() => {
  world = gitWorld()
  repository = world.repository('shop')
  importDivergences(repository.root, divergences)
  repository.git('config', 'remote.origin.url', '/srv/shop')
  repository.git('config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*')
  repository.git('config', 'user.email', 'ada@example.org')
  repository.git('config', 'user.name', 'Ada')
  repository.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main')
  repaired = mkdtempSync(join(tmpdir(), 'onehead-repaired-'))
})
afterAll(() => {
  world.remove()
  rmSync(repaired, { recursive: true, force: true })
})

/** Every file of the working tree with its bytes. */
function bytesOf(root: string): Map<string, string> {
  const files = new Map<string, string>()
  for (const path of readdirSync(root, { recursive: true }) as string[]) {
    if (path === '.git' || path.startsWith('.git/') || !statSync(join(root, path)).isFile()) continue
    files.set(path, readFileSync(join(root, path), 'latin1'))
  }
  return files
}

interface Told {
  readonly index: number
  readonly decisions: readonly string[]
  readonly refusals: readonly string[]
}

/** `fix --offline` on parent2, with parent1 as the target. */
async function repair({ index, commit }: Divergence & { readonly index: number }): Promise<Told> {
  const { root } = repository
  repository.git('checkout', '--quiet', '--force', '-B', 'work', sideRef(index, 'parent2'))
  repository.git('clean', '-dfq')
  repository.git('update-ref', 'refs/remotes/origin/main', sideRef(index, 'parent1'))
  const head = repository.id('HEAD')
  const before = bytesOf(root)
  // What this side had already changed of published scripts is for the gate to refuse, not for a repair to hide.
  const edited = repository
    .git('diff', '--no-renames', '--diff-filter=M', '--name-only', 'origin/main...HEAD')
    .split('\n')
  const planned = await planFix({ root, offline: true })
  const { plan } = planned
  const refusals = [...plan.refusals, ...plan.repairs.flatMap((one) => one.refusals)].map(({ kind }) => kind)
  const decisions = plan.repairs.map(({ decision }) => decision)
  if (refusals.length > 0) {
    planned.close()
    expect(plan.changes, commit).toEqual([])
    expect(bytesOf(root), commit).toEqual(before)
    return { index, decisions, refusals }
  }
  const outcome = await applyPlan(planned, { root, kind: 'fix', commit: false })
  planned.close()
  expect(
    outcome.left.map(({ message }) => message),
    commit,
  ).toEqual([])
  // Against the target only new scripts may be there: what is published is as it was, byte for byte.
  const differing = repository.git(
    'diff',
    '--no-renames',
    '--diff-filter=a',
    '--name-only',
    'origin/main',
    '--',
    '*.py',
  )
  expect(
    differing.split('\n').filter((path) => path !== '' && !edited.includes(path)),
    commit,
  ).toEqual([])
  const again = await planFix({ root, offline: true })
  expect(again.plan.changes, commit).toEqual([])
  again.close()
  cpSync(root, join(repaired, String(index)), {
    recursive: true,
    filter: (path) => relative(root, path).split('/')[0] !== '.git',
  })
  await undo(root)
  expect(bytesOf(root), `${commit} undone`).toEqual(before)
  expect(repository.id('HEAD')).toBe(head)
  expect(repository.git('status', '--porcelain'), commit).toBe('')
  return { index, decisions, refusals }
}

describe.skipIf(python.reason)(
  `divergences that really happened, repaired${python.reason ? ` (${python.reason})` : ''}`,
  () => {
    it('end in one head by Alembic’s own word, published scripts as they are, twice changes nothing, undo restores every byte', async () => {
      const told: Told[] = []
      for (const fork of forks) told.push(await repair(fork))
      const done = told.filter(({ refusals }) => refusals.length === 0)
      const inis = done.map(({ index }) => join(repaired, String(index), 'alembic.ini'))
      const answers = execFileSync(python.python!, ['-c', HEADS], { input: inis.join('\n'), maxBuffer: 1 << 28 })
      const lines = answers.toString('utf8').trim().split('\n')
      expect(lines).toHaveLength(done.length)
      for (const [position, line] of lines.entries()) {
        const { index } = done[position]!
        const [heads] = JSON.parse(line) as [string[], string[]]
        expect(heads, `${divergences[index]!.repo} ${divergences[index]!.commit}`).toHaveLength(1)
      }
      const kinds = told.flatMap(({ refusals }) => [...new Set(refusals)])
      const counted = { repaired: done.length, refused: told.length - done.length, kinds: [...new Set(kinds)] }
      expect(counted).toEqual({ repaired: forks.length, refused: 0, kinds: [] })
    }, 900_000)
  },
)
