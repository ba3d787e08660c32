import { join } from 'node:path'
import type { RestoreOutcome, RestorePlan } from '@onehead/core'
import { realDisk } from '../apply/disk.js'
import { withLock } from '../apply/lock.js'
import { ApplyRefused } from '../apply/refused.js'
import { labelOf } from '../database/backup.js'
import { lockFolder } from '../database/backup-folder.js'
import { makeStateFolder } from '../database/keep.js'
import { askTarget } from '../restore/ask-target.js'
import { restoreBeside, restoreInPlace } from '../restore/carry-out.js'
import type { RestoreOptions } from '../restore/options.js'
import { planRestore, type ReadyRestore } from '../restore/plan-restore.js'
import { restoreCommand } from '../restore/restore-command.js'

const UNTOUCHED = {
  before: null,
  undo: null,
  standing: null,
  look: null,
  discard: null,
  notes: [],
  failure: null,
} as const

/**
 * Restores one backup of one database: to a new place, or (on the user's explicit word) in its stead. Reads the backup to its end before
 * anything is touched, and in place backs up first, loads beside and compares before anything is replaced. Ends nobody's session. Throws
 * `UsageError` as `openWorkspace` does, and where not exactly one environment is meant.
 */
export async function restore(options: RestoreOptions): Promise<RestoreOutcome> {
  const target = await askTarget(options, 'restore')
  const planned = await planRestore(target, options)
  const plan = 'plan' in planned ? planned.plan : planned
  options.onProgress?.({ kind: 'planned', plan })
  if (!('plan' in planned)) return { plan, kind: 'refused', ...UNTOUCHED }
  if (options.dryRun) return { plan, kind: 'untouched', ...UNTOUCHED }
  if (!options.inPlace) return { plan, ...(await restoreBeside(planned, options)) }
  const refusal = await unconfirmed(planned, options)
  if (refusal !== null) return { plan: { ...plan, refusal }, kind: 'refused', ...UNTOUCHED }
  try {
    const lock = lockPath(planned, options)
    const work = () => restoreInPlace(planned, target.workspace.configuration, options)
    return { plan, ...(await withLock(realDisk, lock, work, 0)) }
  } catch (error) {
    if (!(error instanceof ApplyRefused)) throw error
    const message = 'another onehead restores this database just now'
    const refused = { kind: 'locked', message, help: 'run it again when that has ended', command: null }
    return { plan: { ...plan, refusal: refused }, kind: 'refused', ...UNTOUCHED }
  }
}

/** Null where a person has typed the name of what will be replaced. */
async function unconfirmed(
  { plan, restorer, runner, facts, found }: ReadyRestore,
  { confirmed, confirm, x }: RestoreOptions,
): Promise<RestorePlan['refusal']> {
  const name = restorer.typedName
  const typed = confirmed ?? (confirm === undefined ? null : await confirm(plan, name))
  if (typed === name) return null
  const wanted = { inPlace: name, database: facts.name, x }
  return {
    kind: 'unconfirmed',
    message: typed === null ? `${name} would be replaced, and nobody has said its name` : `${typed} is not ${name}`,
    help: 'type the name of the database that is to be replaced',
    command: restoreCommand(runner.environment.name, found.listed.backup, wanted),
  }
}

function lockPath({ facts }: ReadyRestore, { shell = process.env }: RestoreOptions): string {
  const folder = lockFolder(shell)
  makeStateFolder(folder)
  return join(folder, `restore-${labelOf(facts)}.lock`)
}
