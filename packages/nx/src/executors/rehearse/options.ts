import type { DatabaseExecutorOptions } from '../database/options.js'

/** Options of the rehearse executor as its schema has them. */
export interface RehearseExecutorOptions extends DatabaseExecutorOptions {
  /** A dump or a SQLite file to begin with, from the workspace root. */
  readonly from?: string
  readonly empty?: boolean
  /** Step back to this revision on the copy first. */
  readonly since?: string
  /** Add the revisions of this ref, and run both orders. */
  readonly mergeWith?: string
  /** Make the copy also on a host that is not this machine. */
  readonly remote?: boolean
  readonly keep?: boolean
  /** Do not count rows and values; `rows: false` says the same, and is what Nx makes of `--no-rows`. */
  readonly noRows?: boolean
  readonly rows?: boolean
  readonly strict?: boolean
  readonly timeoutSeconds?: number
}
