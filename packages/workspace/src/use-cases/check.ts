import type { CheckReport, Diagnostic, Environment, History, Profile, SourceLines } from '@onehead/core'
import { beginDiskCache, openTreeCache } from '../cache/open-cache.js'
import type { Configuration } from '../configuration/index.js'
import { loadEnvironments } from '../environment/index.js'
import { findCandidatesInSnapshot } from '../find/index.js'
import { listChanges } from '../git/changes.js'
import { openRepository } from '../git/repository.js'
import type { ScriptListing } from '../history/list-scripts.js'
import { createLinkResolver } from '../snapshot/links.js'
import type { Snapshot } from '../snapshot/snapshot.js'
import { type ChosenSnapshot, chooseSnapshot, choosesSnapshot, type SnapshotChoice } from './choose-snapshot.js'
import { type DiskFacts, diskSurroundings } from './disk-surroundings.js'
import { judgeWorkspace } from './judge-workspace.js'
import { type Base, compareWithBase } from './novelty.js'
import { type OpenWorkspace, openWorkspace, type WorkspaceOptions } from './open-workspace.js'
import { ReadAhead } from './read-ahead.js'
import { type SourceReader, sourceReader } from './sources.js'
import { findUnpublished, sincePublished, type Unpublished } from './unpublished.js'

export interface CheckOptions extends WorkspaceOptions, SnapshotChoice {
  /**
   * Which scripts the `script` rules judge one by one: `new` = not published and not in the baseline (the rest is folded),
   * `all`, or `none`.
   */
  readonly scripts?: 'new' | 'all' | 'none'
  /** Send every script through the Python parser. */
  readonly full?: boolean
  /** Only these rules. Throws `UsageError` for a name that no rule has. */
  readonly rules?: readonly string[]
  /** The levels that rules start from, instead of those that the workspace chooses. */
  readonly profile?: Profile
  /** False: a pure function of files (Nx): nothing is asked of git; only the baseline folds. */
  readonly git?: boolean
  /** True: what was found before, for scripts that have not changed since, is kept below git's common directory. */
  readonly cache?: boolean
  /** False: judge as if no debt were parked (what `updateBaseline` needs). */
  readonly baseline?: boolean
}

export interface CheckResult {
  readonly report: CheckReport
  readonly source: SourceLines
}

/**
 * Judges the working tree, or the tree that `at`, `staged` and `mergeWith` choose: every environment found, or those named.
 * Throws `UsageError` (exit code 2) for a broken onehead.json, unknown names, or no environment; everything else that is
 * wrong is a diagnostic.
 */
export async function check(options: CheckOptions): Promise<CheckResult> {
  if (!choosesSnapshot(options)) return checkWorkingTree(options)
  const chosen = await chooseSnapshot(options.root, options)
  try {
    return await checkSnapshot(options, chosen)
  } finally {
    chosen.close()
  }
}

async function checkWorkingTree(options: CheckOptions): Promise<CheckResult> {
  const asksGit = options.git !== false
  const repository = asksGit ? openRepository(options.root) : Promise.resolve(null)
  const beginning = asksGit && options.cache ? beginDiskCache(options.root, repository) : null
  // Git looks for changes while we look for environments.
  const changesBegun = Promise.all([repository, beginning?.ready])
  const changesSoon = changesBegun.then(([opened]) => listChanges(opened))
  let unpublishedSoon: Promise<Unpublished | null> = Promise.resolve(null)
  const ahead = new ReadAhead(options.root)
  // Nothing is read of which a verdict may be in the cache, or that nobody has asked for.
  const mayReadAhead = (beginning?.isEmpty ?? true) && (options.environments ?? []).length === 0 && !options.full
  const meanwhile = {
    configured(configuration: Configuration) {
      unpublishedSoon = repository.then(
        (opened) => opened && findUnpublished(options.root, opened.prefix, configuration, changesSoon),
      )
    },
    meanwhile(environments: readonly Environment[]) {
      beginning?.prepare(environments)
      // What is read before git looks for changes could be another state than the one it tells of.
      if (mayReadAhead) changesBegun.then(() => ahead.begin(environments))
    },
    untracked: changesSoon.then((changes) => changes?.untracked ?? null),
  }
  const workspace = await openWorkspace(options, asksGit ? { repository, ...meanwhile } : { repository }).catch(
    async (error: unknown) => {
      await ahead.stop()
      beginning?.close()
      throw error
    },
  )
  const opened = await repository
  const unpublished = await unpublishedSoon
  const changes = sincePublished(await changesSoon, unpublished)
  await ahead.stop()
  const facts: DiskFacts = {
    changes: asksGit ? changes : 'unknown',
    publishedIds: unpublished?.publishedIds ?? NONE,
  }
  const cache = (await beginning?.finish(opened, changes)) ?? null
  try {
    return await judgeWorkspace(options, workspace, sourceReader(workspace.snapshot), {
      ...diskSurroundings(facts),
      facts,
      cache,
      ahead,
    })
  } finally {
    cache?.close()
  }
}

async function checkSnapshot(options: CheckOptions, chosen: ChosenSnapshot): Promise<CheckResult> {
  const { snapshot, base, settingsFrom, report } = chosen
  const workspace = await openWorkspace(options, { snapshot, settingsFrom })
  await chosen.prepare(workspace.environments)
  const compared = base && openBase(base, workspace.configuration)
  const unpublished = new Map<Environment, (path: string, revision: string) => boolean>()
  const scripts = new Set<string>()
  const changed = async (environment: Environment, listing: ScriptListing): Promise<ReadonlySet<string>> => {
    for (const { path } of listing.files) scripts.add(path)
    if (compared === null) return NONE
    const novelty = await compareWithBase(compared, environment, listing)
    unpublished.set(environment, (path, id) => novelty.changed.has(path) && !novelty.movedIds.has(id))
    return novelty.changed
  }
  const isPublished = (history: History) => {
    const isNew = unpublished.get(history.environment)
    if (isNew === undefined) return () => true
    const published = history.scripts.filter(({ path, revision }) => !isNew(path, revision))
    const known = new Set(published.map(({ revision }) => revision))
    const added = new Set(history.scripts.map(({ revision }) => revision).filter((revision) => !known.has(revision)))
    return (revision: string) => !added.has(revision)
  }
  const sources = sourceReader(snapshot)
  const cache = options.cache ? openTreeCache(options.root, snapshot, base) : null
  const result = await judgeWorkspace(options, workspace, sources, { changed, isPublished, cache, facts: null })
  await prepareLines(result.report.diagnostics, sources)
  const settings = new Set([...workspace.environments, ...workspace.broken].map(({ config }) => config))
  const concerns = (path: string) => scripts.has(path) || settings.has(path) || path === workspace.configuration.path
  const textualConflicts = report.textualConflicts.filter(concerns)
  const uncommitted =
    options.at === undefined && options.staged !== true ? await uncommittedScripts(options, workspace) : []
  return { ...result, report: { ...result.report, snapshot: { ...report, textualConflicts, uncommitted } } }
}

function openBase(snapshot: Snapshot, configuration: Configuration): Base {
  const links = createLinkResolver(snapshot, null)
  let environments: Promise<readonly Environment[]> | null = null
  return {
    snapshot,
    links,
    environments() {
      environments ??= findCandidatesInSnapshot(snapshot, configuration)
        .then((candidates) => loadEnvironments(snapshot, candidates, configuration, { links }))
        .then((loaded) => loaded.environments)
      return environments
    },
  }
}

/** Whoever asks about `HEAD` may think of what lies on disk. */
async function uncommittedScripts({ root }: CheckOptions, { environments }: OpenWorkspace): Promise<readonly string[]> {
  const changes = await listChanges(await openRepository(root))
  const locations = environments.flatMap(({ versionLocations }) =>
    versionLocations.map((one) => (one ? `${one}/` : '')),
  )
  return [...(changes?.changed ?? [])].filter((path) => locations.some((location) => path.startsWith(location))).sort()
}

const NONE: ReadonlySet<string> = new Set()

/** More files than anybody shows. */
const MOST_FILES = 1000

/** Whoever shows the diagnostics asks for lines when no git can answer any more. */
async function prepareLines(diagnostics: readonly Diagnostic[], sources: SourceReader): Promise<void> {
  const places = diagnostics.flatMap(({ labels, fix }) => [...labels, ...(fix?.edits ?? [])])
  const paths = [...new Set(places.map(({ path }) => path))].slice(0, MOST_FILES)
  await sources.complete(() => paths.forEach(sources.bytes))
}
