import type { Environment, SnapshotReport } from '@onehead/core'
import { defaultConfiguration, loadConfiguration } from '../configuration/index.js'
import { UsageError } from '../errors.js'
import { downloadFor } from '../gate/download.js'
import { type GitObjects, openObjects } from '../git/objects.js'
import { GitMissing, runGit } from '../git/process.js'
import { prepareScripts } from '../history/prepare-scripts.js'
import { type CommitSnapshot, commitSnapshot } from '../snapshot/commit.js'
import { indexSnapshot } from '../snapshot/index-tree.js'
import { type PredictedMerge, predictMerge, predictStagedMerge } from '../snapshot/merged-tree.js'
import type { Snapshot } from '../snapshot/snapshot.js'
import { findLanding } from './landing.js'

/** Which tree is meant, where it is not the working tree. */
export interface SnapshotChoice {
  /** A commit: anything git understands. */
  readonly at?: string
  /** What is staged. Not with `at`. */
  readonly staged?: boolean
  /** What will exist once that (the commit `at`, what is staged, or else `HEAD`) is merged into this branch or commit. */
  readonly mergeWith?: string
  /** Merge with the target of the branch that is checked out, whichever that is; `mergeWith` comes first. */
  readonly mergeWithTarget?: boolean
}

/** The tree that was chosen, and what it is compared with. */
export interface ChosenSnapshot {
  readonly snapshot: Snapshot
  readonly report: SnapshotReport
  /** What counts as published: the target, or the last commit below what is staged. */
  readonly base: Snapshot | null
  /** What gives the settings where the snapshot has none: the target, where one is known. */
  readonly settingsFrom: Snapshot | null
  /** Downloads what a partial clone lacks of the scripts of these environments, in one go and if the operator lets us. */
  prepare(environments: readonly Environment[]): Promise<void>
  /** Ends the git process behind the snapshots. */
  close(): void
}

export function choosesSnapshot({ at, staged, mergeWith, mergeWithTarget }: SnapshotChoice): boolean {
  return at !== undefined || staged === true || mergeWith !== undefined || mergeWithTarget === true
}

/** Opens the tree that is meant. Throws `UsageError` outside git, for a name that is no commit, and for `at` with `staged`. */
export async function chooseSnapshot(root: string, choice: SnapshotChoice): Promise<ChosenSnapshot> {
  const { at } = choice
  const staged = choice.staged === true
  if (at !== undefined && staged) {
    throw new UsageError('--at and --staged name two different trees', { help: 'choose one of them' })
  }
  const prefix = await prefixOf(root)
  const objects = openObjects(root)
  objects.downloadWith(downloadFor(root))
  try {
    const source = staged ? null : await commitAt(objects, at ?? 'HEAD', prefix)
    const mergeWith =
      choice.mergeWith ?? (choice.mergeWithTarget === true ? await landing(root, objects, source) : null)
    const target = mergeWith === null ? null : await commitAt(objects, mergeWith, prefix)
    const opened = staged
      ? await openIndex(root, objects, prefix, target)
      : await openCommit(root, objects, prefix, source!, target)
    const { snapshot, merge, base } = opened
    const report: SnapshotReport = {
      kind: merge ? 'merge' : staged ? 'index' : 'commit',
      ref: at ?? (staged ? null : 'HEAD'),
      commit: source?.commit ?? null,
      target: target && { ref: mergeWith!, commit: target.commit },
      base: merge?.base ?? null,
      method: merge?.method ?? null,
      textualConflicts: merge?.textualConflicts ?? [],
      uncommitted: [],
    }
    const settingsFrom = target ?? (await settingsOfTarget(root, objects, snapshot, prefix))
    const prepare = (environments: readonly Environment[]) => {
      const sides = base === null ? [snapshot] : [snapshot, base]
      return prepareScripts(
        objects,
        environments.flatMap((environment) => sides.map((side) => ({ snapshot: side, environment }))),
      )
    }
    return { snapshot, report, base, settingsFrom, prepare, close: () => objects.close() }
  } catch (error) {
    objects.close()
    throw error
  }
}

/** Only for a snapshot without settings of its own; null where nobody knows a target. */
async function settingsOfTarget(
  root: string,
  objects: GitObjects,
  snapshot: Snapshot,
  prefix: string,
): Promise<Snapshot | null> {
  if ((await loadConfiguration(snapshot)).path !== null) return null
  const target = await findLanding(root, objects, defaultConfiguration).catch((error: unknown) => {
    if (error instanceof UsageError) return null
    throw error
  })
  return target && commitSnapshot(objects, target.commit, prefix)
}

async function landing(root: string, objects: GitObjects, source: Snapshot | null): Promise<string> {
  const configuration = source === null ? defaultConfiguration : await loadConfiguration(source)
  const { name, commit, ref } = await findLanding(root, objects, configuration)
  // By its name where that says the same, so that people recognise it.
  return (await objects.read(`${name}^{commit}`))?.oid === commit ? name : ref
}

interface Opened {
  readonly snapshot: Snapshot
  readonly merge: PredictedMerge | null
  readonly base: Snapshot | null
}

async function openCommit(
  root: string,
  objects: GitObjects,
  prefix: string,
  source: CommitSnapshot,
  target: CommitSnapshot | null,
): Promise<Opened> {
  if (target === null) return { snapshot: source, merge: null, base: null }
  const merge = await predictMerge(root, objects, target.commit, source.commit, { prefix })
  return { snapshot: merge.snapshot, merge, base: target }
}

async function openIndex(
  root: string,
  objects: GitObjects,
  prefix: string,
  target: CommitSnapshot | null,
): Promise<Opened> {
  const index = await indexSnapshot(root, objects)
  if (target === null) return { snapshot: index, merge: null, base: await commitSnapshot(objects, 'HEAD', prefix) }
  const merge = await predictStagedMerge(root, objects, target.commit, prefix)
  return { snapshot: merge.snapshot, merge, base: target }
}

/** Where `root` lies in the repository: empty at its top or in a bare one, else with `/` at the end. */
async function prefixOf(root: string): Promise<string> {
  const { code, stdout, stderr } = await runGit(root, ['rev-parse', '--is-bare-repository', '--show-prefix']).catch(
    (error: Error) => {
      if (!(error instanceof GitMissing)) throw error
      throw new UsageError(`${error.message}, and without git there is only the working tree`)
    },
  )
  if (code === 0) return stdout.toString('utf8').split('\n')[1] ?? ''
  const reason = /^fatal: (.*)$/m.exec(stderr)?.[1] ?? 'git cannot read it'
  throw new UsageError(`no git repository to look into: ${reason}`, { help: 'run it inside the repository' })
}

async function commitAt(objects: GitObjects, name: string, prefix: string): Promise<CommitSnapshot> {
  const found = name.startsWith('-') ? null : await commitSnapshot(objects, name, prefix)
  if (found !== null) return found
  if (name === 'HEAD')
    throw new UsageError('there is no commit yet', { help: 'commit first, or check the working tree' })
  const remote = /^(?:refs\/remotes\/)?([^/\s'"`$]+)\/(\S+)$/.exec(name)
  throw new UsageError(`git knows no commit "${name}" here`, {
    help: remote
      ? `run \`git fetch ${remote[1]}\` if it is a branch of a remote; in a shallow clone fetch it by name`
      : '`git branch --all` lists what there is',
  })
}
