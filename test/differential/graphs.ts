import type { Revision } from '../../packages/core/src/revision/index.js'

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const stems = ['inv', 'bill', 'billing', 'user', 'users_', 'pay', 'a', 'ab', 'abc1', 'abc2f', 'c0ffee']
const labels = ['billing', 'users', 'pay', 'shop', 'abc', 'reports']

/** One small history in load order, healthy or ill in every way that Alembic has a check for, and in some that it has not. */
export function randomGraph(random: () => number): readonly Revision[] {
  const chance = (probability: number) => random() < probability
  const below = (limit: number) => Math.floor(random() * limit)
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!
  const isLarge = chance(0.02)
  const size = isLarge ? 40 + below(100) : 1 + below(chance(0.2) ? 18 : 9)
  const ids = Array.from({ length: size }, (_, i) => `${pick(stems)}${i}${chance(0.3) ? 'xyz' : ''}`)
  const has = {
    labels: chance(0.45),
    dependencies: chance(0.45),
    duplicates: chance(0.12),
    missing: !isLarge && chance(0.06),
    backEdges: !isLarge && chance(0.2),
    oddities: !isLarge && chance(0.12),
  }
  const labelOf = (list: string[]) => {
    if (has.labels && chance(0.25)) list.push(pick(labels))
    if (has.labels && chance(0.05)) list.push(pick(labels))
    return list
  }
  const used = new Set<string>()
  const fresh = (list: string[]) => list.filter((label) => has.oddities || (!used.has(label) && used.add(label)))
  const nearby = (i: number) => (i === 0 ? undefined : chance(0.6) ? ids[i - 1 - below(Math.min(i, 3))] : ids[below(i)])
  const graph = ids.map((revision, i) => {
    const downRevisions: string[] = []
    const dependsOn: string[] = []
    const parents = chance(0.12) ? 0 : chance(0.7) ? 1 : 2 + below(2)
    for (let k = 0; k < parents; k++) {
      const parent = nearby(i)
      if (parent !== undefined && (has.oddities || !downRevisions.includes(parent))) downRevisions.push(parent)
    }
    while (has.dependencies && chance(0.3)) {
      const dependency = has.labels && used.size > 0 && chance(0.25) ? pick([...used]) : nearby(i)
      if (dependency !== undefined && !dependsOn.includes(dependency)) dependsOn.push(dependency)
    }
    if (has.backEdges && chance(0.25)) (has.dependencies && chance(0.4) ? dependsOn : downRevisions).push(pick(ids))
    if (has.missing && chance(0.2)) (chance(0.5) ? dependsOn : downRevisions).push(pick(['gone1234', 'gone99', 'abc']))
    if (has.oddities && chance(0.06)) downRevisions.push(pick([revision, pick(labels)]))
    if (has.oddities && chance(0.04)) dependsOn.push(pick([revision, pick(labels)]))
    return { revision, downRevisions, dependsOn, branchLabels: fresh(labelOf([])) }
  })
  for (const one of graph) {
    if (has.oddities && chance(0.02))
      one.revision = pick(['bill-ing', 'users@1', 'pay+1', 'a:b', 'a-b@c', 'head', 'base', 'heads'])
    if (has.oddities && chance(0.03)) one.branchLabels.push(pick(ids))
  }
  if (has.duplicates) {
    for (let k = 0; k <= below(2); k++) {
      const one = pick(graph)
      const other = pick(graph)
      const copy = { ...(chance(0.5) ? one : other), revision: one.revision }
      graph.push({ ...copy, branchLabels: chance(0.7) ? [] : fresh(labelOf([])) })
    }
  }
  return shuffle(graph, below)
}

function shuffle<T>(list: T[], below: (limit: number) => number): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = below(i + 1)
    const moved = list[i]!
    list[i] = list[j]!
    list[j] = moved
  }
  return list
}

/** Arguments as people type them at `alembic show` and `alembic history -r`. */
export function randomQueries(graph: readonly Revision[], random: () => number): readonly string[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const id = pick(graph).revision
  const part = id.slice(0, 1 + Math.floor(random() * id.length))
  const label = pick([...labels, ...graph.flatMap((one) => [...one.branchLabels])])
  const name = pick([id, part, label])
  return [
    pick(['head', 'heads', 'base', '-1', '-2', '+1', '+2', '-0', '']),
    part,
    `${name}@${pick(['head', 'heads', 'base', part, pick(graph).revision, '-1', '+1', ''])}`,
    `${pick([id, part, 'head', 'base'])}${pick(['+1', '-1', '+2', '-2', '-9'])}`,
    `${name}@${id}${pick(['+1', '-1'])}`,
    label,
  ]
}
