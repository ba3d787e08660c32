import type { ExecutorContext } from '@nx/devkit'
import {
  formatRepairOutcome,
  formatRepairPlan,
  formatRepairPlanJson,
  type RepairOutcome,
  type RepairPlan,
} from '@onehead/core'
import {
  ApplyRefused,
  applyPlan,
  type FixOptions,
  type PlannedWorkspace,
  recover,
  sayRecovered,
} from '@onehead/workspace'
import { configurationFiles, describeFailure, print, taskCommand, wantsColor } from '../task.js'
import type { RepairExecutorOptions } from './options.js'

/** What differs from executor to executor. */
export interface Repairing {
  readonly kind: 'fix' | 'merge' | 'rebase'
  readonly plan: (options: FixOptions) => Promise<PlannedWorkspace>
}

/**
 * Plans, prints the plan, and carries it out unless it is only to be shown. Succeeds where nothing was refused and nothing is
 * left; never throws. Asks nothing: a task has no terminal of its own.
 */
export async function runRepair(
  { kind, plan }: Repairing,
  options: RepairExecutorOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const format = options.format ?? 'text'
  const environments = options.environments ?? []
  const command = taskCommand(kind, context)
  const given: FixOptions = {
    root: context.root,
    command,
    environments,
    configs: configurationFiles(environments),
    offline: options.offline ?? false,
    overlaps: options.allowOverlap ? 'allow' : 'refuse',
    ...(options.update === undefined ? {} : { update: options.update }),
  }
  try {
    const recovered = options.dryRun ? null : await recover(context.root)
    if (recovered !== null) process.stderr.write(sayRecovered(recovered))
    const planned = await plan(given)
    try {
      const applying = options.dryRun ? null : { ...given, kind, commit: options.commit ?? false }
      return { success: await show(planned, applying, { isText: format === 'text', command }) }
    } finally {
      planned.close()
    }
  } catch (error) {
    await print(describeFailure(error, format))
    return { success: false }
  }
}

interface Showing {
  readonly isText: boolean
  /** What applies the plan. */
  readonly command: string
}

/** The plan is on the screen before the first file changes: it says what a database needs that has run what moves. */
async function show(
  planned: PlannedWorkspace,
  applying: Parameters<typeof applyPlan>[1] | null,
  { isText, command }: Showing,
): Promise<boolean> {
  const look = { color: wantsColor(process.env), program: 'npx onehead' }
  if (isText) await print(formatRepairPlan(planned.plan, { ...look, isProposal: applying === null }))
  const { plan, outcome } = await carryOut(planned, applying)
  if (isText && plan !== planned.plan) await print(formatRepairPlan(plan, { ...look, isProposal: false }))
  await print(
    isText ? formatRepairOutcome(plan, outcome, { ...look, apply: command }) : formatRepairPlanJson(plan, outcome),
  )
  return isWhole(plan, outcome)
}

const UNTOUCHED: RepairOutcome = { applied: false, commit: null, push: null, left: [], next: null }

/** What is refused while it is written is told like what is refused before. */
async function carryOut(
  planned: PlannedWorkspace,
  applying: Parameters<typeof applyPlan>[1] | null,
): Promise<{ readonly plan: RepairPlan; readonly outcome: RepairOutcome }> {
  const { plan } = planned
  if (applying === null || (plan.changes.length === 0 && plan.git === null)) return { plan, outcome: UNTOUCHED }
  try {
    return { plan, outcome: await applyPlan(planned, applying) }
  } catch (error) {
    if (!(error instanceof ApplyRefused)) throw error
    return { plan: { git: null, repairs: [], changes: [], refusals: error.refusals, notices: [] }, outcome: UNTOUCHED }
  }
}

function isWhole({ refusals, repairs }: RepairPlan, { left, push }: RepairOutcome): boolean {
  const refused = refusals.length + repairs.reduce((sum, repair) => sum + repair.refusals.length, 0)
  return refused === 0 && push !== 'stopped' && !left.some(({ severity }) => severity === 'error')
}
