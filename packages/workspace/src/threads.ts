import { availableParallelism } from 'node:os'
import { parentPort, Worker, workerData } from 'node:worker_threads'

/** Nearly everything is garbage as soon as it was looked at: room for it costs less than looking through it often. */
const YOUNG_MB = 64

/** Whether a second thread could run beside this one. */
export function mayHelp(): boolean {
  return availableParallelism() > 1
}

/**
 * Runs a module in another thread, hands it plain data, and gives the one value that it answers. Null where that could not be
 * done: whoever asks does the work.
 *
 */
export function inOtherThread(file: URL, data: unknown): Promise<unknown> {
  return new Promise((resolve) => {
    try {
      const worker = new Worker(file, {
        workerData: data,
        execArgv: [],
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
      })
      worker.once('message', resolve)
      worker.once('error', () => resolve(null))
      worker.once('exit', () => resolve(null))
    } catch {
      resolve(null)
    }
  })
}

/** What this thread was handed. */
export function handed(): unknown {
  return workerData
}

export function answer(value: unknown): void {
  parentPort?.postMessage(value)
}
