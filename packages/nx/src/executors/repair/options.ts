/** Options of every executor that repairs heads, as their schemas have them. */
export interface RepairExecutorOptions {
  readonly environments?: readonly string[]
  /** Show the plan, and write nothing. */
  readonly dryRun?: boolean
  /** Commit what was written, and tell whether a push would pass. */
  readonly commit?: boolean
  /** Do not ask the remote what the target is today. */
  readonly offline?: boolean
  /** How the target comes into this tree where it must; as `git pull` does it here without it. */
  readonly update?: 'merge' | 'rebase'
  /** Go on although both sides create or alter the same thing. */
  readonly allowOverlap?: boolean
  readonly format?: 'text' | 'json'
}
