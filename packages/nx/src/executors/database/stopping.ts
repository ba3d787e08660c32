import { mkdirSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ExecutorContext } from '@nx/devkit'

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const STDERR = 2

/**
 * Whoever stops Alembic wants to hear where the database stands then. Nx does not wait for that: at Ctrl-C it prints nothing more and asks every
 * process of the task to end, and kills a few seconds later. So we stay until the report is there, and keep it in a file, whose name is said
 * at once, and which says that nothing is known until then.
 */
export class Stopping {
  #isStopped = false
  readonly #root: string
  readonly #path: string

  readonly #statusCommand: string

  /** @param statusCommand what asks the databases of this task where they stand */
  constructor({ root, projectName = 'workspace', targetName = 'task' }: ExecutorContext, statusCommand: string) {
    const name = `${projectName}-${targetName}`.replace(/[^\w.-]+/g, '-')
    this.#root = root
    this.#path = `.nx/workspace-data/onehead/${name}.txt`
    this.#statusCommand = statusCommand
    for (const signal of ENDING) process.on(signal, this.#stop)
    // The terminal may be gone before us.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', ignore)
  }

  /** Keeps what the task says in the end where it was stopped. */
  keep(report: string): void {
    if (!this.#isStopped) return
    const absolute = join(this.#root, this.#path)
    mkdirSync(dirname(absolute), { recursive: true })
    writeFileSync(absolute, `${report}next: \`${this.#statusCommand}\` asks where it stands now\n`)
  }

  end(): void {
    for (const signal of ENDING) process.off(signal, this.#stop)
    for (const stream of [process.stdout, process.stderr]) stream.off('error', ignore)
  }

  readonly #stop = (signal: NodeJS.Signals): void => {
    if (this.#isStopped) return
    this.#isStopped = true
    try {
      this.keep(`stopped by ${signal}, and nobody has asked since how it ended\n`)
      writeSync(STDERR, `stopping; how it ended will stand in ${this.#path}\n`)
    } catch {
      // A disk that is full, a terminal that is gone: the report comes all the same.
    }
  }
}

const ignore = (): void => {}
