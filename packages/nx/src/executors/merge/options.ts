import type { RepairExecutorOptions } from '../repair/options.js'

/** Options of the merge executor as its schema has them. */
export interface MergeExecutorOptions extends Omit<RepairExecutorOptions, 'update'> {
  /** Ids, beginnings of ids, labels or `label@head`; the heads that are too many without it. */
  readonly heads?: readonly string[]
  /** One that names both sides without it. */
  readonly message?: string
  readonly revisionId?: string
  readonly branchLabel?: string
}
