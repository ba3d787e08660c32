import {
  findHeads,
  findMerge,
  type History,
  type PlannedRepair,
  placeOf,
  type Refusal,
  type RepairPlan,
  refusal,
  refuseRepair,
  type Script,
  trueHeads,
  underConvention,
  type WrittenScript,
  whyBadId,
  whyBadLabel,
  whyUnusable,
} from '@onehead/core'
import { mergeWithAlembic } from '../alembic/index.js'
import { UsageError } from '../errors.js'
import { findAhead } from '../new-script/ahead.js'
import { openAlembic, takeFromAlembic } from '../new-script/by-alembic.js'
import { type OpenWorkspace, openWorkspace, type WorkspaceOptions } from '../use-cases/open-workspace.js'
import { readHistories } from '../use-cases/read-workspace.js'
import { joinChanges } from './join-changes.js'
import { findLandingPlace, type LandingPlace } from './landing-place.js'
import type { MergeDetails, MergeWriter } from './merge-writer.js'
import { type PlannedWorkspace, Planning } from './plan-workspace.js'

export interface MergeOptions extends WorkspaceOptions, MergeDetails {
  /** Ids, beginnings of ids, labels, `label@head`; empty: the heads that are too many. */
  readonly heads: readonly string[]
  /** True: the remote is not asked what the target is today. */
  readonly offline: boolean
  /** Go on although both sides create or alter the same thing. */
  readonly allowOverlap: boolean
  /** True: nothing of the project's is run. */
  readonly dryRun: boolean
  /** Microseconds since 1970. */
  readonly now: number
}

/**
 * Plans merge revisions of the heads that are in the working tree, or of those named. Where only the project's Alembic can
 * tell what one looks like, that is run, and what it wrote is taken out of the tree again. Throws `UsageError` as
 * `openWorkspace` does, and where it is not clear which environment the heads belong to.
 */
export async function planMergeRevisions(options: MergeOptions): Promise<PlannedWorkspace> {
  const { root, offline, now } = options
  const landing = await findLandingPlace({ root, offline, now: Math.floor(now / 1e6) })
  try {
    const workspace = await openWorkspace(options)
    const merging = new Merging(options, workspace, landing)
    const planned: PlannedRepair[] = []
    for (const history of await historiesMeant(options, workspace)) planned.push(await merging.plan(history))
    const { changes, refusals } = joinChanges(planned)
    const plan: RepairPlan = {
      git: null,
      repairs: refusals.length > 0 ? [] : planned.map(({ repair }) => repair),
      changes,
      refusals,
      notices: [...(landing?.target == null ? [] : landing.notices), ...merging.notices],
    }
    return { plan, landing, close: () => landing?.objects.close() }
  } catch (error) {
    landing?.objects.close()
    throw error
  }
}

/** Heads that are named belong to one environment: the one that has them all. */
async function historiesMeant(
  { heads, revision, branchLabel }: MergeOptions,
  workspace: OpenWorkspace,
): Promise<readonly History[]> {
  const histories: History[] = []
  for await (const { history } of readHistories(workspace, { full: false })) histories.push(history)
  if (histories.length < 2) return histories
  if (heads.length === 0) {
    const what = revision !== null ? 'an id' : branchLabel !== null ? 'a label' : null
    if (what === null) return histories
    throw new UsageError(`${what} belongs to one merge revision`, { help: nameOne(histories) })
  }
  const having = histories.filter(({ map }) => heads.every((head) => !('error' in map.resolve(head))))
  if (having.length === 1) return having
  const where = having.length === 0 ? 'no environment has all of' : 'several environments have'
  throw new UsageError(`${where} ${heads.join(', ')}`, { help: nameOne(having.length === 0 ? histories : having) })
}

function nameOne(histories: readonly History[]): string {
  const names = histories.map(({ environment }) => environment.name)
  return `name the environment: ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}`
}

/** A merge revision that only the project's Alembic can write. */
interface Open {
  readonly parents: readonly Script[]
  readonly why: string
  readonly writer: MergeWriter
}

class Merging {
  /** Warnings, once for each environment. */
  readonly notices: string[] = []
  readonly #options: MergeOptions
  readonly #workspace: OpenWorkspace
  readonly #landing: LandingPlace | null
  readonly #planning: Planning

  constructor(options: MergeOptions, workspace: OpenWorkspace, landing: LandingPlace | null) {
    const { allowOverlap } = options
    const fixed = {
      want: 'merge',
      mends: false,
      choices: new Map(),
      stamped: new Map(),
      overlaps: allowOverlap ? 'allow' : 'refuse',
    } as const
    this.#options = options
    this.#workspace = workspace
    this.#landing = landing
    this.#planning = new Planning({ ...options, ...fixed }, workspace, landing, landing?.includesTarget === true)
  }

  async plan(history: History): Promise<PlannedRepair> {
    const { heads: names, revision, branchLabel } = this.#options
    const bad =
      (names.length > 0 || history.map.duplicates.size > 0 ? whyUnusable(history) : null) ??
      (revision === null ? null : whyBadId(history, revision)) ??
      (branchLabel === null ? null : whyBadLabel(history, branchLabel))
    if (bad !== null) return refuseRepair(history, [bad])
    const named = names.length === 0 ? null : findHeads(history, names)
    if (named !== null && 'refusal' in named) return refuseRepair(history, [named.refusal])
    const heads = named?.heads.map((head) => head.revision) ?? null
    if (heads !== null && heads.length < 2) return refuseRepair(history, [onlyOne(heads[0]!)])
    const racing = await this.#joinedThere(history, heads ?? trueHeads(history))
    return racing === null ? this.#planWhole(history, heads) : refuseRepair(history, [racing])
  }

  /** The target has a merge of these heads that is not here yet: a second one would be a head beside it. */
  async #joinedThere(history: History, heads: readonly string[]): Promise<Refusal | null> {
    if (heads.length < 2) return null
    const ahead = await findAhead(this.#landing, history)
    if (ahead === null) return null
    const merge = findMerge(ahead.history.map, heads)
    if (merge !== null && !history.map.has(merge.revision)) {
      return refusal(
        'already-joined',
        `${ahead.target} has joined ${heads.join(' and ')} already, in ${merge.revision}`,
        {
          help: 'bring that in instead: a second merge revision would be a head beside it',
          command: `git merge ${ahead.target}`,
        },
      )
    }
    const count = ahead.revisions.length === 1 ? 'a revision that is' : `${ahead.revisions.length} revisions that are`
    this.notices.push(
      `${ahead.target} has ${count} not here, so that there may be two heads again once it is merged: \`onehead fix\` brings it in too`,
    )
    return null
  }

  /** Once more for every merge revision that the project's Alembic had to write. */
  async #planWhole(history: History, heads: readonly string[] | null): Promise<PlannedRepair> {
    const taken = new Map<string, WrittenScript>()
    const notes: string[] = []
    for (;;) {
      const open: Open[] = []
      const write = (writer: MergeWriter) => (parents: readonly Script[]) => {
        const known = taken.get(keyOf(parents))
        if (known !== undefined) return known
        const written = writer.write(parents)
        if ('refusal' in written && typeof written.refusal === 'string') {
          open.push({ parents, why: written.refusal, writer })
        }
        return written
      }
      const planned = await this.#planning.plan(history, { details: this.#options, heads, write })
      const [first] = open
      if (first === undefined) return withNotes(planned, notes)
      const made = await this.#throughAlembic(history, first)
      if ('refusal' in made) return refuseRepair(history, [made.refusal])
      if ('repair' in made) return made
      taken.set(keyOf(first.parents), made.script)
      notes.push(made.note)
    }
  }

  async #throughAlembic(
    history: History,
    { parents, why, writer }: Open,
  ): Promise<
    { readonly refusal: Refusal } | PlannedRepair | { readonly script: WrittenScript; readonly note: string }
  > {
    const { root, dryRun } = this.#options
    const runner = await openAlembic(root, history, this.#workspace.configuration)
    if ('message' in runner) return { refusal: { ...runner, message: `${why}, and ${runner.message}` } }
    const { revision, message, branchLabel } = writer.describe(parents)
    if (dryRun) return proposal(history, parents, revision, placeOf(writer.settings, parents[0]!.path), why)
    const revisions = parents.map((parent) => parent.revision)
    const wish = { revisions, message, revisionId: revision, ...(branchLabel === undefined ? {} : { branchLabel }) }
    const made = await takeFromAlembic(runner, history, revision, () => mergeWithAlembic(runner, wish))
    if ('refusal' in made) return made
    const [script] = made.scripts
    if (script === undefined) return { refusal: refusal('nothing-written', `\`${made.typed}\` wrote no script`) }
    const path = underConvention(writer.settings, { path: script.path, revision, message })
    const wrong = writer.prove({ path, bytes: script.bytes }, parents)
    if (wrong !== null) return { refusal: wrong }
    return { script: { revision, path, bytes: script.bytes }, note: `\`${made.typed}\` wrote it: ${why}` }
  }
}

function keyOf(parents: readonly Script[]): string {
  return JSON.stringify(parents.map(({ revision }) => revision))
}

function onlyOne(head: string): Refusal {
  return refusal('one-head', `${head} alone is nothing to merge`, {
    help: 'name two heads or more, or leave --heads out for those that are too many',
  })
}

function withNotes(planned: PlannedRepair, notes: readonly string[]): PlannedRepair {
  return { ...planned, repair: { ...planned.repair, notes: [...planned.repair.notes, ...notes] } }
}

/** What would be done, without the file: only running the project's Alembic would tell what is in it. */
function proposal(
  history: History,
  parents: readonly Script[],
  revision: string,
  location: string | null,
  why: string,
): PlannedRepair {
  const { repair, routeFrom } = refuseRepair(history, [])
  const joined = parents.map((parent) => parent.revision)
  return {
    routeFrom,
    repair: {
      ...repair,
      decision: 'merge',
      headsAfter: [...repair.headsBefore.filter((head) => !joined.includes(head)), revision],
      reasons: [{ kind: 'asked' }],
      merged: [{ revision, parents: joined, path: location ?? history.environment.path }],
      notes: [`the project's own Alembic writes it, because ${why}`],
    },
    changes: [],
  }
}
