import type { RehearsedEnvironment } from '@onehead/core'
import type { WorkspaceOptions } from '../use-cases/open-workspace.js'

export interface RehearseOptions extends WorkspaceOptions {
  /** A dump or a SQLite file to begin with instead of a copy of the database; absolute. */
  readonly from?: string | null
  /** Begin with an empty database. */
  readonly empty?: boolean
  /** Step back to this revision on the copy first, so that what ran already is rehearsed too. */
  readonly since?: string | null
  /** Add the revisions of this ref, and run both orders. */
  readonly mergeWith?: string | null
  /** Make the copy also on a host that is not this machine: only on the user's explicit word. */
  readonly remote?: boolean
  /** Leave the copies there in the end. */
  readonly keep?: boolean
  /** Write the schema after the last revision into this file, as Markdown; absolute. For one environment. */
  readonly writeSchema?: string | null
  /** Compare it with this file; absolute. For one environment. */
  readonly checkSchema?: string | null
  /** Do not count rows and values. */
  readonly noRows?: boolean
  /** So many seconds without a step done are too many; default 600. */
  readonly timeoutSeconds?: number
  /** Send every script through the Python parser. */
  readonly full?: boolean
  /** `-x name=value`, for every env.py. */
  readonly x?: readonly string[]
  /** The environment of this process by default. */
  readonly shell?: NodeJS.ProcessEnv
  /** Told what happens, as it happens. */
  readonly onProgress?: (progress: RehearseProgress) => void
}

/** What happens, in this order; secrets are masked. */
export type RehearseProgress =
  /** The copy of a database is being made. */
  | { readonly kind: 'copy'; readonly environment: string; readonly original: string }
  | {
      readonly kind: 'step'
      readonly environment: string
      readonly revision: string
      readonly step: 'up' | 'down' | 'up-again'
      readonly number: number
      readonly of: number
    }
  /** The branches run in their other order. */
  | { readonly kind: 'other-order'; readonly environment: string }
  | { readonly kind: 'done'; readonly environment: RehearsedEnvironment }
  | { readonly kind: 'output'; readonly line: string }

export interface RehearseResult {
  /** By script directory; those whose configuration cannot be used last. */
  readonly environments: readonly RehearsedEnvironment[]
  /** The signal that ended it before every environment was rehearsed, or null. */
  readonly stopped: string | null
}
