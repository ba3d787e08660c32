import { sortHistory } from '../revision/history-order.js'
import type { Revision } from '../revision/revision.js'
import type { RevisionMap } from '../revision/revision-map.js'

/** What `alembic downgrade` would undo, in its order. */
export interface Downgrade {
  readonly order: readonly string[]
  /** The rows of the version table then; sorted. */
  readonly to: readonly string[]
}

/** Why a target is none; lower case, no full stop. */
export interface NoTarget {
  readonly message: string
  /** Targets that would be clear. */
  readonly instead: readonly string[]
}

/** `[label@][id](+|-)N`, as Alembic reads it. */
const RELATIVE = /^(?:(.+?)@)?(\w+)?([+-]\d+)$/

/**
 * What `alembic downgrade <target>` would undo on a database with these rows: everything above the target, and what depends on any of that.
 *
 * @param rows known to the map, none above another
 * @param target an id or its beginning, a label, `base`, `label@base`, `-1`, `label@-1`, `id-1`
 */
export function findDowngrade<R extends Revision>(
  map: RevisionMap<R>,
  rows: readonly string[],
  target: string,
): Downgrade | NoTarget {
  const aim = findAim(map, rows, target)
  if ('message' in aim) return aim
  const roots = findRoots(map, aim)
  if (roots === null) return no(`${target} is on no branch that goes on from there`)
  const active = map.ancestors(rows)
  const gone = new Set([...map.descendants(roots)].filter((id) => active.has(id)))
  if (gone.size === 0 && aim.id !== null && !rows.includes(aim.id))
    return no(`${aim.id} is not below where the database stands, at ${rows.join(' and ') || 'base'}`)
  const kept = [...active].filter((id) => !gone.has(id))
  return { order: downgradeOrder(map, rows, gone), to: topsOf(map, kept) }
}

/** Where a downgrade goes, and on which branch. Null is base. */
interface Aim {
  readonly id: string | null
  readonly branch: string | null
}

const no = (message: string, instead: readonly string[] = []): NoTarget => ({ message, instead })

function findAim<R extends Revision>(map: RevisionMap<R>, rows: readonly string[], target: string): Aim | NoTarget {
  const relative = RELATIVE.exec(target)
  if (relative === null) {
    const at = target.lastIndexOf('@')
    return aimAt(map, target.slice(at + 1), at > 0 ? target.slice(0, at) : null)
  }
  const [, label = null, symbol = null, distance = ''] = relative
  const steps = Number(distance)
  if (steps > 0) return no(`${target} leads up, not down`)
  if (symbol !== null) {
    const from = aimAt(map, symbol, label)
    return 'message' in from ? from : walkDown(map, from.id, -steps, label, target)
  }
  const from = label === null ? rows : rows.filter((row) => isInLineage(map, row, label))
  const [row] = from
  if (row === undefined) return no(`${target} leads nowhere: the database stands at ${rows.join(' and ') || 'base'}`)
  if (from.length > 1)
    return no(
      `${target} is ambiguous: the database stands at ${rows.join(' and ')}`,
      from.map((one) => `${one}@${distance}`),
    )
  return walkDown(map, row, -steps, label ?? row, target)
}

function aimAt<R extends Revision>(map: RevisionMap<R>, symbol: string, branch: string | null): Aim | NoTarget {
  if (branch !== null && 'error' in map.resolve(branch)) return no(`no branch here is called ${branch}`)
  if (symbol === 'base') return { id: null, branch }
  const resolved = map.resolve(symbol)
  if ('error' in resolved) return no(resolved.error.message || `no revision here is called ${symbol}`)
  const ids = resolved.revisions.map(({ revision }) => revision)
  if (ids.length !== 1) return no(`${symbol} is not one revision`, ids)
  return { id: ids[0]!, branch }
}

function walkDown<R extends Revision>(
  map: RevisionMap<R>,
  start: string | null,
  steps: number,
  branch: string | null,
  target: string,
): Aim | NoTarget {
  let id = start
  for (let left = steps; left > 0; left--) {
    // As declared: one that is named twice is two to Alembic.
    const parents = id === null ? null : (map.get(id)?.downRevisions ?? [])
    if (parents === null) return no(`${target} leads below the first revision`)
    if (parents.length > 1)
      return no(`${target} is ambiguous: ${id} has ${parents.length} parents`, [...new Set(parents)])
    id = parents[0] ?? null
  }
  return { id, branch }
}

/** The first revisions to go; null where none of them is on the branch. */
function findRoots<R extends Revision>(map: RevisionMap<R>, { id, branch }: Aim): readonly string[] | null {
  const roots = id === null ? map.bases : map.children(id)
  if (branch === null || roots.length < 2) return roots
  const resolved = map.resolve(branch)
  const meant = 'error' in resolved ? [] : resolved.revisions.map(({ revision }) => revision)
  const below = map.ancestors(meant, { dependencies: false })
  const own = roots.filter((root) => below.has(root))
  return own.length === 0 ? null : own
}

function isInLineage<R extends Revision>(map: RevisionMap<R>, row: string, label: string): boolean {
  const resolved = map.resolve(label)
  if ('error' in resolved) return false
  const ids = resolved.revisions.map(({ revision }) => revision)
  const plain = { dependencies: false }
  return map.ancestors(ids, plain).has(row) || map.descendants(ids, plain).has(row)
}

function downgradeOrder<R extends Revision>(
  map: RevisionMap<R>,
  rows: readonly string[],
  gone: ReadonlySet<string>,
): readonly string[] {
  const ids = map.revisions.map(({ revision }) => revision)
  const slots = new Map(ids.map((id, slot) => [id, slot]))
  const edges = ids.map((id) =>
    gone.has(id)
      ? [...new Set([...map.parents(id), ...map.normalizedDependencies(id)])]
          .filter((up) => gone.has(up))
          .map((up) => slots.get(up)!)
      : [],
  )
  const todo = Uint8Array.from(ids, (id) => (gone.has(id) ? 1 : 0))
  const heads = rows.filter((id) => gone.has(id)).map((id) => slots.get(id)!)
  const order = sortHistory(
    todo,
    heads.sort((a, b) => a - b),
    edges,
  )
  return order.map((slot) => ids[slot]!)
}

/** Those that nothing else among them stands on: what Alembic writes as rows. */
export function topsOf<R extends Revision>(map: RevisionMap<R>, ids: readonly string[]): readonly string[] {
  const below = new Set(ids.flatMap((id) => [...map.parents(id), ...map.dependencies(id)]))
  return ids.filter((id) => !below.has(id)).sort()
}
