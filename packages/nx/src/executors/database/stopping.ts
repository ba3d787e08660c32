import { mkdirSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ExecutorContext } from '@nx/devkit'

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const STDERR = 2

/**
 * Whoever stops Alembic wants to hear where the database stands then. Nx does not wait for that: at Ctrl-C it prints nothing more and asks every
 * process of the task to end. So we stay until the report is there, and keep it in a file, whose name is said at once.
 */
export class Stopping {
  #isStopped = false
  readonly #isSaid: boolean
  readonly #root: string
  readonly #path: string

  /** @param isSaid say where the report will be; with JSON nobody reads sentences */
  constructor({ root, projectName = 'workspace', targetName = 'task' }: ExecutorContext, isSaid: boolean) {
    const name = `${projectName}-${targetName}`.replace(/[^\w.-]+/g, '-')
    this.#root = root
    this.#path = `.nx/workspace-data/onehead/${name}.txt`
    this.#isSaid = isSaid
    for (const signal of ENDING) process.on(signal, this.#stop)
    // The terminal may be gone before us.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', ignore)
  }

  /** Keeps what the task says in the end where it was stopped. */
  keep(report: string): void {
    if (!this.#isStopped) return
    const absolute = join(this.#root, this.#path)
    mkdirSync(dirname(absolute), { recursive: true })
    writeFileSync(absolute, report)
  }

  end(): void {
    for (const signal of ENDING) process.off(signal, this.#stop)
    for (const stream of [process.stdout, process.stderr]) stream.off('error', ignore)
  }

  readonly #stop = (): void => {
    if (this.#isStopped) return
    this.#isStopped = true
    if (!this.#isSaid) return
    try {
      writeSync(STDERR, `stopping; how it ended will stand in ${this.#path}\n`)
    } catch {
      // Nobody reads any more.
    }
  }
}

const ignore = (): void => {}
