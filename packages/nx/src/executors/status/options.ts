import type { DatabaseExecutorOptions } from '../database/options.js'

/** Options of the status executor as its schema has them. */
export interface StatusExecutorOptions extends DatabaseExecutorOptions {
  /** Fail also where something is pending, like `alembic current --check-heads`. */
  readonly checkHeads?: boolean
}
