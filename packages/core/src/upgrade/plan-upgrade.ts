import type { History } from '../history/history.js'
import type { ScriptOperations } from '../operations/operation.js'
import type { DatabaseStep } from '../plan/plan.js'
import type { DatabaseStatus, EnvironmentStatus, RevisionNote } from '../status/status.js'
import { upgradeOrder } from '../status/upgrade-order.js'
import { refuseDatabase, refuseTarget } from './refuse.js'
import type { PendingRevision, PlannedDatabase, UndoneBy, UpgradePlan, UpgradeRefusal } from './upgrade.js'

export interface UpgradeWish {
  /** What `alembic upgrade` is to go to; null is the head, or all heads. */
  readonly to: string | null
  readonly backup: UpgradePlan['backup']
  /** What a script does; null where it cannot be parsed. */
  readonly operations: (path: string) => ScriptOperations | null
  /** Of each database in env.py's order: tables that a failed batch operation has left. */
  readonly leftovers: readonly (readonly string[])[]
}

/** Where an upgrade goes: in words for Alembic, and as ids. */
interface Target {
  readonly text: string
  readonly ids: readonly string[]
}

/**
 * What an upgrade would run on each database of an environment, in which order, and how it is undone. Pure. Refused where Alembic would
 * refuse, where nobody can tell what it would do, and where it would pass over something for ever.
 */
export function planUpgrade(history: History, status: EnvironmentStatus, wish: UpgradeWish): UpgradePlan {
  const { backup } = wish
  const refused = (refusal: UpgradeRefusal, target = wish.to ?? 'head'): UpgradePlan => ({
    ...{ status, target, targetIds: [], databases: [], refusal, backup },
  })
  const target = findTarget(history, wish.to)
  if ('message' in target) return refused(refuseTarget(status, wish.to!, target.message))
  const refusal = refuseDatabase(status)
  if (refusal !== null) return refused(refusal, target.text)
  const databases = status.databases.map((database, index) => planDatabase(history, database, target, wish, index))
  return { status, target: target.text, targetIds: target.ids, databases, refusal: null, backup }
}

function findTarget({ map }: History, to: string | null): Target | { readonly message: string } {
  if (to === null) return { text: map.heads.length > 1 ? 'heads' : 'head', ids: map.resolvedHeads }
  if (/^[+-]\d+$/.test(to))
    return { message: `what ${to} means depends on where each database stands: name a revision` }
  const resolved = map.resolve(to)
  if ('error' in resolved) return { message: resolved.error.message }
  const ids = resolved.revisions.map(({ revision }) => revision)
  return { text: ids.length === 1 ? ids[0]! : to, ids }
}

function planDatabase(
  { map }: History,
  status: DatabaseStatus,
  target: Target,
  { operations, leftovers }: UpgradeWish,
  index: number,
): PlannedDatabase {
  const order = upgradeOrder(map, map.ancestors(status.currentRevisions), target.ids) ?? []
  const known = new Map(status.pending?.map((note) => [note.revision, note]))
  const pending = order.map((revision): PendingRevision => {
    const note: RevisionNote = known.get(revision)!
    return { ...note, back: findWayBack(operations(note.path)) }
  })
  const back = stepBack(status.currentRevisions, order, (id) => map.ancestors([id]))
  return { status, pending, back, leftovers: leftovers[index] ?? [] }
}

/** What undoes a revision, by its own downgrade(). */
export function findWayBack(operations: ScriptOperations | null): UndoneBy {
  if (operations === null) return 'unknown'
  const { upgrade, downgrade } = operations
  if (downgrade.raises) return 'raises'
  return downgrade.isEmpty && !upgrade.isEmpty ? 'empty' : 'downgrade'
}

/** From one row everything above it is undone by naming it; from several, nothing that one step could name is certain. */
function stepBack(
  rows: readonly string[],
  pending: readonly string[],
  ancestors: (id: string) => ReadonlySet<string>,
): DatabaseStep | null {
  if (rows.length === 0) return { command: 'downgrade', revision: 'base' }
  const [row] = rows
  const isAbove = pending.every((id) => ancestors(id).has(row!))
  return rows.length === 1 && isAbove ? { command: 'downgrade', revision: row! } : null
}

/** True where a database with these rows has everything that the target asks for. */
export function hasReached({ map }: History, rows: readonly string[], targetIds: readonly string[]): boolean {
  return rows.every((id) => map.has(id)) && upgradeOrder(map, map.ancestors(rows), targetIds)?.length === 0
}
