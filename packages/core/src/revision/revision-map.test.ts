import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Revision, RevisionMap } from './index.js'

const conformance = (name: string) =>
  readFileSync(new URL(`../../../../../shared/conformance/${name}`, import.meta.url))
const lines = (name: string) =>
  gunzipSync(conformance(name))
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

/** A history as graph-cases.json writes it: `id<parents~depends_on=labels; …`, in load order. */
function history(text: string): readonly Revision[] {
  const rows = text.split(';').map((row) => row.trim())
  return rows
    .filter((row) => row !== '')
    .map((row) => {
      const part = (sign: string) => new RegExp(`${sign}([^<~=]*)`).exec(row)?.[1]?.split(',') ?? []
      const revision = /^[^<~=]*/.exec(row)![0]
      return { revision, downRevisions: part('<'), dependsOn: part('~'), branchLabels: part('=') }
    })
}

/** Up to 30 revisions; parents and dependencies come before their children unless cycles are wanted. */
function anyHistory({ duplicates, cycles = true }: { readonly duplicates: boolean; readonly cycles?: boolean }) {
  const row = fc.record({
    name: fc.nat(40),
    down: fc.array(fc.nat(40), { maxLength: 3 }),
    deps: fc.array(fc.nat(40), { maxLength: 2 }),
    isLabelled: fc.boolean(),
  })
  return fc.array(row, { minLength: 1, maxLength: 30 }).map((rows): readonly Revision[] =>
    rows.map(({ name, down, deps, isLabelled }, i) => {
      const refer = (to: number) => (cycles ? to % (rows.length + 1) : to % Math.max(i, 1))
      const ids = (list: readonly number[]) => [...new Set(cycles || i > 0 ? list.map((to) => `r${refer(to)}`) : [])]
      const revision = duplicates ? `r${name % rows.length}` : `r${i}`
      return {
        revision,
        downRevisions: ids(down),
        dependsOn: ids(deps),
        branchLabels: isLabelled ? [`branch${i}`] : [],
      }
    }),
  )
}

interface GraphCase {
  readonly graph: string
  readonly heads: readonly string[]
  readonly realHeads: readonly string[]
  readonly bases: readonly string[]
  readonly realBases: readonly string[]
  readonly branchPoints: readonly string[]
  readonly mergePoints: readonly string[]
  readonly labels: Readonly<Record<string, readonly string[]>>
  readonly normDeps: Readonly<Record<string, readonly string[]>>
  readonly history?: readonly string[]
  readonly historyError?: string
  readonly error?: string
}

describe('the graphs of conformance/graph-cases.json', () => {
  const cases = Object.entries(
    JSON.parse(conformance('graph-cases.json').toString('utf8')) as Record<string, GraphCase>,
  )

  test('are 60', () => expect(cases.length).toBe(60))

  test.each(cases)('%s', (_, expected) => {
    const revisions = history(expected.graph)
    const map = new RevisionMap(revisions)
    const { error } = map
    expect(error === null ? undefined : sortIds(`${error.kind}: ${error.message}`)).toEqual(
      expected.error === undefined ? undefined : sortIds(expected.error),
    )
    if (expected.error !== undefined) return
    expect(map.heads).toEqual([...new Set(expected.heads)])
    expect(map.resolvedHeads).toEqual([...new Set(expected.realHeads)])
    expect(map.bases).toEqual([...new Set(expected.bases)])
    expect(map.resolvedBases).toEqual([...new Set(expected.realBases)])
    expect(map.branchPoints).toEqual(expected.branchPoints)
    expect(map.mergePoints).toEqual(expected.mergePoints)
    expect(collect(map, (id) => map.labels(id))).toEqual(expected.labels)
    const dependents = map.revisions.filter(({ dependsOn }) => dependsOn.length > 0)
    const normalized = dependents.map(({ revision }) => [revision, [...map.normalizedDependencies(revision)].sort()])
    expect(Object.fromEntries(normalized)).toEqual(expected.normDeps)
    const walked = map.history()
    if ('order' in walked) expect(walked.order).toEqual(expected.history)
    else expect(`${walked.error.kind}: ${walked.error.message}`).toBe(expected.historyError)
  })

  test.each(['hidden_cycle', 'hidden_cycle_side'])('%s has a cycle that Alembic does not see', (name) => {
    const { graph } = Object.fromEntries(cases)[name]!
    expect(new RevisionMap(history(graph)).cycles).toEqual([{ revisions: ['1', '3', '2'], throughDependency: false }])
  })

  /** Which of two clashing revisions Alembic meets first is chance. */
  function sortIds(sentence: string): string {
    return sentence.startsWith('RevisionError: Branch') ? sentence.split(' ').sort().join(' ') : sentence
  }
})

function collect(map: RevisionMap<Revision>, of: (id: string) => readonly string[]) {
  const pairs = map.revisions.map(({ revision }) => [revision, of(revision)] as const)
  return Object.fromEntries(pairs.filter(([, values]) => values.length > 0))
}

type Row = readonly [string, string, string[], string[], string[], string[], boolean, boolean]

describe('real environments', () => {
  const environments = lines('histories.jsonl.gz').filter((one) => one.ok)

  test.each(environments.map((one, i) => [`${one.source} ${one.environment} #${i}`, one] as const))('%s', (_, one) => {
    const rows = one.revisions as readonly Row[]
    const map = new RevisionMap(
      rows.map(([, revision, downRevisions, dependsOn, branchLabels]) => ({
        revision,
        downRevisions,
        dependsOn,
        branchLabels,
      })),
    )
    expect(map.error).toBeNull()
    expect(map.heads).toEqual(one.heads)
    expect(map.resolvedHeads).toEqual(one.effectiveHeads)
    expect(map.bases).toEqual(one.bases)
    expect(map.resolvedBases).toEqual(one.realBases)
    expect(map.history()).toEqual({ order: one.walk })
    for (const [, id, , , , labels, isBranchPoint, isMergePoint] of rows) {
      expect([id, map.labels(id)]).toEqual([id, [...labels].sort()])
      expect([id, map.branchPoints.includes(id), map.mergePoints.includes(id)]).toEqual([
        id,
        isBranchPoint,
        isMergePoint,
      ])
    }
  })
})

test('250 real divergences: the heads of every side', () => {
  for (const { commit, common, sides, heads } of lines('divergences.jsonl.gz')) {
    for (const [side, own] of Object.entries(sides) as [string, [string, string[]][]][]) {
      const rows = [...common, ...own] as [string, string[]][]
      const map = new RevisionMap(
        rows.map(([revision, downRevisions]) => ({ revision, downRevisions, dependsOn: [], branchLabels: [] })),
      )
      expect([commit, side, [...map.heads].sort()]).toEqual([commit, side, [...heads[side]].sort()])
    }
  }
})

describe('properties', () => {
  test('the order of files changes no fact', () => {
    fc.assert(
      fc.property(anyHistory({ duplicates: false }), fc.infiniteStream(fc.nat()), (revisions, numbers) => {
        const other = [...revisions].sort(() => numbers.next().value! - numbers.next().value!)
        expect(facts(new RevisionMap(other))).toEqual(facts(new RevisionMap(revisions)))
      }),
    )
  })

  test('without cycles every revision is a head or below one, and history has each once, parents later', () => {
    fc.assert(
      fc.property(anyHistory({ duplicates: false, cycles: false }), (revisions) => {
        const map = new RevisionMap(revisions)
        expect(map.error).toBeNull()
        expect([...map.ancestors(map.heads)].sort()).toEqual(revisions.map(({ revision }) => revision).sort())
        const walked = map.history()
        const order = 'order' in walked ? walked.order : []
        expect([...order].sort()).toEqual(revisions.map(({ revision }) => revision).sort())
        for (const { revision } of revisions) {
          for (const parent of [...map.parents(revision), ...map.dependencies(revision)]) {
            expect(order.indexOf(parent)).toBeGreaterThan(order.indexOf(revision))
            expect(map.descendants([parent]).has(revision)).toBe(true)
          }
        }
      }),
    )
  })

  test('one revision is an ancestor of another exactly where a walk from there reaches it', () => {
    fc.assert(
      fc.property(anyHistory({ duplicates: true }), (revisions) => {
        const map = new RevisionMap(revisions)
        const ids = [...revisions.map(({ revision }) => revision), 'unknown']
        for (const other of ids) {
          const below = map.ancestors([other])
          expect(ids.map((id) => map.isAncestor(id, other))).toEqual(ids.map((id) => below.has(id)))
        }
      }),
    )
  })

  test('every cycle is one: each revision refers to the next, the last to the first', () => {
    fc.assert(
      fc.property(anyHistory({ duplicates: true }), (revisions) => {
        const map = new RevisionMap(revisions)
        for (const { revisions: path } of map.cycles.filter((cycle) => cycle.revisions.length > 1)) {
          path.forEach((id, i) => {
            const next = path[(i + 1) % path.length]!
            expect([...map.parents(id), ...map.dependencies(id)]).toContain(next)
          })
        }
      }),
    )
  })

  function facts(map: RevisionMap<Revision>) {
    const sort = (values: readonly string[]) => [...values].sort()
    return {
      heads: sort(map.heads),
      resolvedHeads: sort(map.resolvedHeads),
      bases: sort(map.bases),
      branchPoints: sort(map.branchPoints),
      mergePoints: sort(map.mergePoints),
      missing: sort(map.missing.map(({ from, id, via }) => `${from.revision} ${via} ${id}`)),
      cycles: sort(map.cycles.map((cycle) => JSON.stringify(cycle))),
      labels: collect(map, (id) => map.labels(id)),
      isFine: map.error === null,
    }
  }
})

describe('100,000 revisions', () => {
  const size = 100_000
  const id = (i: number) => `r${i}`
  const build = (parents: (i: number) => readonly number[]) =>
    new RevisionMap(
      Array.from({ length: size }, (_, i) => ({
        revision: id(i),
        downRevisions: parents(i).map(id),
        dependsOn: [],
        branchLabels: i === 0 ? ['billing'] : [],
      })),
    )

  test('in one line', () => {
    const map = build((i) => (i === 0 ? [] : [i - 1]))
    const walked = map.history()
    expect('order' in walked && [walked.order.length, walked.order[0], walked.order.at(-1)]).toEqual([
      size,
      id(size - 1),
      id(0),
    ])
    expect([map.heads, map.labels(id(size - 1))]).toEqual([[id(size - 1)], ['billing']])
  })

  test('in a ring, which is one cycle', () => {
    const map = build((i) => [(i + size - 1) % size])
    expect(map.error?.kind).toBe('CycleDetected')
    expect(map.cycles.map(({ revisions }) => revisions.length)).toEqual([size])
  })

  test('all on one base', () => {
    const walked = build((i) => (i === 0 ? [] : [0])).history()
    expect('order' in walked && [walked.order.length, walked.order.at(-1)]).toEqual([size, id(0)])
  })

  test('merged by one', () => {
    const map = build((i) => (i === 0 ? [] : i < size - 1 ? [0] : Array.from({ length: size - 2 }, (_, k) => k + 1)))
    const walked = map.history()
    expect('order' in walked && [walked.order[0], walked.order.length]).toEqual([id(size - 1), size])
  })

  test('forked and merged all the way', () => {
    const map = build((i) => (i === 0 ? [] : i % 3 === 0 ? [i - 1, i - 2] : i % 3 === 1 ? [i - 1] : [i - 2]))
    const walked = map.history()
    expect('order' in walked && walked.order.length).toBe(size)
  })
})

describe('facts', () => {
  test('parents in another package are neither edges nor missing, and no base for a reader', () => {
    const map = new RevisionMap(history('invoices<core1; payments<invoices'), { external: new Set(['core1']) })
    expect([map.missing, map.error, map.bases, map.heads]).toEqual([[], null, [], ['payments']])
    expect(map.history()).toEqual({ order: ['payments', 'invoices'] })
  })

  test('a dependency in another package is not missing either', () => {
    const map = new RevisionMap(history('invoices~core1; payments<invoices'), { external: new Set(['core1']) })
    expect([map.missing, map.error, map.bases, map.resolvedBases]).toEqual([[], null, ['invoices'], []])
  })

  test('what hangs from another package is not blamed for a cycle elsewhere; Alembic sorts those it blames', () => {
    const external = new Set(['core1'])
    const map = new RevisionMap(history('invoices<core1; teams<roles; users<teams; roles<users; payments~invoices'), {
      external,
    })
    expect(map.error?.revisions).toEqual(['roles', 'teams', 'users'])
    expect(map.cycles).toEqual([{ revisions: ['roles', 'users', 'teams'], throughDependency: false }])
  })

  test('a label as parent is missing, as a dependency it is not', () => {
    const map = new RevisionMap(history('users=people; teams<people; roles~people'))
    expect(map.missing.map(({ from, id, via, isLabel }) => [from.revision, id, via, isLabel])).toEqual([
      ['teams', 'people', 'down_revision', true],
    ])
    expect(map.dependencies('roles')).toEqual(['users'])
    expect(map.error).toEqual({ kind: 'KeyError', revisions: ['people'], message: "'people'" })
  })

  test('all missing references, duplicates, reserved characters and clashes are told at once', () => {
    const map = new RevisionMap(history('inv-1=money<gone1,gone2~gone3; pay=money; pay<inv-1; bill@2~bill@2'))
    expect(map.missing.map(({ id }) => id)).toEqual(['gone1', 'gone2', 'gone3'])
    expect([...map.duplicates].map(([id, all]) => [id, all.length])).toEqual([['pay', 2]])
    expect(map.reservedCharacters.map(({ characters }) => characters)).toEqual([['-'], ['@']])
    expect(
      map.labelClashes.map(({ label, revisions }) => [label, revisions[0].revision, revisions[1].revision]),
    ).toEqual([['money', 'inv-1', 'pay']])
    expect(map.cycles).toEqual([{ revisions: ['bill@2'], throughDependency: true }])
    expect(map.error?.message).toBe("Character(s) '-' not allowed in revision identifier 'inv-1'")
  })

  test('an id that comes again keeps its place, and the last one counts', () => {
    const revisions = history('users; teams<users; users<roles; roles')
    const map = new RevisionMap(revisions)
    expect(map.revisions).toEqual([revisions[2], revisions[1], revisions[3]])
    expect(map.get('users')).toBe(revisions[2])
    expect([map.heads, map.isHead('users'), map.size]).toEqual([['users', 'teams'], false, 3])
  })

  test('a history that Alembic never finishes is an error, not a hang', () => {
    const map = new RevisionMap(history('aaaa; bbbb<aaaa,cccc; cccc<bbbb; dddd<bbbb,cccc'))
    expect([map.error, map.heads]).toEqual([null, ['dddd']])
    const walked = map.history()
    expect('error' in walked && walked.error.revisions).toEqual(['bbbb', 'cccc'])
  })
})

describe('identifiers', () => {
  const map = new RevisionMap(history('base1=billing; bill2<base1; user1=users; user2<user1; user3<user1'))
  const resolve = (identifier: string) => {
    const result = map.resolve(identifier)
    return 'error' in result ? result.error.message : result.revisions.map(({ revision }) => revision)
  }

  test.each([
    ['bill2', ['bill2']],
    ['b', "Multiple revisions start with 'b': 'base1', 'bill2', 'billing'..."],
    ['bill2@head', ['bill2']],
    ['billing@head', ['bill2']],
    ['users@heads', ['user2', 'user3']],
    ['heads', ['bill2', 'user2', 'user3']],
    ['head', "Multiple heads are present for given argument 'head'; bill2, user2, user3"],
    ['base', []],
    ['billing', ['base1']],
    ['billing@user2', "Revision user2 is not a member of branch 'billing'"],
    ['bill2-1', ['base1']],
    ['base1+1', ['bill2']],
    ['user1+1', 'Ambiguous walk'],
    ['bill2-2', []],
    ['bill2-3', 'Walked too far'],
    ['nobody', "No such revision or branch 'nobody'"],
    ['HEAD', "No such revision or branch 'HEAD'"],
    ['', ''],
  ])('%j', (identifier, expected) => expect(resolve(identifier)).toEqual(expected))

  test('an ambiguous one says what it could be', () => {
    const result = map.resolve('user')
    expect('error' in result && result.candidates).toEqual(['user1', 'user2', 'user3', 'users'])
  })
})
