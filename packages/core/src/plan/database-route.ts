import type { Revision, RevisionMap } from '../revision/index.js'
import type { DatabaseStep } from './plan.js'

/** What brings the rows of one version table back to the truth after scripts have got other parents or another id. */
export interface DatabaseRoute {
  /** Revisions that this database would skip for ever; parents first. Empty where only its rows are wrong. */
  readonly skipped: readonly string[]
  /** With the scripts as they are now; keeps all data. Null where no commands do that. */
  readonly catchUp: readonly DatabaseStep[] | null
  /** With the scripts as they were: loses what moved revisions have stored. Null where no commands do that, or nothing is skipped. */
  readonly stepBackBefore: readonly DatabaseStep[] | null
  /** The same with the scripts as they are now. */
  readonly stepBackAfter: readonly DatabaseStep[] | null
  /** The rows after `catchUp` and `stepBackAfter`, sorted. */
  readonly to: readonly string[]
}

type Scripts = Pick<
  RevisionMap<Revision>,
  'ancestors' | 'descendants' | 'children' | 'parents' | 'dependencies' | 'has'
>

/**
 * Finds the route of a database by what its version table says. A row stands for its revision and everything below it, so what has
 * run is known from the scripts as they were; what the rows claim now, from the scripts as they are.
 *
 * @param rows known to `before`
 * @param renamed ids that were changed: the one a database may hold → the one of its script now
 * @returns null where nothing has to be done: `upgrade head` runs what is missing and nothing else
 */
export function findRoute(
  before: Scripts,
  after: Scripts,
  rows: readonly string[],
  renamed: ReadonlyMap<string, string> = new Map(),
): DatabaseRoute | null {
  const nowOf = (id: string) => renamed.get(id) ?? id
  const ran = new Set([...before.ancestors(rows)].map(nowOf).filter((id) => after.has(id)))
  const claimed = after.ancestors(ran)
  const skipped = parentsFirst(
    after,
    [...claimed].filter((id) => !ran.has(id)),
  )
  const to = [...topsOf(after, claimed)].sort()
  if (skipped.length === 0 && isSame(rows, to)) return null
  // What is certain to have run, with everything below it.
  const above = after.descendants(skipped)
  const shaken = new Set([...ran].filter((id) => above.has(id)))
  const sound = new Set([...ran].filter((id) => !above.has(id)))
  const now = rows.every((row) => after.has(row) && !renamed.has(row)) ? rows : null
  const stand = { before, after, rows: now, sound, shaken, skipped, to }
  if (skipped.length === 0) {
    return { skipped, catchUp: stampSteps(after, now, to), stepBackBefore: null, stepBackAfter: null, to }
  }
  return {
    skipped,
    catchUp: catchUp(stand),
    stepBackBefore: stepBackBefore(stand, rows, nowOf),
    stepBackAfter: stepBackAfter(stand),
    to,
  }
}

interface Stand {
  readonly before: Scripts
  readonly after: Scripts
  /** Null where one of them is no id any more, or another's. */
  readonly rows: readonly string[] | null
  readonly sound: ReadonlySet<string>
  /** Has run, and stands on something that has not. */
  readonly shaken: ReadonlySet<string>
  readonly skipped: readonly string[]
  readonly to: readonly string[]
}

/** The table is made to say only what is certain; then what was skipped is pending, and runs; then it says all again. */
function catchUp({ after, rows, sound, shaken, skipped, to }: Stand): readonly DatabaseStep[] | null {
  // What stands on a shaken one would make Alembic run that a second time.
  if (skipped.some((id) => meets(after.ancestors([id]), shaken))) return null
  const ground = topsOf(after, sound)
  const run = topsOf(after, new Set(skipped))
  const reached = topsOf(after, new Set([...sound, ...skipped]))
  return [
    ...stampSteps(after, rows, ground),
    ...run.map((id) => step('upgrade', id)),
    ...stampSteps(after, reached, to),
  ]
}

function stepBackAfter({ after, rows, sound, shaken, skipped, to }: Stand): readonly DatabaseStep[] | null {
  if (rows === null) return null
  const active = after.ancestors(rows)
  const back = downgradeSteps(after, active, shaken)
  if (back === null) return null
  // Of two rows on one line, Alembic leaves the lower one standing.
  const isOneEach = isSame(rows, topsOf(after, active))
  const reached = isOneEach ? topsOf(after, new Set([...sound, ...skipped])) : null
  return [...back, ...stampSteps(after, reached, topsOf(after, sound)), ...to.map((id) => step('upgrade', id))]
}

function stepBackBefore(
  { before, after, sound }: Stand,
  rows: readonly string[],
  nowOf: (id: string) => string,
): readonly DatabaseStep[] | null {
  const active = before.ancestors(rows)
  // Also what has no script any more: a database that stands there is lost afterwards.
  const kept = new Set([...active].filter((id) => sound.has(nowOf(id))))
  const back = downgradeSteps(before, active, new Set([...active].filter((id) => !kept.has(id))))
  // What is left must be right under both.
  return isSame(topsOf(before, kept), topsOf(after, sound)) ? back : null
}

/** `stamp` goes along one line; for anything else the table has to be emptied first. */
function stampSteps(map: Scripts, rows: readonly string[] | null, to: readonly string[]): readonly DatabaseStep[] {
  const [first, ...others] = to
  if (rows !== null && isSame(rows, to)) return []
  if (first === undefined) return [step('stamp', 'base')]
  const [row] = rows ?? []
  const isLine = row !== undefined && (map.ancestors([row]).has(first) || map.ancestors([first]).has(row))
  const isPlain = rows?.length === 1 && others.length === 0 && isLine
  return [
    isPlain ? step('stamp', first) : { ...step('stamp', first), purge: true },
    ...others.map((id) => step('stamp', id)),
  ]
}

/** Downgrades of `active` that take away exactly `gone`; null where Alembic always takes more. */
function downgradeSteps(
  map: Scripts,
  active: ReadonlySet<string>,
  gone: ReadonlySet<string>,
): readonly DatabaseStep[] | null {
  if (![...gone].every((id) => active.has(id))) return null
  const steps: DatabaseStep[] = []
  const left = new Set(gone)
  for (const root of parentsFirst(map, [...gone])) {
    if (!left.has(root)) continue
    const [parent] = map.parents(root)
    // Alembic takes all that stands on the target, unless told of which branch.
    const standing = parent === undefined ? [...active] : [...map.descendants(map.children(parent))]
    const all = standing.filter((id) => active.has(id))
    const own = [...map.descendants([root])].filter((id) => active.has(id))
    const isPlain = all.every((id) => gone.has(id))
    if (!own.every((id) => gone.has(id))) return null
    const target = parent ?? 'base'
    steps.push(step('downgrade', isPlain ? target : `${root}@${target}`))
    for (const id of isPlain ? all : own) left.delete(id)
  }
  return steps
}

/** Those that nothing else among them stands on: what Alembic writes as rows. */
function topsOf(map: Scripts, ids: ReadonlySet<string>): readonly string[] {
  const below = new Set([...ids].flatMap((id) => [...map.parents(id), ...map.dependencies(id)]))
  return [...ids].filter((id) => !below.has(id)).sort()
}

function parentsFirst(map: Scripts, ids: readonly string[]): readonly string[] {
  return ids
    .map((id) => ({ id, depth: map.ancestors([id]).size }))
    .sort((one, other) => one.depth - other.depth)
    .map(({ id }) => id)
}

const step = (command: DatabaseStep['command'], revision: string): DatabaseStep => ({ command, revision })

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && [...some].sort().join('\n') === [...others].sort().join('\n')
}

const meets = (some: ReadonlySet<string>, others: ReadonlySet<string>): boolean =>
  [...some].some((id) => others.has(id))
