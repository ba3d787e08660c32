import type { BackupNote, RestoredStanding, RestoreFailure, RestoreOutcome } from '@onehead/core'
import type { Configuration } from '../configuration/index.js'
import { environmentConfigurationFor } from '../configuration/index.js'
import { backUp } from '../database/backup.js'
import { BackupFailed } from '../database/failure.js'
import { noteOf } from '../database/note.js'
import { typedShellCommand } from '../database/shell-command.js'
import type { RestoreOptions } from './options.js'
import { type ReadyRestore, refuseConnected } from './plan-restore.js'
import { restoreCommand, shortName } from './restore-command.js'
import { askPlace, findDifference, type Held } from './standing.js'

type Ended = Omit<RestoreOutcome, 'plan'>

const NOTHING: Ended = {
  kind: 'restored',
  before: null,
  undo: null,
  standing: null,
  look: null,
  discard: null,
  notes: [],
  failure: null,
}

const UNTOUCHED = 'nothing was changed'
const UNASKED = 'env.py could not be led there, so nobody asked where it stands'

/** Loads the backup into a place that is new. The database itself is not touched. */
export async function restoreBeside(ready: ReadyRestore, options: RestoreOptions): Promise<Ended> {
  const { plan, restorer, runner, facts, index, found, tables } = ready
  const place = plan.place!
  const step = (text: string) => options.onProgress?.({ kind: 'step', text })
  step(`restoring into ${place}`)
  try {
    await restorer.load(found.listed.path, place)
  } catch (error) {
    return failed(error, { stands: UNTOUCHED, wayBack: [] })
  }
  step('asking where it stands')
  const held = await askPlace(runner, facts, index, place, options.x ?? [])
  const ways = {
    look: typedShellCommand(restorer.look(place)),
    discard: typedShellCommand(restorer.discard(place)),
    standing: standingOf(held),
  }
  const difference = held === null ? null : findDifference(held, tables, found.listed.revisions)
  if (difference === null) return { ...NOTHING, ...ways, notes: held === null ? [UNASKED] : [] }
  const failure = {
    kind: 'astray',
    message: difference,
    help: null,
    stands: `${place} is there to be looked at`,
    wayBack: [],
  }
  return { ...NOTHING, ...ways, kind: 'failed', failure }
}

/** Puts the backup in the database's stead, behind a backup of what is there. Nothing is lost by a failure. */
export async function restoreInPlace(
  ready: ReadyRestore,
  configuration: Configuration,
  options: RestoreOptions,
): Promise<Ended> {
  const { restorer, found } = ready
  const step = (text: string) => options.onProgress?.({ kind: 'step', text })
  let before: BackupNote | null = null
  try {
    if (!options.noBackup) before = await backUpFirst(ready, configuration, options)
    step('loading the backup beside the database')
    // What a killed run has left.
    await restorer.remove(restorer.scratch)
    await restorer.load(found.listed.path, restorer.scratch)
    await prove(ready, options)
    const others = await restorer.connected()
    if (others !== null && others > 0) {
      const { message, help } = refuseConnected(others)
      throw new BackupFailed('connected', message, help)
    }
  } catch (error) {
    await restorer.remove(restorer.scratch).catch(() => {})
    return { ...failed(error, { stands: UNTOUCHED, wayBack: [] }), before }
  }
  step('putting it in place')
  try {
    const { replaced } = await restorer.swap(found.listed.path)
    const ended = await finish(ready, replaced, before, options)
    return { ...ended, before, undo: ended.failure === null ? (wayBack(ready, before, options)[0] ?? null) : null }
  } catch (error) {
    await restorer.remove(restorer.scratch).catch(() => {})
    const stands = restorer.isAtomic ? UNTOUCHED : `${restorer.typedName} holds a part of the backup at most`
    return { ...failed(error, { stands, wayBack: restorer.isAtomic ? [] : wayBack(ready, before, options) }), before }
  }
}

async function backUpFirst(
  { runner, facts, found }: ReadyRestore,
  configuration: Configuration,
  { now, onProgress }: RestoreOptions,
): Promise<BackupNote> {
  const { backup: settings } = environmentConfigurationFor(configuration, runner.environment)
  const wish = settings === undefined || settings === false ? {} : { settings }
  onProgress?.({ kind: 'step', text: 'backing up what is there' })
  const spared = [found.listed.path]
  const backup = noteOf(await backUp(runner, facts, { ...wish, now, before: 'restore', spared }))
  onProgress?.({ kind: 'backed-up', backup })
  return backup
}

/** What was loaded is looked at before anything is replaced by it. */
async function prove({ runner, facts, index, restorer, found, tables }: ReadyRestore, { x = [] }: RestoreOptions) {
  const held = await askPlace(runner, facts, index, restorer.scratch, x)
  const difference = held === null ? null : findDifference(held, tables, found.listed.revisions)
  if (difference !== null) throw new BackupFailed('damaged', difference, 'restore another one')
}

async function finish(
  ready: ReadyRestore,
  replaced: string | null,
  before: BackupNote | null,
  options: RestoreOptions,
): Promise<Ended> {
  const { x = [], onProgress } = options
  const { restorer, runner, facts, index, found, tables } = ready
  onProgress?.({ kind: 'step', text: 'asking where it stands' })
  const held = await askPlace(runner, facts, index, restorer.database, x)
  const standing = standingOf(held)
  const difference = held === null ? null : findDifference(held, tables, found.listed.revisions)
  if (difference !== null) {
    const stands =
      replaced === null ? 'the backup is in place' : `the backup is in place, and what it replaced is ${replaced}`
    const failure = {
      kind: 'astray',
      message: difference,
      help: null,
      stands,
      wayBack: wayBack(ready, before, options),
    }
    return { ...NOTHING, kind: 'failed', standing, failure }
  }
  const notes = held === null ? [UNASKED] : []
  if (replaced === null) return { ...NOTHING, standing, notes }
  try {
    await restorer.remove(replaced)
    return { ...NOTHING, standing, notes }
  } catch {
    const left = `what was replaced is still there as ${replaced}`
    return { ...NOTHING, standing, notes: [...notes, left], discard: typedShellCommand(restorer.discard(replaced)) }
  }
}

function wayBack(
  { runner, restorer, facts }: ReadyRestore,
  before: BackupNote | null,
  { x }: RestoreOptions,
): readonly string[] {
  if (before?.kind !== 'file') return []
  const where = { inPlace: restorer.typedName, database: facts.name, x }
  return [restoreCommand(runner.environment.name, shortName(before.path), where)]
}

function failed(error: unknown, state: Pick<RestoreFailure, 'stands' | 'wayBack'>): Ended {
  if (!(error instanceof BackupFailed)) throw error
  const { kind, message, help } = error
  return { ...NOTHING, kind: 'failed', failure: { kind, message, help, ...state } }
}

function standingOf(held: Held | null): RestoredStanding | null {
  return held && { revisions: held.revisions, rows: held.rows }
}
