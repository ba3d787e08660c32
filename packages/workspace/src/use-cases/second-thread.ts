import type { Environment } from '@onehead/core'
import type { Verdict } from '../cache/verdicts.js'
import type { Configuration } from '../configuration/index.js'
import { inOtherThread, mayHelp } from '../threads.js'
import type { CheckOptions } from './check.js'
import type { DiskFacts } from './disk-surroundings.js'

/** So many scripts are worth the start of a thread. */
const WORTH_IT = 5000

/** Environments to judge, taken one by one by whoever is free. Plain data, so that it can be shared. */
export interface Work {
  readonly environments: readonly Environment[]
  /** One number: how many are taken. */
  readonly taken: Int32Array<SharedArrayBuffer>
}

/** All that another thread needs. */
export interface HandedWork extends Work, DiskFacts {
  readonly options: CheckOptions
  readonly configuration: Configuration
  readonly parseAll: boolean
}

/** @param from how many at the beginning are not shared */
export function shareWork(environments: readonly Environment[], from: number): Work {
  return { environments, taken: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)).fill(from) }
}

/** The place of the next environment that nobody has taken; null where none is left. */
export function take({ environments, taken }: Work): number | null {
  const next = Atomics.add(taken, 0, 1)
  return next < environments.length ? next : null
}

/** Verdicts by the place of their environments. */
export type Verdicts = ReadonlyMap<number, Verdict>

/** Judges some of the work in another thread, where it turns out to be much. */
export class SecondThread {
  readonly #work: HandedWork
  #answer: Promise<unknown> | null = null

  constructor(work: HandedWork) {
    this.#work = work
  }

  /** Told of how far this thread has come; starts the other one where that will pay. */
  progress(judged: number, scripts: number): void {
    const left = this.#work.environments.length - judged
    if (this.#answer !== null || scripts < WORTH_IT / 10 || (left * scripts) / judged < WORTH_IT || !mayHelp()) return
    // Beside this file, as in the bundle of the command.
    this.#answer = inOtherThread(new URL('./judging-thread.js', import.meta.url), this.#work)
  }

  /** What it has judged, once it is done; what it had taken and could not judge is not in it. */
  async verdicts(): Promise<Verdicts> {
    return ((await this.#answer) as Verdicts | null) ?? new Map()
  }
}
