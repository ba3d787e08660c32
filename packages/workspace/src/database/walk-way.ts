import type { DatabaseStep } from '@onehead/core'
import { callArguments } from '../alembic/arguments.js'
import {
  type AlembicOptions,
  type AlembicRun,
  askDatabase,
  type DatabaseAnswer,
  downgrade,
  type RunFailure,
  type Runner,
  stamp,
  typedCommand,
  upgrade,
} from '../alembic/index.js'
import { type Backup, type BackupOptions, backUp } from './backup.js'
import { BackupFailed } from './failure.js'

/** What happens on the way, as it happens. */
export type WalkProgress =
  /** A backup begins, of the database that env.py calls so where it has several. */
  | { readonly kind: 'backup'; readonly name: string | null }
  | { readonly kind: 'step'; readonly step: DatabaseStep; readonly number: number; readonly of: number }
  /** Secrets are masked. */
  | { readonly kind: 'output'; readonly line: string; readonly stream: 'stdout' | 'stderr' }

export interface WalkOptions extends Omit<AlembicOptions, 'onOutput'> {
  /** Null goes without one: only on the user's explicit word. */
  readonly backup: Omit<BackupOptions, 'signal'> | null
  readonly onProgress?: (progress: WalkProgress) => void
}

/** Steps, and between which rows of `alembic_version` they are right. */
export interface WayToWalk {
  readonly from: readonly string[]
  readonly steps: readonly DatabaseStep[]
  readonly to: readonly string[]
}

/** The rows of each database that env.py connects to, in its order. */
export type Standing = readonly (readonly string[])[]

export type Walk =
  | { readonly kind: 'arrived'; readonly standing: Standing; readonly backups: readonly Backup[] }
  /** Nothing was touched: nobody can tell where it stands. */
  | { readonly kind: 'unreachable'; readonly failure: RunFailure }
  /** Nothing was touched: the way does not begin there, and would do harm. */
  | { readonly kind: 'elsewhere'; readonly standing: Standing }
  /** Nothing was touched. */
  | { readonly kind: 'no-backup'; readonly failure: BackupFailed }
  | {
      readonly kind: 'failed'
      readonly step: DatabaseStep
      /** How many steps had been done. */
      readonly done: number
      readonly failure: RunFailure
      /** Null where it cannot be asked any more. */
      readonly standing: Standing | null
      readonly backups: readonly Backup[]
    }
  /** Every step said that it went well, and yet it does not stand where it should. */
  | { readonly kind: 'astray'; readonly standing: Standing | null; readonly backups: readonly Backup[] }

/**
 * Walks a way through the project's own Alembic: asks where the database stands, backs it up, takes one step after the other and asks
 * again. Stops at the first step that fails, and never restores: what to do then is a person's decision.
 */
export async function walkWay(runner: Runner, way: WayToWalk, options: WalkOptions): Promise<Walk> {
  const { onProgress, backup, ...alembic } = options
  const asked = await askDatabase(runner, { ...alembic, withPassword: true })
  if (asked.failure !== null) return { kind: 'unreachable', failure: asked.failure }
  const standing = rowsOf(asked)
  if (standing.length === 0 || !standing.every((rows) => isSame(rows, way.from))) return { kind: 'elsewhere', standing }
  let backups: readonly Backup[] = []
  try {
    if (backup !== null) backups = await backUpAll(runner, asked, options)
  } catch (error) {
    if (!(error instanceof BackupFailed)) throw error
    return { kind: 'no-backup', failure: error }
  }
  const moving = { ...alembic, onOutput: tellOutput(onProgress) }
  for (const [done, step] of way.steps.entries()) {
    onProgress?.({ kind: 'step', step, number: done + 1, of: way.steps.length })
    const { failure } = await take(runner, step, moving)
    if (failure === null) continue
    return { kind: 'failed', step, done, failure, standing: await standingNow(runner, alembic), backups }
  }
  const end = await standingNow(runner, alembic)
  const isThere = end !== null && end.length > 0 && end.every((rows) => isSame(rows, way.to))
  return isThere ? { kind: 'arrived', standing: end, backups } : { kind: 'astray', standing: end, backups }
}

/** A step as a person would type it: `uv run alembic stamp --purge 1a2b`. */
export function typedStep(runner: Runner, step: DatabaseStep): string {
  const flags = step.purge ? ['--purge'] : []
  return typedCommand(runner, callArguments(runner, step.command, [...flags, step.revision]))
}

async function backUpAll(
  runner: Runner,
  { databases }: DatabaseAnswer,
  { backup, onProgress, signal }: WalkOptions,
): Promise<readonly Backup[]> {
  const backups: Backup[] = []
  for (const database of databases) {
    onProgress?.({ kind: 'backup', name: database.name })
    backups.push(await backUp(runner, database, { ...backup!, ...(signal === undefined ? {} : { signal }) }))
  }
  return backups
}

function take(
  runner: Runner,
  { command, revision, purge }: DatabaseStep,
  options: AlembicOptions,
): Promise<AlembicRun> {
  if (command === 'stamp') return stamp(runner, revision, { ...options, purge: purge === true })
  return command === 'upgrade' ? upgrade(runner, revision, options) : downgrade(runner, revision, options)
}

function tellOutput(onProgress: WalkOptions['onProgress']): NonNullable<AlembicOptions['onOutput']> {
  return (line, stream) => onProgress?.({ kind: 'output', line, stream })
}

/** Asked without a signal: who stopped the walk wants to know the more where it ended. */
async function standingNow(runner: Runner, { signal: _, ...options }: AlembicOptions): Promise<Standing | null> {
  const answer = await askDatabase(runner, options)
  return answer.failure === null ? rowsOf(answer) : null
}

function rowsOf({ databases }: DatabaseAnswer): Standing {
  return databases.map(({ currentRevisions }) => currentRevisions)
}

function isSame(rows: readonly string[], wanted: readonly string[]): boolean {
  return rows.length === wanted.length && [...rows].sort().join(' ') === [...wanted].sort().join(' ')
}
