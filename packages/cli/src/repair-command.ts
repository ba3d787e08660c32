import type { RepairOutcome, RepairPlan } from '@onehead/core'
import type { FixOptions, PlannedWorkspace } from '@onehead/workspace'
import type { Option } from './arguments.js'
import { type Call, formatOption } from './command.js'
import { CommandLineError } from './errors.js'
import { typedAgain } from './next-command.js'
import { findPlace, placeOptions } from './place.js'
import type { Ask } from './questions.js'
import type { Outcome, World } from './world.js'

type Workspace = typeof import('@onehead/workspace')

/** Flags of every command that repairs heads. */
export const repairOptions: readonly Option[] = [
  { name: 'dry-run', says: 'show the plan, and write nothing' },
  { name: 'interactive', short: 'i', says: 'ask what is not decided, and before anything is written' },
  { name: 'commit', says: 'commit what was written, and tell whether a push would pass' },
  {
    name: 'database',
    says: 'ask the database where it stands, and put it right when it has run what moves; with a backup',
  },
  { name: 'offline', says: 'do not ask the remote what the target is today' },
  {
    name: 'update',
    value: 'HOW',
    choices: ['merge', 'rebase'],
    says: 'how the target comes into this tree where it must; default: as `git pull` does it here',
  },
  { name: 'refresh-dates', says: 'give what moves a file name of today, where its name holds a date' },
  { name: 'allow-overlap', says: 'go on although both sides create or alter the same thing' },
  formatOption('text', 'json'),
  ...placeOptions,
]

/** A command that plans in a way of its own. */
export interface OwnPlanning {
  /** Its flags as they were typed, so that the command can be given once more. */
  readonly words: readonly string[]
  readonly plan: (workspace: Workspace, options: FixOptions) => Promise<PlannedWorkspace>
}

type Kind = 'fix' | 'rebase' | 'merge'

/** Plans, shows, and (unless it is only to be shown) carries out: one way for `fix`, `rebase` and `merge`. */
export async function runRepair(call: Call, kind: Kind, own?: OwnPlanning): Promise<Outcome> {
  const { given, world, look } = call
  const ask = given.has('interactive') ? askerOf(world) : null
  const [core, workspace] = await Promise.all([import('@onehead/core'), import('@onehead/workspace')])
  const { root, environments, configs, showPath } = findPlace(given, given.positionals, world, workspace.findRoot)
  const [dryRun, isJson] = [given.has('dry-run'), given.value('format') === 'json']
  const commit = given.has('commit')
  const words = [...environments, ...(own?.words ?? []), ...(commit ? ['--commit'] : [])]
  const command = ['onehead', kind, ...words.map(core.shellWord)].join(' ')
  // A page says itself how we are called.
  const typed = typedAgain({ ...call, look: { ...look, program: 'onehead' } }, kind, core)
  const options: FixOptions = {
    root,
    environments,
    configs,
    command,
    offline: given.has('offline'),
    databases: given.has('database'),
    refreshDates: given.has('refresh-dates'),
    overlaps: given.has('allow-overlap') ? 'allow' : 'refuse',
    update: given.value('update') as 'merge' | 'rebase' | null,
  }
  const recovered = dryRun ? null : await workspace.recover(root)
  const page = { ...look, showPath }
  const said: string[] = []
  const tell = (text: string) => {
    if (isJson) return
    if (world.tell === undefined) said.push(text)
    else world.tell(text)
  }
  const show = (plan: RepairPlan) => tell(core.formatRepairPlan(plan, { ...page, isProposal: dryRun || ask !== null }))
  const plan = (more: Partial<FixOptions> = {}) =>
    own?.plan(workspace, { ...options, ...more }) ??
    (kind === 'rebase' ? workspace.planRebase : workspace.planFix)({ ...options, ...more })
  /** With the heads in order: columns that several revisions bring to NOT NULL more safely than one. */
  const stage = async (): Promise<0 | 1> => {
    const { askValues, sayByHand } = await import('./stage-questions.js')
    const staged = await workspace.planStagedColumns(options, (name, columns, byHand) => {
      tell(sayByHand(name, byHand))
      return askValues(name, columns, ask!)
    })
    if (staged === null) return 0
    try {
      show(staged.plan)
      const goesOn = !dryRun && isWritten(staged.plan) && (await agrees(ask!))
      const { plan, outcome } = goesOn
        ? await carriedOut(workspace, staged, { ...options, kind, commit })
        : { plan: staged.plan, outcome: UNTOUCHED }
      if (plan !== staged.plan) show(refusedOnly(plan))
      tell(core.formatRepairOutcome(plan, outcome, { ...page, apply: dryRun ? typed : `${command} --interactive` }))
      return isWhole(plan, outcome) ? 0 : 1
    } finally {
      staged.close()
    }
  }
  const planned = await settled(plan, kind === 'fix' ? ask : null, show)
  try {
    const goesOn = !dryRun && isWritten(planned.plan) && (ask === null || (await agrees(ask)))
    const withCommit = commit || (goesOn && ask !== null && (await wantsCommit(ask)))
    const applying = { ...options, kind, commit: withCommit }
    const { plan, outcome } = goesOn
      ? await carriedOut(workspace, planned, applying)
      : { plan: planned.plan, outcome: UNTOUCHED }
    const isRight = (outcome.walked ?? []).every(core.isPutRight)
    const exitCode = isWhole(plan, outcome) && isRight ? 0 : 1
    const stderr = recovered === null ? '' : workspace.sayRecovered(recovered)
    if (isJson) return { exitCode, stdout: core.formatRepairPlanJson(plan, outcome), stderr }
    if (plan !== planned.plan) show(refusedOnly(plan))
    tell(
      core.formatRepairOutcome(plan, outcome, {
        ...page,
        apply: dryRun ? typed : command,
        deed: kind === 'merge' ? 'merge' : 'repair',
      }),
    )
    const isWell = exitCode === 0 && !isWritten(planned.plan)
    const staged = kind === 'fix' && ask !== null && isWell ? await stage() : 0
    return { exitCode: exitCode === 0 ? staged : exitCode, stdout: said.join(''), stderr }
  } finally {
    planned.close()
  }
}

const UNTOUCHED: RepairOutcome = { applied: false, commit: null, push: null, left: [], next: null }

/** Throws `CommandLineError` where nobody could answer. */
function askerOf({ ask }: World): Ask {
  if (ask === undefined)
    throw new CommandLineError(
      '--interactive asks, and there is nobody to answer here',
      'use it at a terminal, or leave it out',
    )
  return ask
}

/** Shows the plan; asks what a person has to decide, and plans once more with that. */
async function settled(
  make: (more?: Partial<FixOptions>) => Promise<PlannedWorkspace>,
  ask: Ask | null,
  show: (plan: RepairPlan) => void,
): Promise<PlannedWorkspace> {
  const planned = await make()
  show(planned.plan)
  if (ask === null) return planned
  try {
    const { askChoices } = await import('./repair-questions.js')
    const choices = await askChoices(planned.plan, ask)
    if (choices.size === 0) return planned
    const again = await make({ choices, offline: true })
    planned.close()
    show(again.plan)
    return again
  } catch (error) {
    planned.close()
    throw error
  }
}

async function agrees(ask: Ask): Promise<boolean> {
  return (await ask({ kind: 'confirm', message: 'Write this?', byDefault: 'yes' })) === 'yes'
}

async function wantsCommit(ask: Ask): Promise<boolean> {
  return (await ask({ kind: 'confirm', message: 'Commit it?', byDefault: 'no' })) === 'yes'
}

type Applying = Parameters<Workspace['applyPlan']>[1]

/** What is refused while it is written is told like what is refused before. */
async function carriedOut(
  workspace: Workspace,
  planned: PlannedWorkspace,
  applying: Applying,
): Promise<{ readonly plan: RepairPlan; readonly outcome: RepairOutcome }> {
  try {
    return { plan: planned.plan, outcome: await workspace.applyPlan(planned, applying) }
  } catch (error) {
    if (!(error instanceof workspace.ApplyRefused)) throw error
    const { refusals } = error
    return error instanceof workspace.NotCommitted
      ? { plan: { ...planned.plan, refusals }, outcome: error.outcome }
      : { plan: refusedOnly({ ...planned.plan, refusals }), outcome: UNTOUCHED }
  }
}

/** What is left to show of a plan that has been shown. */
function refusedOnly({ refusals }: RepairPlan): RepairPlan {
  return { git: null, repairs: [], changes: [], refusals, notices: [] }
}

function isWritten({ git, changes }: RepairPlan): boolean {
  return git !== null || changes.length > 0
}

/** Exit code 1 where something is refused, or still wrong. */
function isWhole({ refusals, repairs }: RepairPlan, { left, push }: RepairOutcome): boolean {
  const isRefused = refusals.length > 0 || repairs.some((one) => one.refusals.length > 0)
  return !isRefused && left.length === 0 && push !== 'stopped'
}
