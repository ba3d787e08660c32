import type { Profile } from '@onehead/core'

/** Options of the check executor as its schema has them; every one may be absent when the executor is called directly. */
export interface CheckExecutorOptions {
  readonly environments?: readonly string[]
  readonly full?: boolean
  readonly maxWarnings?: number
  readonly rules?: readonly string[]
  /** The levels that rules start from, instead of `profile` in onehead.json. */
  readonly profile?: Profile
  readonly format?: 'text' | 'json'
}
