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

/** The same steps through us, who keep the backup and the lock; for a shell anywhere in the workspace. */
export function movesFor({ name, invocation }: EnvironmentStatus, steps: readonly DatabaseStep[]): string {
  const x = (invocation?.x ?? []).map((one) => ` -x ${shellWord(one)}`).join('')
  return steps
    .map(({ command, revision }) => `onehead ${command} ${shellWord(name)} --to ${shellWord(revision)}${x}`)
    .join(' && ')
}
