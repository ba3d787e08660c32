import type { RepairOutcome } from '@onehead/core'
import { loadConfiguration } from '../configuration/index.js'
import { nowInMicroseconds } from '../new-script/index.js'
import { type CarryOutOptions, carryOut } from '../repair/carry-out.js'
import { askDatabases, stampedElsewhere } from '../repair/databases.js'
import { type PlannedWorkspace, planWorkspace, type RepairOptions } from '../repair/plan-workspace.js'
import { workingTree } from '../snapshot/working-tree.js'

/** What to repair, and how far to go. Everything not given is decided by the facts. */
export interface FixOptions extends Partial<Omit<RepairOptions, 'root' | 'now'>> {
  /** Absolute path of the workspace root. */
  readonly root: string
  /** As it was typed, for the record that `--undo` shows. */
  readonly command?: string
  /** Ask the databases of what moves where they stand, through the project's own Alembic, and put them right. */
  readonly databases?: boolean
}

export type { PlannedWorkspace }

/**
 * Plans the repair of all histories, or of the environments named (`onehead fix`): what is published stays, what nobody has
 * moves, the rest is merged. Nothing is written. The caller closes the plan. Throws `UsageError` as `check` does.
 */
export function planFix(options: FixOptions): Promise<PlannedWorkspace> {
  return planWithDatabases(complete(options, { mends: true }), options.databases === true)
}

/** Plans only the heads, by re-parenting (`onehead rebase`): refuses where something of mine is published. */
export function planRebase(options: FixOptions): Promise<PlannedWorkspace> {
  return planWithDatabases(complete(options, { mends: false, want: 'rebase' }), options.databases === true)
}

/** A database of others that has run what would move is one more fact: then everything is planned once more with it. */
async function planWithDatabases(options: RepairOptions, asks: boolean): Promise<PlannedWorkspace> {
  const planned = await planWorkspace(options)
  if (!asks || planned.plan.repairs.every(({ ways }) => ways.length === 0)) return planned
  try {
    const configuration = await loadConfiguration(workingTree(options.root))
    const databases = await askDatabases(options.root, configuration, planned)
    const stamped = stampedElsewhere(databases)
    if (stamped.size === 0) return { ...planned, databases }
    const again = await planWorkspace({ ...options, stamped, offline: true })
    planned.close()
    return { ...again, databases: databases.filter(({ isLocal }) => isLocal) }
  } catch (error) {
    planned.close()
    throw error
  }
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
    stamped: new Map(),
    update: null,
    ...options,
    ...fixed,
    now: nowInMicroseconds(),
  }
}
