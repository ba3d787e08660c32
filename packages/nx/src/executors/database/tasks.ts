import type { ExecutorContext } from '@nx/devkit'
import { type EnvironmentStatus, shellWord, type TextOptions } from '@onehead/core'
import { taskCommand } from '../task.js'
import type { MoveExecutorOptions } from './options.js'

const WORD = String.raw`(?:'[^']*'|\\.|[^\s'])+`
const X = new RegExp(` -x (${WORD})`, 'g')
const OURS = new RegExp(`^onehead (upgrade|downgrade|fix) (${WORD})(?: --to (${WORD}))?((?: -x ${WORD})*)$`)

/**
 * The task of this project that does what a command of ours would do, whatever nx.json calls it: only a task has the .env files of
 * its project. Null where the project has none.
 */
export function taskInstead(
  { projectName, projectsConfigurations }: Pick<ExecutorContext, 'projectName' | 'projectsConfigurations'>,
  environments: readonly EnvironmentStatus[],
): (command: string) => string | null {
  const targets = Object.entries(projectsConfigurations?.projects[projectName ?? '']?.targets ?? {})
  return (command) => {
    const [, kind, name, to, x = ''] = OURS.exec(command) ?? []
    const meant = environments.find((one) => one.environment !== null && shellWord(one.name) === name)
    if (projectName === undefined || meant?.environment == null) return null
    const key = `${meant.config}#${meant.environment.section}`
    for (const [targetName, { executor, options }] of targets) {
      const own: readonly string[] = options?.environments ?? []
      if (executor !== `@onehead/nx:${kind}` || (own.length > 0 && !own.includes(key) && !own.includes(meant.config)))
        continue
      const words = [
        taskCommand(kind!, { projectName, targetName }),
        ...(own.length === 1 ? [] : [`--environments=${shellWord(key)}`]),
        ...(to === undefined ? [] : [`--to=${to}`]),
        ...[...x.matchAll(X)].map(([, one]) => `--x=${one}`),
      ]
      return words.join(' ')
    }
    return null
  }
}

/** How plans look of which the next command is to be a task of the project. */
export function taskLook(
  context: ExecutorContext,
  look: TextOptions,
  plans: readonly { readonly status: EnvironmentStatus }[],
): TextOptions {
  const environments = plans.map(({ status }) => status)
  return { ...look, instead: taskInstead(context, environments) }
}

type Typed = MoveExecutorOptions & { readonly acceptMoved?: boolean; readonly acceptIrreversible?: boolean }

/**
 * A task with what was typed behind it, to be typed again without --dryRun.
 * @param command the task alone
 */
export function typedAgain(command: string, options: Typed, { target, configurationName }: ExecutorContext): string {
  if (target === undefined) return command
  const configured: Typed = { ...target.options, ...target.configurations?.[configurationName ?? ''] }
  const isTyped = (name: keyof Typed) => JSON.stringify(options[name]) !== JSON.stringify(configured[name])
  const lists = (['environments', 'x'] as const).flatMap((name) =>
    isTyped(name) ? (options[name] ?? []).map((one) => `--${name}=${shellWord(one)}`) : [],
  )
  const switches = (['noBackup', 'acceptMoved', 'acceptIrreversible'] as const).filter(
    (name) => options[name] === true && isTyped(name),
  )
  return [
    command,
    ...lists,
    ...(options.to !== undefined && isTyped('to') ? [`--to=${shellWord(options.to)}`] : []),
    ...switches.map((name) => `--${name}`),
    ...(options.backup === false && isTyped('backup') ? ['--no-backup'] : []),
    ...(configured.dryRun === true ? ['--dryRun=false'] : []),
  ].join(' ')
}
