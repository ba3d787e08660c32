import type { ExecutorContext } from '@nx/devkit'
import type { StatusOptions } from '@onehead/workspace'
import { configurationFiles, describeFailure, print, taskCommand, wantsColor } from '../task.js'
import type { DatabaseExecutorOptions } from './options.js'
import { Stopping } from './stopping.js'

/** What every use case of a database is told, and how its answer is to look. */
export interface DatabaseRun {
  readonly given: StatusOptions & { readonly x: readonly string[]; readonly shell: NodeJS.ProcessEnv }
  readonly isText: boolean
  readonly look: { readonly color: boolean; readonly program: string }
  /** What starts this task again. */
  readonly command: string
}

/** What a task says in the end. */
export interface DatabaseAnswer {
  readonly success: boolean
  /** With a line end. */
  readonly text: string
}

/**
 * Runs one use case in the environment that Nx has prepared for this task: with the .env files of its project. Never throws.
 * @param name what onehead calls it: `upgrade`
 */
export async function runDatabase(
  name: string,
  { environments = [], x = [], format = 'text' }: DatabaseExecutorOptions,
  context: ExecutorContext,
  run: (run: DatabaseRun) => Promise<DatabaseAnswer>,
): Promise<{ success: boolean }> {
  const stopping = new Stopping(context, statusCommand(context))
  try {
    const { success, text } = await run({
      given: { root: context.root, environments, configs: configurationFiles(environments), x, shell: process.env },
      isText: format === 'text',
      look: { color: wantsColor(process.env), program: 'npx onehead' },
      command: taskCommand(name, context),
    })
    stopping.keep(text)
    await print(text)
    return { success }
  } catch (error) {
    await print(describeFailure(error, format))
    return { success: false }
  } finally {
    stopping.end()
  }
}

/** The task of this project that asks its databases, whatever nx.json calls it. */
function statusCommand(context: ExecutorContext): string {
  const { projectName = '', projectsConfigurations } = context
  const targets = Object.entries(projectsConfigurations?.projects[projectName]?.targets ?? {})
  const targetName = targets.find(([, { executor }]) => executor === '@onehead/nx:status')?.[0]
  return targetName === undefined ? 'npx onehead status' : taskCommand('status', { projectName, targetName })
}
