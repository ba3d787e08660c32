import {
  type Environment,
  type History,
  loadOperationsReader,
  loadParser,
  type OperationsReader,
  type Parser,
  type PlanContext,
  type PlannedRepair,
  planRepair,
  type Refusal,
  type RepairPlan,
  surplusHeads,
  type WrittenScript,
} from '@onehead/core'
import { foreseeRefusals } from '../apply/index.js'
import { runGit } from '../git/process.js'
import { rawDiff } from '../git/raw-diff.js'
import { type OpenWorkspace, openWorkspace, type WorkspaceOptions } from '../use-cases/open-workspace.js'
import { readHistories } from '../use-cases/read-workspace.js'
import { type SourceReader, sourceReader } from '../use-cases/sources.js'
import { againstSparse, againstUpdate } from './against-update.js'
import type { AskedDatabase } from './databases.js'
import { isIn } from './is-in.js'
import { joinChanges } from './join-changes.js'
import { findLandingPlace, type LandingPlace } from './landing-place.js'
import { type MergeDetails, type MergeWriter, mergeWriter } from './merge-writer.js'
import { findStanding, PublishedPlaces } from './standing.js'
import { type TreeToCome, treeToCome } from './trees.js'
import { usualUpdate } from './usual-update.js'
import { withoutGit } from './without-git.js'

/** `leave`: as it is; `drop`, `allow`: what becomes of things that both sides create. */
export type RepairChoice = 'rebase' | 'merge' | 'leave' | 'drop' | 'allow'

export interface RepairOptions extends WorkspaceOptions {
  /** True: the remote is not asked what the target is today. */
  readonly offline: boolean
  /** Force one way for the heads; null: the configuration's policy, else the facts. */
  readonly want: 'rebase' | 'merge' | null
  /** The same for single environments, by the path of the script directory: what a person has chosen. */
  readonly choices: ReadonlyMap<string, RepairChoice>
  /** False: heads only. */
  readonly mends: boolean
  /** What becomes of things that both sides create or alter. */
  readonly overlaps: PlanContext['overlaps']
  /** Give what moves a file name of today, where its name holds a date. */
  readonly refreshDates?: boolean
  /** What databases of others have run: environment path → revision → database. Such revisions stay. */
  readonly stamped: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** How the target comes into this tree where it has to; null: as `git pull` does here. */
  readonly update: 'merge' | 'rebase' | null
  /** Microseconds since 1970. */
  readonly now: number
}

/** A plan with what is needed to carry it out. The caller closes it. */
export interface PlannedWorkspace {
  readonly plan: RepairPlan
  /** Null outside git. */
  readonly landing: LandingPlace | null
  /** What puts a database right, by the path of the script directory; absent where nothing moves. */
  readonly routes?: ReadonlyMap<string, PlannedRepair['routeFrom']>
  /** Databases of what moves, where they were asked. */
  readonly databases?: readonly AskedDatabase[]
  close(): void
}

/**
 * Plans the repair of every environment, or of those named: on the working tree where it has all that the target has,
 * else on what it will be once the target is merged. Writes nothing but what a fetch writes. Throws `UsageError` as `openWorkspace`
 * does, and for a configured target that is not known.
 */
export async function planWorkspace(options: RepairOptions): Promise<PlannedWorkspace> {
  const { root, offline, now } = options
  const landing = await findLandingPlace({ root, offline, now: Math.floor(now / 1e6) })
  try {
    const made = await makePlan(options, landing)
    return { ...made, landing, close: () => landing?.objects.close() }
  } catch (error) {
    landing?.objects.close()
    throw error
  }
}

async function makePlan(
  options: RepairOptions,
  landing: LandingPlace | null,
): Promise<Pick<PlannedWorkspace, 'plan' | 'routes'>> {
  const notices = landing?.notices ?? []
  const refuse = (refusals: readonly Refusal[]) => ({
    plan: { git: null, repairs: [], changes: [], refusals, notices },
  })
  const here = await openWorkspace(options)
  const present = await openHistories(here)
  const toCome = landing && (await treeToCome(landing))
  const ahead = toCome === null ? null : await needsTarget(options, toCome, present)
  if (ahead !== null) {
    const refusals = await againstUpdate(landing!, toCome!, ahead.workspace.environments)
    if (refusals.length > 0) return refuse(refusals)
  }
  const { workspace, histories } = ahead ?? present
  const planning = new Planning(options, workspace, landing, ahead !== null || landing?.includesTarget === true)
  const planned: PlannedRepair[] = []
  for (const history of histories) {
    if (await planning.concerns(history)) planned.push(await planning.plan(history))
  }
  const joined = joinChanges(planned)
  // What git is yet to bring in lies elsewhere until then.
  const onDisk =
    ahead === null ? foreseeRefusals(options.root, joined.changes) : await againstSparse(options.root, joined.changes)
  const refusals = [...joined.refusals, ...onDisk]
  if (refusals.length > 0) return refuse(refusals)
  const { changes } = joined
  const isRefused = changes.length === 0 && planned.some(({ repair }) => repair.refusals.length > 0)
  const git = ahead === null || isRefused ? null : await gitStep(options, landing!)
  const routes = new Map(planned.map(({ repair, routeFrom }) => [repair.environment.path, routeFrom]))
  return { plan: { git, repairs: planned.map(({ repair }) => repair), changes, refusals: [], notices }, routes }
}

interface OpenHistories {
  readonly workspace: OpenWorkspace
  readonly histories: readonly History[]
}

async function openHistories(workspace: OpenWorkspace): Promise<OpenHistories> {
  const histories: History[] = []
  for await (const { history } of readHistories(workspace, { full: false })) histories.push(history)
  return { workspace, histories }
}

/**
 * The histories with the target merged, where some environment is only wrong then, or where what it needs to be repaired
 * is not here yet; null where the working tree is enough.
 */
async function needsTarget(
  options: RepairOptions,
  { snapshot }: TreeToCome,
  present: OpenHistories,
): Promise<OpenHistories | null> {
  const workspace = await openWorkspace(options, { snapshot, settingsFrom: present.workspace.snapshot })
  const ahead = await openHistories(workspace)
  const known = new Map(present.histories.map((history) => [history.environment.path, history]))
  const isNeeded = ahead.histories.some((history) => {
    if (options.choices.get(history.environment.path) === 'leave') return false
    const now = known.get(history.environment.path)
    // Somebody else may have repaired there what is still wrong here.
    if (isWell(history)) return now !== undefined && !isWell(now)
    // By file: the target may have given the same id to another script.
    const here = new Set(now?.scripts.map(({ path, revision }) => `${revision} ${path}`))
    if (history.scripts.some(({ path, revision }) => !here.has(`${revision} ${path}`))) return true
    // What cannot be read may be anything: also the other head.
    const unread = new Set(now?.unreadable.map(({ path }) => path))
    return history.unreadable.some(({ path }) => !unread.has(path))
  })
  return isNeeded ? ahead : null
}

function isWell(history: History): boolean {
  if (history.unreadable.length > 0) return false
  return (
    surplusHeads(history, history.environment.settings.expectedHeads)?.count === 0 && history.map.duplicates.size === 0
  )
}

async function gitStep({ update }: RepairOptions, landing: LandingPlace): Promise<RepairPlan['git']> {
  const { root, target, behind, head } = landing
  const wanted = update ?? (await usualUpdate(root))
  return {
    kind: wanted === 'merge' || head === null || (await isDirty(root)) ? 'merge' : 'rebase',
    target: target!.name,
    commit: target!.commit,
    behind,
  }
}

/** Git rebases nothing while a tracked file is changed. */
async function isDirty(root: string): Promise<boolean> {
  return (await runGit(root, ['diff', '--quiet', 'HEAD', '--'])).code !== 0
}

/** What differs where somebody has asked for one merge revision. */
export interface MergeAsked {
  readonly details: MergeDetails
  /** Null: the heads that are too many. */
  readonly heads: readonly string[] | null
  /** In place of the writer's own. */
  readonly write: (writer: MergeWriter) => PlanContext['writeMerge']
}

export type PlanningOptions = Pick<
  RepairOptions,
  'root' | 'now' | 'want' | 'choices' | 'mends' | 'overlaps' | 'stamped' | 'refreshDates'
>

/** Plans one history after the other on one tree. */
export class Planning {
  readonly #options: PlanningOptions
  readonly #workspace: OpenWorkspace
  readonly #landing: LandingPlace | null
  readonly #includesTarget: boolean
  readonly #places: PublishedPlaces | null
  readonly #sources: SourceReader
  /** Merge revisions by the files that they join: what several environments share is merged once. */
  readonly #merges = new Map<string, WrittenScript>()
  #readers: Promise<[Parser, OperationsReader]> | null = null
  #touched: Promise<readonly string[] | null> | null = null

  constructor(
    options: PlanningOptions,
    workspace: OpenWorkspace,
    landing: LandingPlace | null,
    includesTarget: boolean,
  ) {
    this.#options = options
    this.#workspace = workspace
    this.#landing = landing
    this.#includesTarget = includesTarget
    this.#places = landing && new PublishedPlaces(landing)
    this.#sources = sourceReader(workspace.snapshot)
  }

  /** Only what is wrong, or what this work has touched: everything else is somebody else's. */
  async concerns(history: History): Promise<boolean> {
    if (this.#options.choices.get(history.environment.path) === 'leave') return false
    if (!isWell(history) || history.error !== null) return true
    this.#touched ??= touchedPaths(this.#landing)
    const touched = await this.#touched
    return touched?.some((path) => isIn(history.environment, path)) ?? false
  }

  async plan(history: History, asked: MergeAsked | null = null): Promise<PlannedRepair> {
    const { mends, root, now, choices } = this.#options
    const { environment } = history
    const landing = this.#landing
    const choice = choices.get(environment.path)
    const want = choice === 'rebase' || choice === 'merge' ? choice : this.#options.want
    const stamped = this.#options.stamped.get(environment.path)
    const standing =
      landing === null ? withoutGit() : await findStanding(landing, this.#places!, history, stamped ?? new Map())
    this.#readers ??= Promise.all([loadParser(), loadOperationsReader()])
    const [parser, operationsOf] = await this.#readers
    const writing = { workspace: this.#workspace, root, now, landing, ...(asked && { details: asked.details }) }
    const writer = await mergeWriter(writing, history, standing)
    const policy = this.#workspace.configuration.policy
    const context: PlanContext = {
      history,
      source: this.#sources.bytes,
      read: parser.read,
      operationsOf,
      includesTarget: this.#includesTarget,
      standing,
      want: want ?? policy,
      wantedBy: want === null ? 'policy' : 'command',
      mends,
      overlaps: choice === 'drop' || choice === 'allow' ? choice : this.#options.overlaps,
      ...(this.#options.refreshDates ? { renames: writer.settings } : {}),
      ...(asked?.heads == null ? {} : { heads: asked.heads }),
      writeMerge: this.#onceEach(environment, asked?.write(writer) ?? writer.write),
    }
    // A plan needs whole files: git answers later, and a plan made from nothing would be one of nothing.
    await this.#sources.complete(() => {
      for (const { path } of [...history.scripts, ...history.unreadable]) this.#sources.bytes(path)
    })
    const planned = planRepair(context)
    this.#sources.forget()
    return planned
  }

  #onceEach(environment: Environment, write: PlanContext['writeMerge']): PlanContext['writeMerge'] {
    return (parents) => {
      const key = JSON.stringify(parents.map(({ path }) => path))
      const known = this.#merges.get(key)
      if (known !== undefined && isIn(environment, known.path)) return known
      const written = write(parents)
      if (!('refusal' in written)) this.#merges.set(key, written)
      return written
    }
  }
}

/** Scripts that differ from the target, or from the last commit; null where nobody can tell. */
async function touchedPaths(landing: LandingPlace | null): Promise<readonly string[] | null> {
  if (landing === null) return null
  const { root, target, head, changes, repository } = landing
  const committed = target === null || head === null ? [] : await rawDiff(root, target.commit, head)
  if (committed === null) return null
  const own = committed.filter(({ path }) => path.startsWith(repository.prefix) && path.endsWith('.py'))
  return [...own.map(({ path }) => path.slice(repository.prefix.length)), ...changes.changed]
}
