import type { BackupNote, ResetPlan } from '@onehead/core'
import type { WorkspaceOptions } from '../use-cases/open-workspace.js'

export interface ResetOptions extends WorkspaceOptions {
  /** The scripts too: one initial revision takes their place. */
  readonly history?: boolean
  /** The names of the databases, typed by a person. */
  readonly confirmed?: readonly string[]
  /** Asks a person to type one; absent where nobody could answer. */
  readonly confirm?: (plan: ResetPlan, name: string) => Promise<string>
  /** Without a backup: only on the user's explicit word. */
  readonly noBackup?: boolean
  readonly dryRun?: boolean
  /** As it was typed, for the record of what happened to the scripts. */
  readonly command: string
  /** `-x name=value`, for every env.py. */
  readonly x?: readonly string[]
  /** The environment of this process by default. */
  readonly shell?: NodeJS.ProcessEnv
  /** Milliseconds since 1970, for the names of backups. */
  readonly now: () => number
  readonly onProgress?: (progress: ResetProgress) => void
}

/** What happens, in this order; secrets are masked. */
export type ResetProgress =
  | { readonly kind: 'planned'; readonly plan: ResetPlan }
  /** Begins; in words. */
  | { readonly kind: 'step'; readonly text: string }
  | { readonly kind: 'backed-up'; readonly backup: BackupNote }
  /** Absolute: where the scripts are kept. */
  | { readonly kind: 'scripts-kept'; readonly folder: string }
  | { readonly kind: 'output'; readonly line: string }
