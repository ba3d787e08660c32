import type { RepairOutcome } from '@onehead/core'
import { nowInMicroseconds } from '../new-script/index.js'
import { type CarryOutOptions, carryOut } from '../repair/carry-out.js'
import { type PlannedWorkspace, planWorkspace, type RepairOptions } from '../repair/plan-workspace.js'

/** What to repair, and how far to go. Everything not given is decided by the facts. */
export interface FixOptions extends Partial<Omit<RepairOptions, 'root' | 'now'>> {
  /** Absolute path of the workspace root. */
  readonly root: string
  /** As it was typed, for the record that `--undo` shows. */
  readonly command?: string
}

export type { PlannedWorkspace }

/**
 * Plans the repair of all histories, or of the environments named (`onehead fix`): what is published stays, what nobody has
 * moves, the rest is merged. Nothing is written. The caller closes the plan. Throws `UsageError` as `check` does.
 */
export function planFix(options: FixOptions): Promise<PlannedWorkspace> {
  return planWorkspace(complete(options, { mends: true }))
}

/** Plans only the heads, by re-parenting (`onehead rebase`): refuses where something of mine is published. */
export function planRebase(options: FixOptions): Promise<PlannedWorkspace> {
  return planWorkspace(complete(options, { mends: false, want: 'rebase' }))
}

/** Carries a plan out. Throws `ApplyRefused` with everything as it was before. */
export function applyPlan(
  planned: PlannedWorkspace,
  options: FixOptions & { readonly kind: CarryOutOptions['kind']; readonly commit: boolean },
): Promise<RepairOutcome> {
  const { root, kind, commit, command = `onehead ${kind}`, configs = [] } = options
  return carryOut(planned, { root, kind, commit, command, configs, now: nowInMicroseconds() })
}

function complete(options: FixOptions, fixed: Partial<RepairOptions>): RepairOptions {
  return {
    offline: false,
    want: null,
    mends: true,
    choices: new Map(),
    overlaps: 'refuse',
    update: null,
    ...options,
    ...fixed,
    now: nowInMicroseconds(),
  }
}
