import type { MoveExecutorOptions } from '../database/options.js'

/** Options of the upgrade executor as its schema has them. */
export interface UpgradeExecutorOptions extends MoveExecutorOptions {
  /** Go on although a repair moved what a database may have run before. */
  readonly acceptMoved?: boolean
}
