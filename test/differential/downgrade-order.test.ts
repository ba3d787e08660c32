import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Revision, RevisionMap } from '../../packages/core/src/revision/index.js'
import { findDowngrade } from '../../packages/core/src/upgrade/downgrade-order.js'
import { type PythonWorld, providePython } from '../support/python.js'
import { randomGraph, randomNumbers } from './graphs.js'

const seed = Number(process.env.ONEHEAD_SEED ?? 20_261_120)
const count = Number(process.env.ONEHEAD_GRAPHS ?? 2_500)

interface Case {
  readonly graph: readonly Revision[]
  readonly map: RevisionMap<Revision>
  /** The rows of a database that has run some of it. */
  readonly rows: readonly string[]
  readonly target: string
}

/** Graphs and targets of every kind; none that depends on chance in Alembic. */
function makeCases(): readonly Case[] {
  const random = randomNumbers(seed)
  const one = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
  const cases: Case[] = []
  while (cases.length < count) {
    const graph = randomGraph(random)
    const map = new RevisionMap(graph)
    const ids = map.revisions.map(({ revision }) => revision)
    // Alembic keeps dependencies in a set: with two of them the order differs from run to run.
    if (ids.some((id) => map.normalizedDependencies(id).length > 1)) continue
    // Whoever calls a revision so gets what they deserve.
    if (ids.some((id) => /^(?:base|heads?)$/.test(id))) continue
    if (map.error !== null || map.cycles.length > 0 || map.duplicates.size > 0 || ids.length === 0) continue
    const applied = map.ancestors(ids.filter(() => random() < 0.3))
    const rows = [...applied].filter((id) =>
      [...map.descendants([id])].every((other) => other === id || !applied.has(other)),
    )
    const [id, row] = [one(ids), rows.length === 0 ? one(ids) : one(rows)]
    const targets = ['base', id, id, one([...applied, id]), `${row}@base`, `${row}@${one([...applied, id])}`, `${id}-1`]
    // Of several rows Alembic takes the first that the database gives.
    const target = one(rows.length === 1 ? [...targets, '-1', '-2'] : targets)
    cases.push({ graph, map, rows: rows.sort(), target })
  }
  return cases
}

function ask(python: string, cases: readonly Case[]): readonly (readonly string[] | null)[] {
  const script = fileURLToPath(new URL('downgrade_order.py', import.meta.url))
  const lines = cases.map(({ graph, rows, target }) =>
    JSON.stringify([
      graph.map((one) => [one.revision, one.downRevisions, one.dependsOn, one.branchLabels]),
      rows,
      target,
    ]),
  )
  const options = { input: lines.join('\n'), encoding: 'utf8', maxBuffer: 1 << 30 } as const
  return execFileSync(python, [script], options)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

describe.each<PythonWorld>(['alembic-1.20'])('what is undone, in %s', (world) => {
  const { python, reason } = providePython(world)

  test.skipIf(reason)(`is what \`downgrade\` undoes, in its order${reason ? ` (${reason})` : ''}`, () => {
    const cases = makeCases()
    const answers = ask(python!, cases)
    const wrong = cases.flatMap(({ map, rows, graph, target }, index) => {
      const found = findDowngrade(map, rows, target)
      const ours = 'message' in found ? null : found.order
      return JSON.stringify(ours) === JSON.stringify(answers[index])
        ? []
        : [{ graph, rows, target, ours, theirs: answers[index] }]
    })
    expect(wrong.slice(0, 3)).toEqual([])
    expect(answers.filter((answer) => answer !== null && answer.length > 1).length).toBeGreaterThan(count / 20)
    expect(answers.filter((answer) => answer === null).length).toBeGreaterThan(count / 20)
  })
})
