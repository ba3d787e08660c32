import type { History } from '../history/history.js'
import type { ScriptOperations } from '../operations/operation.js'
import { firstLine } from '../rules/support/words.js'
import { oursFor } from '../status/invocation.js'
import { findStanding } from '../status/standing.js'
import type { DatabaseStatus, EnvironmentStatus } from '../status/status.js'
import { upgradeOrder } from '../status/upgrade-order.js'
import { madeBy } from './made-by.js'
import { refuseDatabase, refuseTarget } from './refuse.js'
import type { StampCall, StampedDatabase, StampedRevision, StampPlan } from './stamp.js'
import type { UpgradeRefusal } from './upgrade.js'

export interface StampWish {
  /** Ids, labels, `head`, `heads`, `base`; at least one. */
  readonly revisions: readonly string[]
  /** Empty the version table first. */
  readonly purge: boolean
  /** False where its Alembic takes only one revision at a time (Flask-Migrate). */
  readonly takesSeveral: boolean
  /** Of each database in env.py's order: its version table, with its schema where it has one. */
  readonly versionTables: readonly string[]
  /** What a script does; null where it cannot be parsed. */
  readonly operations: (path: string) => ScriptOperations | null
}

/**
 * What a stamp would write into each version table of an environment, and what would count as run, or as not run, from then on. Pure:
 * nobody has looked into the databases yet. Refused where Alembic would refuse, and where its rows would contradict each other.
 */
export function planStamp(history: History, status: EnvironmentStatus, wish: StampWish): StampPlan {
  const { revisions, purge } = wish
  const refused = (refusal: UpgradeRefusal): StampPlan => ({ status, revisions, calls: [], databases: [], refusal })
  const targets = findTargets(history, status, revisions)
  if ('kind' in targets) return refused(targets)
  const unusable = refuseDatabase(status, purge ? ['unknown', 'overlapping'] : ['overlapping'])
  if (unusable !== null) return refused(refuseUnknown(status, unusable, revisions))
  const databases = status.databases.map((database, index) => {
    const to = purge ? targets.ids : rowsThen(history, database.currentRevisions, targets)
    return planDatabase(history, database, [...to].sort(), wish, index)
  })
  for (const { to } of databases) {
    const overlap = refuseOverlap(history, status, to)
    if (overlap !== null) return refused(overlap)
  }
  const calls = findCalls(databases, wish)
  return calls === null
    ? refused(refuseApart(status, databases))
    : { status, revisions, calls, databases, refusal: null }
}

/** What is to be written, and whose lineage it takes the place of. */
interface Targets {
  readonly ids: readonly string[]
  /** Labels or ids of branches that go to base; `base` is all of them. */
  readonly cleared: readonly string[]
}

function findTargets(
  { map }: History,
  status: EnvironmentStatus,
  revisions: readonly string[],
): Targets | UpgradeRefusal {
  const [ids, cleared]: [string[], string[]] = [[], []]
  for (const revision of revisions) {
    const resolved = map.resolve(revision)
    if ('error' in resolved) {
      const { message } = resolved.error
      return refuseTarget(
        status,
        revision,
        revision === 'head' && map.heads.length > 1 ? severalHeads(map.heads) : message,
      )
    }
    const found = resolved.revisions.map((one) => one.revision)
    ids.push(...found)
    if (found.length === 0) cleared.push(revision === 'base' ? 'base' : revision.slice(0, revision.lastIndexOf('@')))
  }
  return { ids: [...new Set(ids)], cleared }
}

const severalHeads = (heads: readonly string[]): string =>
  `there are ${heads.length} heads, ${heads.join(' and ')}: say which, or heads for all of them`

/** Rows of the same lineage make room, as in Alembic; those of other branches stay. */
function rowsThen({ map }: History, rows: readonly string[], { ids, cleared }: Targets): readonly string[] {
  if (cleared.includes('base')) return ids
  const related = new Set([...map.ancestors(ids), ...map.descendants(ids)])
  const plain = { dependencies: false }
  for (const label of cleared) {
    const resolved = map.resolve(label)
    const own = 'error' in resolved ? [] : resolved.revisions.map(({ revision }) => revision)
    for (const id of [...map.ancestors(own, plain), ...map.descendants(own, plain)]) related.add(id)
  }
  return [...ids, ...rows.filter((row) => !related.has(row))]
}

function planDatabase(
  history: History,
  status: DatabaseStatus,
  to: readonly string[],
  { operations, versionTables }: StampWish,
  index: number,
): StampedDatabase {
  const { map } = history
  const before = surelyRun(history, status.currentRevisions)
  const then = map.ancestors(to)
  const notes = (ids: readonly string[], applied: ReadonlySet<string>) =>
    ids.map((revision): StampedRevision => {
      const { message, path } = map.get(revision)!
      const made = madeBy(history, [revision], applied, operations, status.name)
      const seen = made.length === 0 ? (operations(path)?.upgrade.isEmpty ? 'there' : 'nothing') : 'unseen'
      return { revision, message: firstLine(message), path, made, seen, lacking: [] }
    })
  const marked = upgradeOrder(map, before, to) ?? [...then].filter((id) => !before.has(id))
  const gone = upgradeOrder(map, then, [...before]) ?? [...before].filter((id) => !then.has(id))
  return {
    ...{ status, to, marked: notes(marked, then), unmarked: notes([...gone].reverse(), before) },
    putBack: findPutBack(history, status, versionTables[index] ?? 'alembic_version'),
  }
}

/** Of two rows of which one lies above the other, only the lower is certain: the other may have come there by a repair. */
function surelyRun({ map }: History, rows: readonly string[]): ReadonlySet<string> {
  const known = rows.filter((id) => map.has(id))
  const isAbove = (id: string) => known.some((other) => other !== id && map.ancestors([id]).has(other))
  return map.ancestors(known.filter((id) => !isAbove(id)))
}

function findPutBack(
  history: History,
  { currentRevisions: rows, standing }: DatabaseStatus,
  versionTable: string,
): StampedDatabase['putBack'] {
  if (standing.kind === 'unknown' || standing.kind === 'overlapping' || findStanding(history, rows).kind === 'untold')
    return { sql: [`DELETE FROM ${versionTable}`, ...rows.map((id) => insert(versionTable, id))] }
  if (rows.length === 0) return { steps: [{ command: 'stamp', revision: 'base' }] }
  return {
    steps: rows.map((revision, index) => ({ command: 'stamp', revision, ...(index === 0 ? { purge: true } : {}) })),
  }
}

const insert = (table: string, id: string): string =>
  `INSERT INTO ${table} (version_num) VALUES ('${id.replaceAll("'", "''")}')`

/** The rows as they shall be are named, so that Alembic has nothing to guess; null where the databases need different ones. */
function findCalls(
  databases: readonly StampedDatabase[],
  { purge, takesSeveral }: StampWish,
): readonly StampCall[] | null {
  const [first] = databases
  if (first === undefined) return []
  if (databases.some(({ to }) => to.join(' ') !== first.to.join(' '))) return null
  const isOneLine = databases.every(
    ({ status }) =>
      status.currentRevisions.length < 2 || (first.to.length === 0 && status.standing.kind !== 'overlapping'),
  )
  const empties = purge || !isOneLine || first.to.length > 1
  if (first.to.length === 0) return [{ revisions: ['base'], purge: empties }]
  if (takesSeveral) return [{ revisions: first.to, purge: empties }]
  return first.to.map((revision, index) => ({ revisions: [revision], purge: empties && index === 0 }))
}

function refuseApart(status: EnvironmentStatus, databases: readonly StampedDatabase[]): UpgradeRefusal {
  const notes = databases.map(({ status, to }) => `${status.name ?? status.address}: ${to.join(', ') || 'base'}`)
  return {
    kind: 'target',
    message: 'its databases stand on different branches, and would need different rows',
    notes,
    help: 'name every row that all of them shall have, with --purge',
    command: oursFor(status, ['status', status.name]),
  }
}

/** What `status` found out about it, and the two ways on. */
function refuseUnknown(
  status: EnvironmentStatus,
  refusal: UpgradeRefusal,
  revisions: readonly string[],
): UpgradeRefusal {
  if (status.databases.every(({ unknown }) => unknown.length === 0)) return refusal
  const places = status.databases.flatMap(({ unknown }) =>
    unknown.flatMap(({ revision, whereabouts }) => sayPlace(revision, whereabouts)),
  )
  const search = refusal.command === null ? [] : [`if its script is to come back: ${refusal.command}`]
  return {
    ...refusal,
    notes: [...places, 'Alembic stamps over such a row only by emptying the table first', ...search],
    help: 'see that it is the right database; then stamp with --purge',
    command: oursFor(status, ['stamp', status.name, ...revisions, '--purge', '--dry-run']),
  }
}

function sayPlace(
  revision: string,
  whereabouts: EnvironmentStatus['databases'][number]['unknown'][number]['whereabouts'],
) {
  if (whereabouts === null) return []
  const { path, refs, removed, renamedTo } = whereabouts
  if (renamedTo !== null) return [`${revision} has the id ${renamedTo} since`]
  if (removed !== null) return [`${revision} was ${path}, taken away by ${removed.commit.slice(0, 7)}`]
  const [ref] = refs
  return [`${revision} is ${path}${ref === undefined ? ', on no branch any more' : ` on ${ref.name}`}`]
}

/** Alembic writes both, and refuses every upgrade afterwards. */
function refuseOverlap(history: History, status: EnvironmentStatus, to: readonly string[]): UpgradeRefusal | null {
  const standing = findStanding(history, to)
  if (standing.kind !== 'overlapping') return null
  const { above, below } = standing
  const rest = to.filter((id) => id !== below)
  return {
    kind: 'overlap',
    message: `${above} stands for ${below} too, which lies below it: with both rows Alembic would refuse every upgrade`,
    notes: [],
    help: `leave ${below} out`,
    command: oursFor(status, ['stamp', status.name, ...rest, '--purge', '--dry-run']),
  }
}
