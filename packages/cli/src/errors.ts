/**
 * Our own flags are wrong: exit code 2. The same shape and name as the workspace's `UsageError`, which costs too much to load
 * before anything is known to be needed; whoever handles errors goes by the name.
 */
export class CommandLineError extends Error {
  readonly help: string | null
  readonly place: string | null = null
  constructor(message: string, help: string | null = null) {
    super(message)
    this.name = 'UsageError'
    this.help = help
  }
}

/** Someone else's `UsageError` or ours. */
export interface UsageFailure {
  readonly message: string
  readonly help: string | null
  readonly place: string | null
}

export function isUsageFailure(error: unknown): error is Error & UsageFailure {
  return error instanceof Error && error.name === 'UsageError' && 'help' in error && 'place' in error
}
