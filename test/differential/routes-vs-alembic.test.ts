import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type DatabaseRoute, findRoute } from '../../packages/core/src/plan/database-route.js'
import type { DatabaseStep } from '../../packages/core/src/plan/plan.js'
import { RevisionMap } from '../../packages/core/src/revision/index.js'
import { providePython } from '../support/python.js'
import { randomNumbers } from './graphs.js'

/** ONEHEAD_SEED and ONEHEAD_ROUTES look elsewhere, and longer. */
const seed = Number(process.env.ONEHEAD_SEED ?? 20_261_120)
const count = Number(process.env.ONEHEAD_ROUTES ?? 150)

interface Script {
  readonly revision: string
  /** The table it creates: the same script under another id creates the same. */
  readonly table: string
  readonly downRevisions: readonly string[]
  readonly dependsOn: readonly string[]
  readonly branchLabels: readonly string[]
}

interface Case {
  readonly before: readonly Script[]
  readonly after: readonly Script[]
  readonly renamed: ReadonlyMap<string, string>
  /** What has run. */
  readonly upgrades: readonly string[]
}

interface State {
  readonly rows: readonly string[]
  readonly tables: readonly string[]
  readonly error?: string
}

/**
 * Two sides grow from a common history, mine with merges, also of parts of theirs, and with dependencies. Then what is mine
 * is put on top of theirs; sometimes a merge of mine is taken out, or an id of mine that theirs has too is changed.
 */
function randomCase(random: () => number): Case {
  const below = (limit: number) => Math.floor(random() * limit)
  const chance = (probability: number) => random() < probability
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!
  const grow = (name: string, size: number, on: readonly Script[], own: Script[] = []): Script[] => {
    for (let index = 0; index < size; index++) {
      const known = [...on, ...own]
      const near = own.length > 0 && chance(0.75) ? own : known
      const parents = known.length === 0 || chance(0.06) ? [] : [pick(near).revision]
      if (parents.length > 0 && chance(0.25)) parents.push(pick(known).revision)
      const dependsOn = known.length > 0 && chance(0.15) ? [pick(known).revision] : []
      own.push(script(`${name}${index}`, antichain(known, parents), loose(known, parents, dependsOn)))
    }
    return own
  }
  const common = grow('c', 1 + below(4), [])
  const theirs = grow('t', 1 + below(3), common)
  const mine = grow('m', 1 + below(4), chance(0.3) ? [...common, ...theirs.slice(0, 1)] : common)
  const top = theirs.at(-1)!.revision
  const isMine = new Set(mine.map(({ revision }) => revision))
  const moved: Script[] = []
  for (const one of mine) {
    const kept = one.downRevisions.filter((id) => isMine.has(id))
    const downRevisions = kept.length > 0 ? kept : [top]
    moved.push({
      ...one,
      downRevisions,
      dependsOn: loose([...common, ...theirs, ...moved], downRevisions, one.dependsOn),
    })
  }
  const isBuilt = !mine.every((one) => knows(one, common, mine))
  const before = [...common, ...(isBuilt || chance(0.7) ? theirs : []), ...mine]
  const upgrades = Array.from({ length: 1 + below(3) }, () => pick(before).revision)
  const changed = { before, after: [...common, ...theirs, ...moved], renamed: new Map<string, string>(), upgrades }
  if (chance(0.15)) return withoutMerge(changed, isMine)
  return chance(0.15) ? withRenamed(changed, mine, theirs) : changed
}

const script = (revision: string, downRevisions: readonly string[], dependsOn: readonly string[]): Script => ({
  revision,
  table: revision,
  downRevisions,
  dependsOn,
  branchLabels: [],
})

const knows = (one: Script, ...lists: readonly (readonly Script[])[]): boolean => {
  const ids = new Set(lists.flat().map(({ revision }) => revision))
  return [...one.downRevisions, ...one.dependsOn].every((id) => ids.has(id))
}

/** Dependencies that lie on no line with a parent: over others Alembic itself stumbles (`KeyError` in the middle of an upgrade). */
function loose(known: readonly Script[], parents: readonly string[], dependsOn: readonly string[]): readonly string[] {
  const map = new RevisionMap(known)
  const reached = map.ancestors(parents)
  return dependsOn.filter((id) => !reached.has(id) && parents.every((parent) => !map.ancestors([id]).has(parent)))
}

/** Parents of a merge: none is below another. */
function antichain(known: readonly Script[], ids: readonly string[]): readonly string[] {
  const map = new RevisionMap(known)
  return [...new Set(ids)].filter((id, _, all) => all.every((other) => other === id || !map.ancestors([other]).has(id)))
}

/** Somebody else has merged the same: mine is taken out, and what stood on it stands on its parents. */
function withoutMerge(one: Case, isMine: ReadonlySet<string>): Case {
  const merge = one.after.find(({ revision, downRevisions }) => isMine.has(revision) && downRevisions.length > 1)
  if (merge === undefined || one.after.some(({ dependsOn }) => dependsOn.includes(merge.revision))) return one
  const after = one.after.filter((script) => script !== merge)
  return {
    ...one,
    after: after.map((script) => {
      if (!script.downRevisions.includes(merge.revision)) return script
      const others = script.downRevisions.filter((id) => id !== merge.revision)
      const without = after.filter(({ revision }) => revision !== script.revision)
      return { ...script, downRevisions: antichain(without, [...others, ...merge.downRevisions]) }
    }),
  }
}

/** Both sides have chosen the same id: mine gets another one. Before, theirs was not there yet. */
function withRenamed(one: Case, mine: readonly Script[], theirs: readonly Script[]): Case {
  const isTheirs = new Set(theirs.map(({ revision }) => revision))
  const before = one.before.filter((script) => !isTheirs.has(script.revision))
  const own = mine[0]!.revision
  const same = theirs[0]!.revision
  if (before.some((script) => !knows(script, before)) || !before.some(({ revision }) => revision === own)) return one
  const rename = (id: string) => (id === own ? same : id)
  return {
    before: before.map((script) => ({
      ...script,
      revision: rename(script.revision),
      downRevisions: script.downRevisions.map(rename),
      dependsOn: script.dependsOn.map(rename),
    })),
    after: one.after,
    renamed: new Map([[same, own]]),
    upgrades: one.upgrades.map((id) => rename(before.some(({ revision }) => revision === id) ? id : own)),
  }
}

interface Part {
  readonly graph: readonly Script[]
  readonly steps: readonly DatabaseStep[]
}

function walk(python: string, cases: readonly (readonly Part[])[]): readonly (readonly State[])[] {
  const driver = fileURLToPath(new URL('route_alembic.py', import.meta.url))
  const lines = cases.map((parts) =>
    JSON.stringify(
      parts.map(({ graph, steps }) => ({
        graph: graph.map(({ revision, table, downRevisions, dependsOn }) => [
          revision,
          table,
          downRevisions,
          dependsOn,
        ]),
        steps,
      })),
    ),
  )
  const options = { input: lines.join('\n'), encoding: 'utf8', maxBuffer: 1 << 28 } as const
  const answer = execFileSync(python, ['-W', 'ignore', driver], options)
  return answer
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as State[])
}

/** A case in a few lines. */
const drawn = (one: Case & { rows: readonly string[] }, more: object) => {
  const graph = (scripts: readonly Script[]) =>
    scripts.map((script) => `${script.revision}<${script.downRevisions}${script.dependsOn.map((id) => `~${id}`)}`)
  return `before ${graph(one.before).join(' ')}\nafter ${graph(one.after).join(' ')}\nrows ${one.rows}\n${JSON.stringify(more)}`
}

const upgrade = (revision: string): DatabaseStep => ({ command: 'upgrade', revision })
const tablesOf = (scripts: readonly Script[], ids: Iterable<string>) => {
  const wanted = new Set(ids)
  return scripts.flatMap(({ revision, table }) => (wanted.has(revision) ? [table] : []))
}
const sorted = (texts: Iterable<string>) => [...new Set(texts)].sort()

const random = randomNumbers(seed)
const cases = Array.from({ length: count }, () => randomCase(random)).map((one) => {
  const before = new RevisionMap(one.before)
  const after = new RevisionMap(one.after)
  const ran = before.ancestors(one.upgrades)
  const rows = sorted([...ran].filter((id) => [...before.descendants([id])].every((up) => up === id || !ran.has(up))))
  const route = findRoute(before, after, rows, one.renamed)
  const gone = tablesOf(one.before, ran).filter((table) => !one.after.some((script) => script.table === table))
  return { ...one, map: after, rows, route, gone, all: sorted([...one.after.map(({ table }) => table), ...gone]) }
})
const reach = ({ before, upgrades }: Case): Part => ({ graph: before, steps: upgrades.map(upgrade) })

const { python, reason } = providePython('alembic-1.20')
describe.skipIf(reason)(`routes of databases, walked by Alembic${reason ? ` (${reason})` : ''}`, () => {
  const walked = (kind: 'catchUp' | 'stepBackAfter') => {
    const found = cases.flatMap((one) => {
      const steps = one.route?.[kind]
      return steps ? [{ ...one, steps, route: one.route as DatabaseRoute }] : []
    })
    const answers = walk(
      python!,
      found.map((one) => [
        reach(one),
        { graph: one.after, steps: one.steps },
        { graph: one.after, steps: [upgrade('heads')] },
      ]),
    )
    return found.map((one, index) => ({ ...one, answers: answers[index]! }))
  }

  test.each(['catchUp', 'stepBackAfter'] as const)(
    '%s ends at the rows it says, with their schema and no more',
    (kind) => {
      const all = walked(kind)
      for (const { answers, route, map, gone, all: every, ...one } of all) {
        const { rows, after } = one
        const told = drawn(one, { route, answers })
        const tables = sorted([...tablesOf(after, map.ancestors(route.to)), ...gone])
        expect(answers[0], told).toMatchObject({ rows })
        expect(answers[1], told).toEqual({ rows: route.to, tables })
        expect(answers[2]?.tables, told).toEqual(every)
      }
      expect(all.length).toBeGreaterThan(count / 5)
    },
  )

  test('stepBackBefore leaves what the new scripts need no more than to upgrade', () => {
    const found = cases.flatMap((one) => {
      const steps = one.route?.stepBackBefore
      return steps ? [{ ...one, steps }] : []
    })
    const answers = walk(
      python!,
      found.map((one) => [
        { graph: one.before, steps: [...reach(one).steps, ...one.steps] },
        { graph: one.after, steps: [upgrade('heads')] },
      ]),
    )
    for (const [index, one] of found.entries()) {
      const told = drawn(one, { steps: one.steps, answers: answers[index] })
      // What has no script any more may have gone with the rest.
      const without = (tables: readonly string[] = []) => tables.filter((table) => !one.gone.includes(table))
      expect(without(answers[index]![1]?.tables), told).toEqual(without(one.all))
    }
    expect(found.length).toBeGreaterThan(count / 5)
  })

  test('there is a route exactly where upgrading alone would fail or skip something', () => {
    const answers = walk(
      python!,
      cases.map((one) => [reach(one), { graph: one.after, steps: [upgrade('heads')] }]),
    )
    for (const [index, one] of cases.entries()) {
      const end = answers[index]!.at(-1)!
      const isWell = end.error === undefined && end.tables.join() === one.all.join()
      expect(isWell, drawn(one, { route: one.route, answers: answers[index] })).toBe(one.route === null)
    }
  })

  test('a way that keeps all data is found for nearly every database that skips something', () => {
    const skipping = cases.filter(({ route }) => route !== null && route.skipped.length > 0)
    const kept = skipping.filter(({ route }) => route!.catchUp !== null)
    expect(kept.length / skipping.length).toBeGreaterThan(0.9)
  })
})
