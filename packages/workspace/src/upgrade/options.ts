import type { BackupNote, PendingRevision, UpgradePlan } from '@onehead/core'
import type { WorkspaceOptions } from '../use-cases/open-workspace.js'

export interface UpgradeOptions extends WorkspaceOptions {
  /** What to go to: a revision, a label, a head; all heads by default. */
  readonly to?: string | null
  /** Go on without a backup: only on the user's explicit word. */
  readonly noBackup?: boolean
  /** Go on although a repair moved what a database may have run before: only on the user's explicit word. */
  readonly acceptMoved?: boolean
  /** Plan, and run nothing. */
  readonly dryRun?: boolean
  /** Send every script through the Python parser. */
  readonly full?: boolean
  /** `-x name=value`, for every env.py. */
  readonly x?: readonly string[]
  /** The environment of this process by default. */
  readonly shell?: NodeJS.ProcessEnv
  /** Milliseconds since 1970, for the names of backups. */
  readonly now: () => number
  /** Told what happens, as it happens. */
  readonly onProgress?: (progress: UpgradeProgress) => void
}

/** What happens, in this order; secrets are masked. `database` is what env.py calls it where it has several, else null. */
export type UpgradeProgress =
  /** Everything is planned, and nothing is touched yet. */
  | { readonly kind: 'planned'; readonly plans: readonly UpgradePlan[] }
  | { readonly kind: 'backup'; readonly environment: string; readonly database: string | null }
  | { readonly kind: 'backed-up'; readonly environment: string; readonly backup: BackupNote }
  | {
      readonly kind: 'revision'
      readonly environment: string
      readonly database: string | null
      readonly revision: PendingRevision
      readonly number: number
      readonly of: number
    }
  | { readonly kind: 'output'; readonly line: string }
