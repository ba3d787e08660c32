import type { History } from '../history/history.js'
import type { ScriptOperations } from '../operations/operation.js'
import { firstLine } from '../rules/support/words.js'
import { oursFor } from '../status/invocation.js'
import type { DatabaseStatus, EnvironmentStatus } from '../status/status.js'
import type { DowngradedDatabase, DowngradePlan, UndoneRevision } from './downgrade.js'
import { findDowngrade, type NoTarget } from './downgrade-order.js'
import { lostBy } from './lost-by.js'
import { findWayBack } from './plan-upgrade.js'
import { refuseDatabase, refuseTarget } from './refuse.js'
import type { UpgradePlan, UpgradeRefusal } from './upgrade.js'

export interface DowngradeWish {
  /** What `alembic downgrade` is to go to. */
  readonly to: string
  readonly backup: UpgradePlan['backup']
  /** Go on although a downgrade() on the way raises, does nothing, or cannot be read: only on the user's explicit word. */
  readonly acceptIrreversible: boolean
  /** What a script does; null where it cannot be parsed. */
  readonly operations: (path: string) => ScriptOperations | null
  /** Of each database in env.py's order: tables that a failed batch operation has left. */
  readonly leftovers: readonly (readonly string[])[]
}

/**
 * What a downgrade would undo on each database of an environment, what that loses, and how it is brought up again. Pure. Refused where
 * Alembic would refuse or choose by chance, and where a downgrade() on the way does not undo its revision.
 */
export function planDowngrade(history: History, status: EnvironmentStatus, wish: DowngradeWish): DowngradePlan {
  const { to, backup } = wish
  const plan = (databases: readonly DowngradedDatabase[], refusal: UpgradeRefusal | null): DowngradePlan => ({
    ...{ status, target: to, databases: refusal === null ? databases : [], refusal, backup },
  })
  const refusal = refuseDatabase(status)
  if (refusal !== null) return plan([], refusal)
  const databases: DowngradedDatabase[] = []
  for (const [index, database] of status.databases.entries()) {
    const planned = planDatabase(history, database, wish, index)
    if ('message' in planned) return plan([], refuseNoTarget(status, to, planned))
    databases.push(planned)
  }
  return plan(databases, wish.acceptIrreversible ? null : refuseIrreversible(status, databases, to))
}

function planDatabase(
  { map }: History,
  status: DatabaseStatus,
  { to, operations, leftovers }: DowngradeWish,
  index: number,
): DowngradedDatabase | NoTarget {
  const rows = status.currentRevisions
  const found = findDowngrade(map, rows, to)
  if ('message' in found) return found
  const undone = found.order.map((revision): UndoneRevision => {
    const { message, path } = map.get(revision)!
    const read = operations(path)
    return { revision, message: firstLine(message), path, by: findWayBack(read), ...lostBy(read, status.name) }
  })
  const back = rows.filter((row) => !found.to.includes(row))
  return {
    ...{ status, undone, to: found.to, leftovers: leftovers[index] ?? [] },
    back: back.map((revision) => ({ command: 'upgrade', revision })),
  }
}

function refuseNoTarget(status: EnvironmentStatus, to: string, { message, instead }: NoTarget): UpgradeRefusal {
  const [first] = instead
  if (first === undefined) return refuseTarget(status, to, message)
  const help = `say which is meant: ${instead.join(' or ')}`
  const command = oursFor(status, ['downgrade', status.name, '--to', first, '--dry-run'])
  return { kind: 'target', message, notes: [], help, command }
}

const WHY = {
  raises: 'its downgrade() raises',
  empty: 'its downgrade() does nothing, and what it made would stay',
  unknown: 'its downgrade() cannot be read without running it',
}

function refuseIrreversible(
  status: EnvironmentStatus,
  databases: readonly DowngradedDatabase[],
  to: string,
): UpgradeRefusal | null {
  const stops = databases.flatMap(({ undone }) => undone.filter(({ by }) => by !== 'downgrade'))
  const [first] = stops
  if (first === undefined) return null
  const notes = new Set(stops.map(({ revision, by }) => `${revision}: ${by === 'downgrade' ? '' : WHY[by]}`))
  return {
    kind: 'irreversible',
    message: `${first.revision} cannot be undone`,
    notes: [...notes],
    help: 'go back to a backup instead; or write what undoes it; --accept-irreversible goes on all the same',
    command: oursFor(status, ['downgrade', status.name, '--to', to, '--accept-irreversible', '--dry-run']),
  }
}

/** True where a database with these rows has lost what was to be undone, and nothing else. */
export function hasLeft({ map }: History, rows: readonly string[], { to }: Pick<DowngradedDatabase, 'to'>): boolean {
  const [is, should] = [map.ancestors(rows), map.ancestors(to)]
  return rows.every((id) => map.has(id)) && is.size === should.size && [...should].every((id) => is.has(id))
}
