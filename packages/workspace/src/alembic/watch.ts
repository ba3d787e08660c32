import { randomBytes } from 'node:crypto'
import { callArguments } from './arguments.js'
import { type AlembicOptions, type AlembicRun, runShim } from './run-alembic.js'
import { type Runner, typedCommand } from './runner.js'

/** What a watched run tells as it happens. `database` is a place in the order of env.py. */
export type WatchNote =
  | {
      readonly note: 'begin'
      readonly revision: string
      readonly upgrade: boolean
      readonly database: number
      /** True where what it does is taken back when it fails. */
      readonly transactional: boolean
    }
  | { readonly note: 'done'; readonly revision: string }
  /** The revision that had begun failed: the last statements of it that had run, and whether they outlive its failure. */
  | { readonly note: 'failed'; readonly ran: readonly string[]; readonly committed: boolean }
  /** Somebody else migrates: nothing ran. */
  | { readonly note: 'locked' }
  /** There is nowhere to put a lock: nothing ran. */
  | { readonly note: 'no-lock'; readonly message: string }
  /** Its rows are not those that were expected: nothing ran. */
  | { readonly note: 'moved-on'; readonly rows: readonly string[] }

export interface WatchOptions extends AlembicOptions {
  /** Absolute: a folder for the locks of databases that have none of their own. */
  readonly locks: string
  /** The rows of each database in the order of env.py, sorted: where they differ, nothing runs. */
  readonly expected: readonly (readonly string[])[]
  readonly onNote: (note: WatchNote) => void
}

/**
 * Runs `alembic upgrade`, `downgrade` or `stamp` as `runAlembic` does, under a lock that no two of us hold at a time, and tells which revision
 * runs. The lock belongs to the child: it ends with it, and outlives us where we are killed and the child goes on.
 */
export function runWatched(
  runner: Runner,
  subcommand: 'upgrade' | 'downgrade' | 'stamp',
  args: readonly string[],
  { locks, expected, onNote, ...options }: WatchOptions,
): Promise<AlembicRun> {
  const mark = `onehead-${randomBytes(12).toString('hex')}:`
  const words = callArguments(runner, subcommand, args, options)
  const question = JSON.stringify({ mark, locks, expected })
  return runShim(runner, ['watch', question, runner.form, ...words], typedCommand(runner, words), {
    ...options,
    notes: { mark, onNote: (note) => onNote(note as WatchNote) },
  })
}
