import { type Diagnostic, type RepairOutcome, type RepairPlan, refusal, shellWord } from '@onehead/core'
import { ApplyRefused, applyChanges, noteCommit, type RepairGit } from '../apply/index.js'
import { loadConfiguration } from '../configuration/index.js'
import { runGit } from '../git/process.js'
import type { MovedRecord } from '../moves/index.js'
import { workingTree } from '../snapshot/working-tree.js'
import { check } from '../use-cases/check.js'
import { alone } from './alone.js'
import { bringTarget, takeTargetBack } from './bring-target.js'
import { findBrought, forgetBringing, noteBringing } from './bringing-note.js'
import { commitRepair, commitSubject, NotCommitted } from './commit-repair.js'
import { walkDatabases } from './databases.js'
import { judgeNextPush } from './judge-next-push.js'
import type { LandingPlace } from './landing-place.js'
import { nextPush } from './next-push.js'
import type { PlannedWorkspace } from './plan-workspace.js'
import { readProgress } from './progress.js'

export interface CarryOutOptions {
  /** Absolute. */
  readonly root: string
  /** The command: `fix`, `rebase`, … */
  readonly kind: string
  /** As it was typed. */
  readonly command: string
  readonly commit: boolean
  readonly configs: readonly string[]
  /** Microseconds since 1970. */
  readonly now: number
}

/**
 * Carries a plan out: brings the target in, writes every file or none, checks again, and commits where that is wanted.
 *
 * @throws {ApplyRefused} with everything as it was before; as `NotCommitted` with the files written
 */
export async function carryOut(planned: PlannedWorkspace, options: CarryOutOptions): Promise<RepairOutcome> {
  const { plan, landing } = planned
  const { root } = options
  const { git, applied } = await alone(landing?.directories ?? null, () => write(planned, options))
  const left = await checkAgain(plan, options)
  const walked = await walk(planned, options)
  const isOpen = git?.kind === 'merge' && readProgress(landing?.directories ?? null).kind === 'merge'
  const next = nextCommand(planned, applied.written, isOpen)
  const done: RepairOutcome = { applied: true, commit: null, push: null, left, ...walked, next }
  if (!options.commit || landing === null || (applied.written.length === 0 && !isOpen)) return done
  const commit = await commitRepair(root, plan, applied.written).catch((error: unknown) => {
    throw error instanceof ApplyRefused ? new NotCommitted(error, done) : error
  })
  await noteCommit(root, applied.id, commit)
  const push = await judgeNextPush(root, Math.floor(options.now / 1e6))
  return { ...done, commit, push, next: push === 'stopped' ? null : await nextPush(root, git) }
}

/** What git does and what is written: both, or nothing. */
async function write({ plan, landing }: PlannedWorkspace, options: CarryOutOptions) {
  const { root } = options
  const git = landing === null ? null : await workOfGit(landing, plan)
  const applied = await applyChanges(root, plan.changes, recordOf(plan, options, git)).catch(async (error: unknown) => {
    // A file that could not be put back is recovered in the tree that it was written to.
    const isHalfDone = error instanceof ApplyRefused && error.refusals.some(({ kind }) => kind === 'half-done')
    if (git !== null && plan.git !== null && !isHalfDone) {
      await takeTargetBack(root, git)
      if (landing?.directories) forgetBringing(landing.directories)
    }
    throw error
  })
  if (landing?.directories) forgetBringing(landing.directories)
  return { git, applied }
}

/** Brings the target in where the plan begins with that, or goes on with what an interrupted run had begun. */
async function workOfGit(landing: LandingPlace, { git: step }: RepairPlan): Promise<RepairGit> {
  const { root, head, directories, progress } = landing
  if (step === null || head === null) {
    const begun = directories && head && (await findBrought(root, directories, progress, head))
    return begun || { kind: null, headBefore: head, target: null, committed: null }
  }
  await expectUnmoved(landing, head)
  const planned: RepairGit = { kind: step.kind, headBefore: head, target: step.commit, committed: null }
  if (directories !== null) noteBringing(directories, planned)
  try {
    await bringTarget(root, head, step)
  } catch (error) {
    if (directories !== null) forgetBringing(directories)
    throw error
  }
  return planned
}

/** What somebody else has begun or committed since the plan was made is not ours to abort. */
async function expectUnmoved({ root, directories }: LandingPlace, head: string): Promise<void> {
  const { kind } = readProgress(directories)
  const { stdout } = await runGit(root, ['rev-parse', '--verify', '--quiet', 'HEAD'])
  if (kind === null && stdout.toString('latin1').trim() === head) return
  const what = kind === null ? 'what is checked out has changed' : `a ${kind} has begun`
  throw new ApplyRefused([
    refusal('changed', `${what} since the plan was made`, { help: 'run it again: the plan is made anew' }),
  ])
}

/** Only when the scripts are written: a way is right with them alone. */
async function walk(
  { databases }: PlannedWorkspace,
  { root }: CarryOutOptions,
): Promise<Pick<RepairOutcome, 'walked'>> {
  if (databases === undefined) return {}
  const configuration = await loadConfiguration(workingTree(root))
  return { walked: await walkDatabases(databases, configuration, Date.now) }
}

function recordOf(plan: RepairPlan, { kind, command, now }: CarryOutOptions, git: RepairGit | null) {
  const at = new Date(now / 1000).toISOString()
  const environments = plan.repairs.filter(({ decision }) => decision !== 'none' && decision !== 'refuse')
  return {
    kind,
    command,
    at,
    environments: environments.map(({ environment }) => environment.name),
    git,
    moves: movesOf(plan, at),
  }
}

/** What a database may stand at that means something else now: every revision with a way, and every id that changed. */
function movesOf({ repairs }: RepairPlan, when: string): readonly Omit<MovedRecord, 'repair'>[] {
  return repairs.flatMap(({ environment, moves, ways, renamed, dropped }) => {
    const { path, config, section } = environment
    const place = { environment: { path, config, section }, when }
    const moved = ways.map((way): Omit<MovedRecord, 'repair'> => {
      const move = moves.find(({ revision }) => revision === way.at)
      const gone = dropped.find(({ revision }) => revision === way.at)
      return {
        ...place,
        revision: gone?.by ?? way.at,
        formerly: way.at,
        path: move?.path ?? gone?.path ?? path,
        from: move?.from ?? [],
        to: move?.to ?? [],
        skipped: way.skipped,
        ways: [way],
      }
    })
    const given = renamed.map(({ from, to, path: file }): Omit<MovedRecord, 'repair'> => {
      return { ...place, revision: to, formerly: from, path: file, from: [], to: [], skipped: [], ways: [] }
    })
    return [...moved, ...given]
  })
}

/** Law 5: what was written is checked as anybody would check it. */
async function checkAgain({ repairs }: RepairPlan, { root, configs }: CarryOutOptions): Promise<readonly Diagnostic[]> {
  const environments = repairs.map(({ environment }) => environment.path || '.')
  if (environments.length === 0) return []
  const { report } = await check({ root, environments, configs, scripts: 'none' })
  return report.diagnostics.filter(({ severity }) => severity === 'error')
}

function nextCommand({ plan, landing }: PlannedWorkspace, written: readonly string[], isOpen: boolean): string | null {
  if (landing === null) return null
  const folders = [...new Set(written.map((path) => path.slice(0, path.lastIndexOf('/')) || '.'))]
  const add = folders.length === 0 ? '' : `git add ${folders.map(shellWord).join(' ')} && `
  if (isOpen) return `${add}git commit --no-edit`
  const { conclude } = landing.progress
  if (conclude !== null) return `${add}${conclude}`
  return written.length === 0 ? null : `${add}git commit -m ${shellWord(commitSubject(plan))}`
}

export { ApplyRefused, NotCommitted }
