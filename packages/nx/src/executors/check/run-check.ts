import { formatCheck, formatCheckJson, formatErrorJson, visible } from '@onehead/core'
import { type CheckOptions, check, UsageError } from '@onehead/workspace'
import type { CheckExecutorOptions } from './options.js'

/** What one task says and how it ended. */
export interface CheckOutcome {
  readonly success: boolean
  /** With a line end. Depends on the files and on FORCE_COLOR only: Nx keeps it and shows it again on a cache hit. */
  readonly output: string
}

/**
 * Checks the environments that one target names. Never throws: what is known is said in a sentence, what is not keeps
 * its stack, and both fail the task.
 * @param tree the working tree as a pure function of its files, unless another one is meant
 */
export async function runCheck(
  root: string,
  options: CheckExecutorOptions,
  tree: Pick<CheckOptions, 'git' | 'at' | 'mergeWith' | 'mergeWithTarget' | 'cache'> = { git: false },
): Promise<CheckOutcome> {
  const environments = options.environments ?? []
  const format = options.format ?? 'text'
  try {
    const { report, source } = await check({
      root,
      ...tree,
      environments,
      configs: configurationFiles(environments),
      full: options.full ?? false,
      rules: options.rules ?? [],
    })
    const maxWarnings = options.maxWarnings ?? null
    const success = report.summary.errors === 0 && report.summary.warnings <= (maxWarnings ?? Number.POSITIVE_INFINITY)
    const output =
      format === 'json'
        ? formatCheckJson(report)
        : formatCheck(report, { source, color: wantsColor(process.env), program: 'npx onehead', maxWarnings })
    return { success, output }
  } catch (error) {
    return { success: false, output: describeFailure(error, format) }
  }
}

/** Only the files named are read: nobody walks the whole workspace to check one app. */
function configurationFiles(environments: readonly string[]): readonly string[] {
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

function describeFailure(error: unknown, format: 'text' | 'json'): string {
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
