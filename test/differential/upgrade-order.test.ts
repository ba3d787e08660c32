import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Revision, RevisionMap } from '../../packages/core/src/revision/index.js'
import { upgradeOrder } from '../../packages/core/src/status/upgrade-order.js'
import { type PythonWorld, providePython } from '../support/python.js'
import { randomGraph, randomNumbers } from './graphs.js'

const seed = Number(process.env.ONEHEAD_SEED ?? 20_261_120)
const count = Number(process.env.ONEHEAD_GRAPHS ?? 2_500)

interface Case {
  readonly graph: readonly Revision[]
  readonly map: RevisionMap<Revision>
  /** The rows of a database that has run some of it. */
  readonly rows: readonly string[]
  /** A revision to go to; null is all heads. */
  readonly target: string | null
}

/** Graphs of which we say an order, as long as it does not depend on chance in Alembic. */
function makeCases(): readonly Case[] {
  const random = randomNumbers(seed)
  const cases: Case[] = []
  while (cases.length < count) {
    const graph = randomGraph(random)
    const map = new RevisionMap(graph)
    const ids = map.revisions.map(({ revision }) => revision)
    // Alembic keeps dependencies in a set: with two of them the order differs from run to run.
    if (ids.some((id) => map.normalizedDependencies(id).length > 1)) continue
    const applied = map.ancestors(ids.filter(() => random() < 0.15))
    const rows = [...applied].filter((id) =>
      [...map.descendants([id])].every((other) => other === id || !applied.has(other)),
    )
    const target = random() < 0.5 ? null : ids[Math.floor(random() * ids.length)]!
    if (upgradeOrder(map, applied) !== null) cases.push({ graph, map, rows, target })
  }
  return cases
}

function ask(python: string, cases: readonly Case[]): readonly string[][] {
  const script = fileURLToPath(new URL('upgrade_order.py', import.meta.url))
  const lines = cases.map(({ graph, rows, target }) =>
    JSON.stringify([
      graph.map((one) => [one.revision, one.downRevisions, one.dependsOn, one.branchLabels]),
      rows,
      target ?? 'heads',
    ]),
  )
  const options = { input: lines.join('\n'), encoding: 'utf8', maxBuffer: 1 << 30 } as const
  return execFileSync(python, [script], options)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

describe.each<PythonWorld>(['alembic-1.20'])('what is pending, in %s', (world) => {
  const { python, reason } = providePython(world)

  test.skipIf(reason)(`is run in the order of \`upgrade\`${reason ? ` (${reason})` : ''}`, () => {
    const cases = makeCases()
    const answers = ask(python!, cases)
    const wrong = cases.flatMap(({ map, rows, graph, target }, index) => {
      const ours = upgradeOrder(map, map.ancestors(rows), target === null ? undefined : [target])
      return JSON.stringify(ours) === JSON.stringify(answers[index])
        ? []
        : [{ graph, rows, target, ours, theirs: answers[index] }]
    })
    expect(wrong.slice(0, 3)).toEqual([])
    expect(cases.filter(({ rows }) => rows.length > 1).length).toBeGreaterThan(count / 20)
  })
})
