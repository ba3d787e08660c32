import { stepsCommand } from '../notice/commands.js'
import type { DatabaseStep } from '../plan/plan.js'
import { shellWord } from '../text/shell-word.js'
import type { EnvironmentStatus } from './status.js'

/** How Alembic is called for an environment, as its runner does: what a person can type and it works. */
export interface Invocation {
  /** Workspace-relative; the root is the empty text. */
  readonly folder: string
  /** Words in front of the subcommand, and between it and its arguments; as a shell takes them. */
  readonly before: string
  readonly after: string
  /** `name=value`, as env.py was given it. */
  readonly x: readonly string[]
}

/** The steps as one line for a shell at the workspace root. */
export function stepsFor({ environment, invocation }: EnvironmentStatus, steps: readonly DatabaseStep[]): string {
  if (invocation === null) return environment === null ? '' : stepsCommand(environment, steps)
  const { folder, before, after } = invocation
  const commands = steps.map(({ command, revision, purge }) =>
    [before, command, after, purge ? '--purge' : '', shellWord(revision)].filter((part) => part !== '').join(' '),
  )
  return `${folder === '' ? '' : `cd ${shellWord(folder)} && `}${commands.join(' && ')}`
}

/** One of our commands, with what env.py was told: without that it may reach another database. For a shell anywhere in the workspace. */
export function oursWith(x: readonly string[], words: readonly string[]): string {
  return ['onehead', ...words, ...x.flatMap((one) => ['-x', one])].map(shellWord).join(' ')
}

export function oursFor({ invocation }: Pick<EnvironmentStatus, 'invocation'>, words: readonly string[]): string {
  return oursWith(invocation?.x ?? [], words)
}

/** Steps through us, who keep the backup and the lock. */
export function movesFor(status: EnvironmentStatus, steps: readonly DatabaseStep[]): string {
  return steps.map(({ command, revision }) => oursFor(status, [command, status.name, '--to', revision])).join(' && ')
}
