import type { BackupNote, RestorePlan } from '@onehead/core'
import type { WorkspaceOptions } from '../use-cases/open-workspace.js'

export interface RestoreOptions extends WorkspaceOptions {
  /** `latest`, the name of a backup or its beginning, or the path of one. */
  readonly backup: string
  /** From where a path is meant; absolute. */
  readonly cwd: string
  /** What env.py calls the database that is meant, where it has several. */
  readonly database?: string | null
  /** Where backups lie, instead of the folder that onehead.json names. */
  readonly from?: string | null
  /** Instead of the usual name of the new place. */
  readonly as?: string | null
  /** In the database's stead: only on the user's explicit word. */
  readonly inPlace?: boolean
  /** The name of the database, typed by a person: what may be replaced. */
  readonly confirmed?: string | null
  /** Asks a person to type it; absent where nobody could answer. */
  readonly confirm?: (plan: RestorePlan, name: string) => Promise<string>
  /** Also on another machine: only on the user's explicit word. */
  readonly remote?: boolean
  /** Replace without a backup of what is there: only on the user's explicit word. */
  readonly noBackup?: boolean
  readonly dryRun?: boolean
  /** `-x name=value`, for every env.py. */
  readonly x?: readonly string[]
  /** The environment of this process by default. */
  readonly shell?: NodeJS.ProcessEnv
  /** Milliseconds since 1970, for the names of backups. */
  readonly now: () => number
  readonly onProgress?: (progress: RestoreProgress) => void
}

/** What happens, in this order; secrets are masked. */
export type RestoreProgress =
  | { readonly kind: 'planned'; readonly plan: RestorePlan }
  /** Begins; in words. */
  | { readonly kind: 'step'; readonly text: string }
  | { readonly kind: 'backed-up'; readonly backup: BackupNote }
