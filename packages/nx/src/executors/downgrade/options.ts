import type { MoveExecutorOptions } from '../database/options.js'

/** Options of the downgrade executor as its schema has them. */
export interface DowngradeExecutorOptions extends MoveExecutorOptions {
  readonly to: string
  /** Go on although a downgrade() on the way raises or undoes nothing. */
  readonly acceptIrreversible?: boolean
}
