import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Revision, RevisionMap } from '../../packages/core/src/revision/index.js'
import type { AlembicError } from '../../packages/core/src/script/script.js'
import { type PythonWorld, providePython } from '../support/python.js'
import { randomGraph, randomNumbers, randomQueries } from './graphs.js'

/** ONEHEAD_SEED and ONEHEAD_GRAPHS look elsewhere, and longer. */
const seed = Number(process.env.ONEHEAD_SEED ?? 20_261_120)
const count = Number(process.env.ONEHEAD_GRAPHS ?? 2_500)

interface Raised {
  readonly kind: string
  readonly message: string
  readonly revisions: readonly string[] | null
}

type Attempt<T> = { readonly value: T } | Raised

interface Answer {
  readonly error?: Raised
  /** Where it stopped: short of `done`, Alembic hung. */
  readonly stage: 'build' | 'history' | 'done'
  readonly heads: readonly string[]
  readonly realHeads: readonly string[]
  readonly bases: readonly string[]
  readonly realBases: readonly string[]
  readonly branchPoints: readonly string[]
  readonly mergePoints: readonly string[]
  readonly labels: Readonly<Record<string, readonly string[]>>
  readonly normalized: Readonly<Record<string, readonly string[]>>
  readonly history: Attempt<readonly string[]>
  readonly show: readonly Attempt<readonly (string | null)[]>[]
  readonly target: readonly Attempt<readonly (string | null)[]>[]
}

function ask(python: string, cases: readonly { graph: readonly Revision[]; queries: readonly string[] }[]): Answer[] {
  const script = fileURLToPath(new URL('ask_alembic.py', import.meta.url))
  const lines = cases.map(({ graph, queries }) => {
    const rows = graph.map((one) => [one.revision, one.downRevisions, one.dependsOn, one.branchLabels])
    return JSON.stringify([rows, queries])
  })
  const options = { input: lines.join('\n'), encoding: 'utf8', maxBuffer: 1 << 30 } as const
  return execFileSync(python, [script], options)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer)
}

/** What the two sides say about one graph, in a form that must be equal; or why it cannot be compared. */
function compare(
  graph: readonly Revision[],
  queries: readonly string[],
  answer: Answer,
): { kind: string; ours: unknown; theirs: unknown } {
  const map = new RevisionMap(graph)
  if (answer.error !== undefined) {
    const theirs = answer.error
    return { kind: `error ${theirs.kind}`, ours: pair(map.error, map, theirs), theirs: pair(theirs, map, theirs) }
  }
  if (answer.stage === 'build') return { kind: 'hung while building', ours: map.cycles.length > 0, theirs: true }
  const sorted = (of: (id: string) => readonly string[]) =>
    Object.fromEntries(map.revisions.map(({ revision }) => [revision, [...of(revision)].sort()]))
  // Alembic visits labelled revisions in the order of a set. That shows only where one of them was declared again.
  const isStableLabels = [...map.duplicates.values()].flat().every(({ branchLabels }) => branchLabels.length === 0)
  const ours = {
    error: map.error,
    heads: map.heads,
    realHeads: map.resolvedHeads,
    bases: map.bases,
    realBases: map.resolvedBases,
    branchPoints: map.branchPoints,
    mergePoints: map.mergePoints,
    labels: isStableLabels ? sorted((id) => map.labels(id)) : null,
    normalized: sorted((id) => map.normalizedDependencies(id)),
    history: null as unknown,
    queries: null as unknown,
  }
  const theirs = {
    error: null,
    heads: once(answer.heads),
    realHeads: once(answer.realHeads),
    bases: once(answer.bases),
    realBases: once(answer.realBases),
    branchPoints: answer.branchPoints,
    mergePoints: answer.mergePoints,
    labels: isStableLabels ? answer.labels : null,
    normalized: answer.normalized,
    history: null as unknown,
    queries: null as unknown,
  }
  if (answer.stage === 'history') {
    const hang = 'order' in map.history() ? 'an order' : 'an error'
    return {
      kind: 'hung in history',
      ours: { ...ours, hang, cycle: map.cycles.length > 0 },
      theirs: { ...theirs, hang: 'an error', cycle: true },
    }
  }
  const walked = map.history()
  // Alembic keeps normalized dependencies in a set: with two of them its order differs from run to run.
  const isStable = map.revisions.every(({ revision }) => map.normalizedDependencies(revision).length < 2)
  const inOrder = (order: readonly string[]) => (isStable ? order : [...order].sort())
  ours.history = 'order' in walked ? inOrder(walked.order) : named(walked.error)
  theirs.history = 'value' in answer.history ? inOrder(answer.history.value) : named(answer.history)
  // Alembic looks ids up again at every step: one that is also a symbol sends it elsewhere.
  if (['head', 'heads', 'base'].some((symbol) => map.has(symbol))) queries = []
  ours.queries = queries.map((query) => [query, resolved(map, query)])
  theirs.queries = queries.map((query, i) => [query, expected(answer.show[i]!, answer.target[i]!)])
  const ill = map.duplicates.size > 0 ? ' with duplicate ids' : map.cycles.length > 0 ? ' with a hidden cycle' : ''
  return { kind: `${isStable ? 'history' : 'history without order'}${ill}`, ours, theirs }
}

function once(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)]
}

/** Kind and ids; where Alembic takes the first of a set, any member of ours that fits. */
function pair(error: AlembicError | Raised | null, map: RevisionMap<Revision>, theirs: Raised): unknown {
  if (error === null) return null
  const [, label, later, earlier] =
    /^Branch name '(.*)' in revision (.*) already used by revision (.*)$/.exec(theirs.message) ?? []
  const users = map.labelClashes.filter((one) => one.label === label).flatMap((one) => one.revisions)
  const clash = [later, earlier].every((id) => users.some(({ revision }) => revision === id))
  if (clash && error.kind === 'RevisionError') return 'a label clash'
  const [id] = theirs.revisions ?? []
  const isMissing = map.missing.some((one) => one.via === 'depends_on' && one.id === id)
  if (theirs.kind === 'KeyError' && isMissing) return [error.kind, id]
  // A plain RevisionError names its ids in its sentence only.
  return [error.kind, theirs.revisions === null ? null : error.revisions, error.message]
}

/** Overlapping ids come from a set, too. */
function named(error: AlembicError | Raised): unknown {
  return [error.kind, error.message.split(/[ ,]+/).sort()]
}

function resolved(map: RevisionMap<Revision>, query: string): unknown {
  const result = map.resolve(query)
  return 'error' in result ? 'an error' : once(result.revisions.map(({ revision }) => revision))
}

/** What `show` understands counts; what it cannot locate may be a relative target of `history` and `upgrade`. */
function expected(show: Attempt<readonly (string | null)[]>, target: Attempt<readonly (string | null)[]>): unknown {
  const value =
    'value' in show ? show.value : show.kind === 'ResolutionError' && 'value' in target ? target.value : [null]
  if (value.includes(null)) return 'an error'
  return once(value.filter((id) => id !== '<base>') as string[])
}

function run(world: PythonWorld, isComparable: (graph: readonly Revision[]) => boolean): void {
  const { python, reason } = providePython(world)
  describe.skipIf(reason !== null)(
    `random histories against ${world}${reason === null ? '' : ` (skipped: ${reason})`}`,
    () => {
      test(`agree in every fact`, { timeout: 600_000 }, () => {
        const random = randomNumbers(seed)
        const cases = []
        while (cases.length < count) {
          const graph = randomGraph(random)
          if (isComparable(graph)) cases.push({ graph, queries: randomQueries(graph, random) })
        }
        const answers = ask(python!, cases)
        expect(answers.length).toBe(count)
        const kinds = new Map<string, number>()
        cases.forEach(({ graph, queries }, i) => {
          const { kind, ours, theirs } = compare(graph, queries, answers[i]!)
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
          expect(ours, `seed ${seed}, graph ${i} (${kind}): ${JSON.stringify(graph)}`).toEqual(theirs)
        })
        const lines = [...kinds].sort().map(([kind, number]) => `  ${String(number).padStart(5)} ${kind}`)
        console.log(`${world}, seed ${seed}:\n${lines.join('\n')}`)
        expect(kinds.get('history') ?? 0).toBeGreaterThan(count / 4)
      })
    },
  )
}

run('alembic-1.20', () => true)
// `:` in an id is an error since 1.17.1 only.
run('alembic-1.8', (graph) => graph.every(({ revision }) => !revision.includes(':')))
