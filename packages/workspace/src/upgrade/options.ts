import type { DowngradePlan, MoveStep, StampPlan, UpgradePlan } from '@onehead/core'
import type { WorkspaceOptions } from '../use-cases/open-workspace.js'

/** What is said to every command that moves databases. */
export interface MoveOptions extends WorkspaceOptions {
  /** Plan, and run nothing. */
  readonly dryRun?: boolean
  /** Send every script through the Python parser. */
  readonly full?: boolean
  /** `-x name=value`, for every env.py. */
  readonly x?: readonly string[]
  /** The environment of this process by default. */
  readonly shell?: NodeJS.ProcessEnv
  /** Told what happens, as it happens. */
  readonly onProgress?: (progress: MoveProgress) => void
}

/** Of those that run scripts. */
export interface RunOptions extends MoveOptions {
  /** Go on without a backup: only on the user's explicit word. */
  readonly noBackup?: boolean
  /** Milliseconds since 1970, for the names of backups. */
  readonly now: () => number
}

export interface UpgradeOptions extends Omit<RunOptions, 'onProgress'> {
  /** What to go to: a revision, a label, a head; all heads by default. */
  readonly to?: string | null
  /** Go on although a repair moved what a database may have run before: only on the user's explicit word. */
  readonly acceptMoved?: boolean
  readonly onProgress?: (progress: UpgradeProgress) => void
}

export interface DowngradeOptions extends Omit<RunOptions, 'onProgress'> {
  /** What to go to: a revision, `base`, `label@base`, `-1`. */
  readonly to: string
  /** Go on although a downgrade() on the way does not undo its revision: only on the user's explicit word. */
  readonly acceptIrreversible?: boolean
  readonly onProgress?: (progress: DowngradeProgress) => void
}

export interface StampOptions extends Omit<MoveOptions, 'onProgress'> {
  /** Ids, labels, `head`, `heads`, `base`; at least one. */
  readonly revisions: readonly string[]
  /** Empty the version table first. */
  readonly purge?: boolean
  /** Whether it is to be written, once everybody has seen what; only asked where there is something to write. */
  readonly agree: (plans: readonly StampPlan[]) => Promise<boolean>
  readonly onProgress?: (progress: StampProgress) => void
}

/** What happens; secrets are masked. */
export type MoveProgress =
  /** Scripts are read, and databases asked. */
  | { readonly kind: 'asking' }
  /** Alembic is started: after the backups, before the first revision. */
  | { readonly kind: 'running'; readonly environment: string }
  | MoveStep
  | { readonly kind: 'output'; readonly line: string }

/** Everything is planned, and nothing is touched yet. */
interface Planned<P> {
  readonly kind: 'planned'
  readonly plans: readonly P[]
}

export type UpgradeProgress = MoveProgress | Planned<UpgradePlan>
export type DowngradeProgress = MoveProgress | Planned<DowngradePlan>
export type StampProgress = MoveProgress | Planned<StampPlan>
