import { randomBytes } from 'node:crypto'
import { callArguments, flaskDirectory, globalArguments } from '../alembic/arguments.js'
import { type AlembicRun, runShim } from '../alembic/run-alembic.js'
import { type Runner, typedCommand } from '../alembic/runner.js'
import { Collector } from './collect.js'
import { fillCopy } from './fill-copy.js'
import type { RehearsalNote } from './notes.js'
import type { RehearseOptions } from './options.js'
import { rehearsalFolder } from './work-folder.js'

export interface RunPlan {
  readonly source: 'copy' | 'dump' | 'empty'
  /** Absolute: a folder that only we can look into, gone afterwards. */
  readonly work: string
  /** Scripts of another branch; absolute, or null. */
  readonly extra: string | null
  /** Only look for what killed runs have left, and drop it. */
  readonly sweepOnly?: boolean
  readonly onNote: (note: RehearsalNote, collector: Collector) => void
}

export interface RunEnd {
  readonly collector: Collector
  readonly run: AlembicRun
  /** Nothing was done for so long. */
  readonly isTooSlow: boolean
}

const USUAL_TIMEOUT_SECONDS = 600

/** Dropping databases takes its time: who is asked to stop still has to. */
const GRACE_MS = 60_000

/** Runs the project's Alembic under our lead. Rejects never for what happens there. */
export async function runRehearsal(runner: Runner, plan: RunPlan, options: RehearseOptions): Promise<RunEnd> {
  const { x = [], shell = process.env, timeoutSeconds = USUAL_TIMEOUT_SECONDS } = options
  const { source, work, extra, onNote } = plan
  const mark = `onehead-${randomBytes(12).toString('hex')}:`
  const question = {
    ...{ mark, form: runner.form, token: randomBytes(12).toString('hex'), work, source, extra },
    ...{ arguments: globalArguments(runner, { x }), directory: flaskDirectory(runner), x },
    ...{ folder: rehearsalFolder(shell), dump: options.from ?? null },
    ...{ remote: options.remote === true, keep: options.keep === true, rows: options.noRows !== true },
    ...{ since: options.since ?? null, sweepOnly: plan.sweepOnly === true, variable: runner.databaseUrlEnv },
  }
  const collector = new Collector(work, runner.root)
  const abort = new AbortController()
  const patience = new Patience(timeoutSeconds * 1000, () => abort.abort())
  const fills: Promise<void>[] = []
  const take = (note: RehearsalNote) => {
    collector.take(note)
    // Copies take as long as they take.
    if (note.note === 'copying') patience.pause()
    else if (note.note !== 'fill') patience.renew()
    if (note.note === 'fill') {
      const filling = fillCopy(runner, work, note.number, options.from ?? null, abort.signal)
      filling.catch(() => abort.abort())
      fills.push(filling)
    }
    onNote(note, collector)
  }
  const typed = typedCommand(runner, callArguments(runner, 'upgrade', ['heads'], { x }))
  patience.renew()
  const run = await runShim(runner, ['rehearse', JSON.stringify(question)], typed, {
    graceMs: GRACE_MS,
    signal: abort.signal,
    notes: { mark, onNote: (note) => take(note as RehearsalNote) },
    onOutput: (line) => options.onProgress?.({ kind: 'output', line }),
  })
  patience.pause()
  await Promise.all(fills)
  return { collector, run, isTooSlow: patience.isOver }
}

/** So long may one thing take. */
class Patience {
  isOver = false
  #timer: NodeJS.Timeout | undefined
  readonly #milliseconds: number
  readonly #over: () => void

  constructor(milliseconds: number, over: () => void) {
    this.#milliseconds = milliseconds
    this.#over = over
  }

  renew(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.isOver = true
      this.#over()
    }, this.#milliseconds)
  }

  pause(): void {
    clearTimeout(this.#timer)
  }
}
