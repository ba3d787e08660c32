import type { ExecutorContext } from '@nx/devkit'
import { formatErrorJson, visible } from '@onehead/core'
import { UsageError } from '@onehead/workspace'

/** Only the files named are read: nobody walks the whole workspace to check one app. */
export function configurationFiles(environments: readonly string[]): readonly string[] {
  const files = environments.map((environment) => environment.replace(/#[^#/]*$/, ''))
  return [...new Set(files)]
}

/**
 * A task has no terminal of its own, and its output is kept for others: only FORCE_COLOR, which Nx sets for its tasks,
 * turns colours on.
 */
export function wantsColor(environment: NodeJS.ProcessEnv): boolean {
  const { NO_COLOR, FORCE_COLOR } = environment
  if (NO_COLOR) return false
  return FORCE_COLOR !== undefined && FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
}

/** What is known is said in a sentence, what is not keeps its stack. */
export function describeFailure(error: unknown, format: 'text' | 'json'): string {
  if (error instanceof UsageError) {
    const { message, help, place } = error
    if (format === 'json') return formatErrorJson({ kind: 'usage', message, help, place })
    const where = place === null ? '' : `${visible(place)}: `
    return `error: ${where}${visible(message)}\n${help === null ? '' : `  help: ${visible(help)}\n`}`
  }
  const message = error instanceof Error ? error.message : String(error)
  if (format === 'json') return formatErrorJson({ kind: 'internal', message, help: null, place: null })
  const details = error instanceof Error ? (error.stack ?? message) : message
  return `onehead failed, and this is its own mistake:\n${details}\n`
}

/** Prints on standard output; resolves when it is on its way. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
  })
}

/** A task as it was typed, so that it can be typed again. `command` is what onehead calls it. */
export function taskCommand(
  command: string,
  {
    projectName,
    targetName,
    configurationName,
  }: Pick<ExecutorContext, 'projectName' | 'targetName' | 'configurationName'>,
): string {
  if (projectName === undefined) return `npx onehead ${command}`
  const configuration = configurationName === undefined ? '' : `:${configurationName}`
  return `npx nx run ${projectName}:${targetName ?? `migrate-${command}`}${configuration}`
}
