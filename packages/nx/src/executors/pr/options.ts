import type { CheckExecutorOptions } from '../check/options.js'

/** Options of the pr executor as its schema has them. */
export interface PrExecutorOptions extends CheckExecutorOptions {
  /** The branch or commit that the work will land on; without it the target of the branch that is checked out. */
  readonly target?: string
  /** The commit to merge; `HEAD` without it. */
  readonly at?: string
}
