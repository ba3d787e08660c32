/** Options of every executor that reaches databases, as their schemas have them. */
export interface DatabaseExecutorOptions {
  readonly environments?: readonly string[]
  /** `name=value` for every env.py, like `alembic -x`. */
  readonly x?: readonly string[]
  readonly format?: 'text' | 'json'
}

/** Of those that run scripts on them. */
export interface MoveExecutorOptions extends DatabaseExecutorOptions {
  /** A revision, a label or a head. */
  readonly to?: string
  /** Show the plan and the way back, and run nothing. */
  readonly dryRun?: boolean
  readonly noBackup?: boolean
  /** False says the same: what Nx makes of `--no-backup`. */
  readonly backup?: boolean
}
