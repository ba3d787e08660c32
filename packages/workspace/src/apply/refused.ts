import type { Refusal } from '@onehead/core'

/**
 * Nothing was written, or everything that was is taken back: exit code 1. Kinds: `changed`, `exists`, `missing`, `outside`,
 * `git-directory`, `not-a-file`, `linked`, `dangling-link`, `same-file`, `read-only`, `no-space`, `not-written`, `locked`,
 * `half-done`, `newer-record`; of an undo also `nothing-to-undo`, `other-workspace`, `head-moved`, `branch-switched`,
 * `merge-moved`, `pushed`, `staged`, `in-conflict`, `in-progress`, `git-failed`.
 */
export class ApplyRefused extends Error {
  readonly refusals: readonly Refusal[]
  constructor(refusals: readonly Refusal[], options: ErrorOptions = {}) {
    super(refusals.map(({ message }) => message).join('; '), options)
    this.name = 'ApplyRefused'
    this.refusals = refusals
  }
}
