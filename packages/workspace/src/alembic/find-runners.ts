import type { Environment } from '@onehead/core'
import { type Configuration, environmentConfigurationFor } from '../configuration/index.js'
import { findRunner } from './find-runner.js'
import type { Probes } from './probe.js'
import type { Runner, RunnerMissing } from './runner.js'

/** So many Pythons are asked at a time: starting more makes none of them faster. */
const AT_ONCE = 4

/** The runner of each environment, in their order, with what onehead.json says about it. Each Python is asked once. */
export async function findRunners(
  root: string,
  environments: readonly Environment[],
  configuration: Configuration,
  shell: NodeJS.ProcessEnv = process.env,
): Promise<readonly (Runner | RunnerMissing)[]> {
  const probes: Probes = new Map()
  return inParallel(environments, AT_ONCE, (environment) =>
    findRunner(root, environment, { ...environmentConfigurationFor(configuration, environment), shell, probes }),
  )
}

/** The answers in the order of the questions, never more than `atOnce` of them under way. */
export async function inParallel<T, R>(
  values: readonly T[],
  atOnce: number,
  work: (value: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Array<R>(values.length)
  const open = values.entries()
  const worker = async () => {
    for (const [index, value] of open) results[index] = await work(value)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, values.length) }, worker))
  return results
}
