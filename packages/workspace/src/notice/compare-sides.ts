import {
  type BrokenEnvironment,
  compareHistories,
  type Environment,
  type History,
  type HistoryChange,
  type Moment,
} from '@onehead/core'
import type { IsPublished } from './published-here.js'
import { isSame, keyOf, loadOf, momentOf, type Side } from './side.js'

/** What differs between two snapshots, environment by environment. */
export interface Difference {
  readonly changes: readonly HistoryChange[]
  /** Could be used before, or were not there, and cannot be used now. */
  readonly broken: readonly BrokenEnvironment[]
}

/** One environment at both moments; null where it is not there. */
interface Pair {
  readonly before: Environment | null
  readonly now: Environment | null
}

/**
 * Compares all environments of two snapshots; only those that may differ are read.
 *
 * @param publishedIn asked where several heads have to be joined: what of a history of `now` is published
 */
export async function compareSides(
  before: Side,
  now: Side,
  publishedIn: (history: History) => Promise<IsPublished>,
): Promise<Difference> {
  const changes: HistoryChange[] = []
  const wasBroken = new Set(before.broken.map(keyOf))
  const isBroken = new Set(now.broken.map(keyOf))
  const load = (side: Side, environment: Environment | null): Promise<Moment | null> =>
    environment === null ? Promise.resolve(null) : loadOf(side, environment).then((history) => momentOf(side, history))
  for (const pair of await pairUp(before, now)) {
    if (pair.before !== null && pair.now !== null && (await isSame(before, pair.before, now, pair.now))) continue
    // A configuration that broke or was mended is told as such: its revisions did not go or come.
    if (pair.before === null && wasBroken.has(keyOf(pair.now!))) continue
    if (pair.now === null && isBroken.has(keyOf(pair.before!))) continue
    const old = await load(before, pair.before)
    const current = await load(now, pair.now)
    const found = compareHistories(old, current)
    const change =
      found?.split == null
        ? found
        : compareHistories(old, await momentOf(now, current!.history, await publishedIn(current!.history)))
    if (change !== null) changes.push(change)
    before.sources.forget()
    now.sources.forget()
  }
  return { changes, broken: now.broken.filter((one) => !wasBroken.has(keyOf(one))) }
}

/** By configuration, else by script directory, else (an app was moved) by the revisions that both have. */
async function pairUp(before: Side, now: Side): Promise<readonly Pair[]> {
  const pairs: Pair[] = []
  let gone = [...before.environments]
  let fresh: Environment[] = []
  const take = (found: Environment | undefined, environment: Environment): boolean => {
    if (found === undefined) return false
    gone = gone.filter((one) => one !== found)
    pairs.push({ before: found, now: environment })
    return true
  }
  const byKey = new Map(gone.map((environment) => [keyOf(environment), environment]))
  for (const environment of now.environments) {
    if (!take(byKey.get(keyOf(environment)), environment)) fresh.push(environment)
  }
  fresh = fresh.filter(
    (environment) =>
      !take(
        gone.find((one) => one.path === environment.path),
        environment,
      ),
  )
  fresh = await withoutMoved(before, now, () => gone, fresh, take)
  return [
    ...pairs,
    ...fresh.map((environment) => ({ before: null, now: environment })),
    ...gone.map((environment) => ({ before: environment, now: null })),
  ]
}

async function withoutMoved(
  before: Side,
  now: Side,
  gone: () => readonly Environment[],
  fresh: readonly Environment[],
  take: (found: Environment | undefined, environment: Environment) => boolean,
): Promise<Environment[]> {
  if (gone().length === 0 || fresh.length === 0) return [...fresh]
  const idsBefore = new Map<Environment, ReadonlySet<string>>()
  for (const environment of gone()) idsBefore.set(environment, await idsOf(before, environment))
  const left: Environment[] = []
  for (const environment of fresh) {
    const ids = await idsOf(now, environment)
    const shared = (one: Environment) => [...ids].filter((id) => idsBefore.get(one)!.has(id)).length
    const best = [...gone()].sort((a, b) => shared(b) - shared(a))[0]
    const isMoved = best !== undefined && shared(best) > 0
    if (!take(isMoved ? best : undefined, environment)) left.push(environment)
  }
  return left
}

async function idsOf(side: Side, environment: Environment): Promise<ReadonlySet<string>> {
  const { map } = await loadOf(side, environment)
  return new Set(map.revisions.map(({ revision }) => revision))
}
