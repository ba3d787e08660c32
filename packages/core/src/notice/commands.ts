import type { Environment } from '../history/history.js'
import type { DatabaseStep } from '../plan/plan.js'
import { projectCommands } from '../rules/support/command.js'
import { shellWord } from '../text/shell-word.js'

/** @param to `head` or `heads` */
export function upgradeCommand(environment: Environment, to: 'head' | 'heads'): string {
  return projectCommands(environment, [['upgrade', to]])
}

/** @param to a revision id, or `base` */
export function downgradeCommand(environment: Environment, to: string): string {
  return projectCommands(environment, [['downgrade', shellWord(to)]])
}

interface Line {
  readonly from: string
  readonly to: string
  readonly last: string
}

export function catchUpCommand(environment: Environment, { from, to, last }: Line): string {
  return projectCommands(environment, [
    ['stamp', shellWord(from)],
    ['upgrade', shellWord(to)],
    ['stamp', shellWord(last)],
  ])
}

export function stepBackCommand(environment: Environment, { from, to }: Omit<Line, 'last'>): string {
  return projectCommands(environment, [
    ['downgrade', shellWord(to)],
    ['stamp', shellWord(from)],
    ['upgrade', 'head'],
  ])
}

/** The steps as one line for a shell, by the project's own `alembic` or `flask db`. */
export function stepsCommand(environment: Environment, steps: readonly DatabaseStep[]): string {
  return projectCommands(
    environment,
    steps.map(({ command, revision, purge }) => [command, ...(purge ? ['--purge'] : []), shellWord(revision)]),
  )
}
