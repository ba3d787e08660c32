import {
  type BackupNote,
  findRunningStep,
  type MoveResult,
  type RevisionNote,
  type StandingAfter,
  type UpgradeFailure,
  type UpgradePlan,
} from '@onehead/core'
import { askDatabase, type DatabaseAnswer } from '../alembic/ask-database.js'
import { findOwnPlace } from '../alembic/own-place.js'
import type { AlembicRun } from '../alembic/run-alembic.js'
import type { Runner } from '../alembic/runner.js'
import { runWatched, type WatchNote } from '../alembic/watch.js'
import type { Configuration } from '../configuration/index.js'
import { lockFolder } from '../database/backup-folder.js'
import { letBackupGo } from '../database/held-backup.js'
import { BackupFailed } from '../database/index.js'
import { backUpDatabases } from './back-up-databases.js'
import { astray, isKept, type KeptNote, kept, NO_SCRIPT } from './failures.js'
import { HeldTraceback } from './held-traceback.js'
import type { RunOptions } from './options.js'

/** One run of Alembic over the databases of an environment. */
export interface Move {
  readonly runner: Runner
  readonly answer: DatabaseAnswer
  readonly command: 'upgrade' | 'downgrade'
  /** Where to, as Alembic is given it. */
  readonly target: string
  readonly backup: UpgradePlan['backup']
  /** In env.py's order: what is to be run there. */
  readonly databases: readonly { readonly name: string | null; readonly steps: readonly RevisionNote[] }[]
  /** Whether the databases stand then where they should. */
  readonly hasArrived: (after: readonly StandingAfter[]) => boolean
}

type Done = MoveResult['done']

/** Backs up, runs, and asks where the databases stand then. Restores nothing, whatever happens. */
export async function carryOut(move: Move, configuration: Configuration, options: RunOptions): Promise<MoveResult> {
  const nothing = { backups: [], done: [], failure: null, after: null }
  if (move.databases.every(({ steps }) => steps.length === 0)) return { ...nothing, kind: 'nothing' }
  let backups: readonly BackupNote[]
  try {
    backups = await backUpDatabases(move, configuration, options)
  } catch (error) {
    if (!(error instanceof BackupFailed)) throw error
    return { ...nothing, kind: 'failed', failure: asFailure(error) }
  }
  const watched = new Watched(move, options)
  const run = await watched.run()
  const after = await standingNow(move.runner, options)
  const { done } = watched
  const hasArrived = after !== null && move.hasArrived(after)
  const failure = watched.failure(run) ?? (hasArrived ? null : watched.astray(run))
  const isUndone = failure?.isHalfWay === false && failure.kind !== 'astray' && isAsBefore(move, after)
  letBackupsGo(backups, failure === null, isUndone)
  return { kind: failure === null ? 'done' : 'failed', backups, done, failure, after }
}

/** After a try that has left nothing behind, only its own: what an earlier one has left may be there still. */
function letBackupsGo(backups: readonly BackupNote[], isDone: boolean, isUndone: boolean): void {
  for (const backup of backups) {
    if (backup.kind !== 'file') continue
    if (isDone || (isUndone && backup.beforeTries === undefined)) letBackupGo(backup.path)
  }
}

function isAsBefore({ answer }: Move, after: readonly StandingAfter[] | null): boolean {
  const before = answer.databases.map(({ currentRevisions }) => currentRevisions)
  const now = after?.map(({ rows, leftovers }) => (leftovers.length === 0 ? [...rows].sort() : null))
  return JSON.stringify(now) === JSON.stringify(before)
}

const ASTRAY = astray('every script said that it went well, and yet the database does not stand where it should')

const NOTHING_BEGUN: UpgradeFailure = {
  ...ASTRAY,
  message: 'Alembic ended without an error, and had begun no revision',
  help: 'see what ends env.py before run_migrations() when it upgrades, such as sys.exit()',
}

const SWALLOWED: UpgradeFailure = {
  ...NO_SCRIPT,
  kind: 'failed',
  message: 'the script failed, and env.py went on as if it had not',
  help: 'see what an `except` in env.py keeps to itself',
}

function asFailure({ kind, message, help }: BackupFailed): UpgradeFailure {
  return { ...NO_SCRIPT, kind: kind === 'stopped' ? 'stopped' : 'backup', message, help }
}

/** One run of Alembic, and what is seen of it. */
class Watched {
  readonly done: Done[number][] = []
  #begun: Extract<WatchNote, { note: 'begin' }> | null = null
  #failed: Extract<WatchNote, { note: 'failed' }> | null = null
  #kept: KeptNote | null = null
  readonly #move: Move
  readonly #options: RunOptions
  readonly #output: HeldTraceback

  constructor(move: Move, options: RunOptions) {
    this.#move = move
    this.#options = options
    this.#output = new HeldTraceback((line) => options.onProgress?.({ kind: 'output', line }))
  }

  async run(): Promise<AlembicRun> {
    const { runner, answer, command, target } = this.#move
    const { x = [], shell = process.env, onProgress } = this.#options
    onProgress?.({ kind: 'running', environment: runner.environment.name })
    // A relative revision begins with a minus, and is no option.
    const run = await runWatched(runner, command, target.startsWith('-') ? ['--', target] : [target], {
      x,
      locks: lockFolder(shell),
      expected: answer.databases.map(({ currentRevisions }) => currentRevisions),
      addresses: answer.databases.flatMap(({ connection }) => connection ?? []),
      onNote: (note) => this.#note(note),
      onOutput: (line, stream) => this.#output.take(line, stream),
    })
    // The report says what it says; whoever wants to see the way there asks for it.
    const isTold = run.failure?.printed != null || run.stopped !== null
    if (!isTold || shell.ONEHEAD_DEBUG === '1') this.#output.release()
    return run
  }

  failure(run: AlembicRun): UpgradeFailure | null {
    if (run.failure === null) return null
    const { message, cause, help, printed, place } = run.failure
    if (this.#kept !== null) return kept(this.#kept)
    const revision = this.#begun?.revision ?? findRunningStep(run.stderr)?.revision ?? null
    const about = { revision, place, statement: printed?.statement ?? null, ...this.#left() }
    // Whoever ends a whole tree of processes, as Nx does, ends Alembic before we can.
    if (run.stopped === null && ENDING.has(run.signal ?? ''))
      return { ...about, kind: 'stopped', message: `it was stopped (${run.signal})`, cause: null, help: null }
    return { ...about, kind: run.stopped?.startsWith('SIG') ? 'stopped' : 'failed', message, cause, help }
  }

  /** Of a run that ended without an error, and not where it should. */
  astray(run: AlembicRun): UpgradeFailure {
    if (this.#failed !== null && this.#begun !== null) {
      const place = findOwnPlace(this.#move.runner, run.stderr)
      return { ...SWALLOWED, revision: this.#begun.revision, place, ...this.#left() }
    }
    return this.done.length === 0 && this.#begun === null ? NOTHING_BEGUN : ASTRAY
  }

  /** What the script that failed has left. */
  #left(): Pick<UpgradeFailure, 'ran' | 'isHalfWay'> {
    const ran = this.#failed?.ran ?? []
    const outlives = this.#failed?.committed ?? this.#begun?.transactional === false
    // Of a script that could not even say that it failed, nobody knows what had run.
    return { ran, isHalfWay: this.#begun !== null && outlives && (this.#failed === null || ran.length > 0) }
  }

  #note(note: WatchNote): void {
    // A script that goes on has got over what it printed.
    if (note.note !== 'failed') this.#output.release()
    if (note.note === 'failed') this.#failed = note
    if (isKept(note)) this.#kept = note
    if (note.note === 'done' && this.#begun !== null) {
      this.done.push({ database: this.#begun.database, revision: note.revision })
      this.#begun = null
    }
    if (note.note === 'begin') this.#begin(note)
  }

  #begin(note: Extract<WatchNote, { note: 'begin' }>): void {
    this.#begun = note
    const { databases, runner } = this.#move
    const { name, steps } = databases[note.database]!
    const index = steps.findIndex(({ revision }) => revision === note.revision)
    if (index === -1) return
    this.#options.onProgress?.({
      kind: 'revision',
      environment: runner.environment.name,
      database: name,
      revision: steps[index]!,
      number: index + 1,
      of: steps.length,
    })
  }
}

const ENDING: ReadonlySet<string> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP'])

/** Asked in any case: whoever stopped it wants to know the more where it ended. */
async function standingNow(runner: Runner, { x = [] }: RunOptions): Promise<readonly StandingAfter[] | null> {
  const { databases, failure } = await askDatabase(runner, { x })
  if (failure !== null) return null
  return databases.map(({ currentRevisions, leftovers }) => ({ rows: currentRevisions, leftovers }))
}
