import { formatCheck, formatCheckJson } from '@onehead/core'
import { type CheckOptions, check } from '@onehead/workspace'
import { configurationFiles, describeFailure, wantsColor } from '../task.js'
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
      ...(options.profile === undefined ? {} : { profile: options.profile }),
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
