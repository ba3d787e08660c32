import type { History } from '../history/history.js'
import type { Refusal } from '../plan/plan.js'
import { refusal } from '../plan/refusal.js'
import { trueHeads } from '../rules/support/lineage.js'
import { surplusHeads } from '../rules/support/surplus.js'
import { firstLine, list } from '../rules/support/words.js'
import type { Script } from '../script/script.js'

export type ChosenHeads = { readonly heads: readonly Script[] } | { readonly refusal: Refusal }

/**
 * The heads that somebody named: ids, beginnings of ids, labels, `label@head`, `heads` for all there are. Refused is what
 * Alembic would refuse, and what would only part the history further.
 */
export function findHeads(history: History, names: readonly string[]): ChosenHeads {
  const { map } = history
  const heads: Script[] = []
  for (const name of names) {
    // Alembic's own `heads` leaves out a head that another one depends on.
    const found = name === 'heads' ? { ids: trueHeads(history) } : idsOf(history, name)
    if ('refusal' in found) return found
    for (const id of found.ids) {
      const head = map.get(id)
      if (head !== undefined && !heads.includes(head)) heads.push(head)
    }
  }
  const joined = joinedBy(history, heads)
  if (joined !== null) return { refusal: joined }
  const inner = heads.find(({ revision }) => !map.isHead(revision))
  return inner === undefined ? { heads } : { refusal: notAHead(history, inner) }
}

function idsOf(
  { map, environment }: Pick<History, 'map' | 'environment'>,
  name: string,
): { readonly ids: readonly string[] } | { readonly refusal: Refusal } {
  const look = { help: 'see which heads there are', command: `onehead heads ${environment.name}` }
  const resolved = map.resolve(name)
  if ('error' in resolved) {
    return {
      refusal: refusal('unknown-revision', `"${name}" names no head: ${firstLine(resolved.error.message)}`, look),
    }
  }
  const ids = resolved.revisions.map(({ revision }) => revision)
  if (ids.length === 0) return { refusal: refusal('unknown-revision', `"${name}" names no revision`, look) }
  // A label stands for the revision that declares it; who names it means the end of its branch.
  const isLabel = ids.length === 1 && ids[0] !== name && map.get(ids[0]!)?.branchLabels.includes(name)
  return isLabel ? idsOf({ map, environment }, `${name}@head`) : { ids }
}

/** Somebody has merged them before us. */
function joinedBy({ map }: History, heads: readonly Script[]): Refusal | null {
  if (heads.length < 2) return null
  const ids = heads.map(({ revision }) => revision)
  const merge = findMerge(map, ids)
  if (merge === null) return null
  return refusal('already-joined', `${list(ids)} are joined already, in ${named(merge)}`, {
    path: merge.path,
    help: 'build on that one: there is nothing left to merge',
  })
}

/** The merge revision that has all of these below it, the first one that was made; null where there is none. */
export function findMerge(map: History['map'], ids: readonly string[]): Script | null {
  const merges = map.revisions.filter(({ revision, downRevisions }) => {
    if (downRevisions.length < 2 || ids.includes(revision)) return false
    const below = map.ancestors([revision], { dependencies: false })
    return ids.every((id) => below.has(id))
  })
  const lowest = merges.find((merge) => !merges.some((other) => other !== merge && isBelow(map, other, merge)))
  return lowest ?? null
}

function isBelow(map: History['map'], one: Script, other: Script): boolean {
  return map.ancestors([other.revision], { dependencies: false }).has(one.revision)
}

function notAHead({ map, environment }: History, { revision, path }: Script): Refusal {
  const children = map.children(revision)
  return refusal(
    'not-a-head',
    `${revision} is not a head: ${list(children)} ${children.length === 1 ? 'revises' : 'revise'} it`,
    {
      path,
      help: 'name a head instead: a script on this one would part the history once more',
      command: `onehead heads ${environment.name}`,
    },
  )
}

/**
 * The head that a new revision goes on: the one there is, or the one that is named; none where the history is empty.
 *
 * @param name null: the only head
 */
export function chooseParent(history: History, name: string | null): ChosenHeads {
  const broken = whyUnusable(history)
  if (broken !== null) return { refusal: broken }
  if (name === null) return onlyHead(history)
  const found = findHeads(history, [name])
  if ('refusal' in found || found.heads.length === 1) return found
  return {
    refusal: refusal('several-heads', `"${name}" names several heads: ${ids(found.heads)}`, {
      help: 'name one of them',
    }),
  }
}

function onlyHead(history: History): ChosenHeads {
  const { map, environment } = history
  const heads = trueHeads(history).flatMap((id) => map.get(id) ?? [])
  if (heads.length < 2) return { heads }
  const isExpected = surplusHeads(history, environment.settings.expectedHeads)?.count === 0
  if (isExpected) {
    return {
      refusal: refusal('which-head', `this history has ${heads.length} heads, as it should: ${ids(heads)}`, {
        help: 'say which one the new revision goes on: --head',
      }),
    }
  }
  return {
    refusal: refusal('several-heads', `this history has ${heads.length} heads: ${ids(heads)}`, {
      help: 'bring them to one first, then write the new revision on it',
      command: `onehead fix ${environment.name}`,
    }),
  }
}

/** Nothing is written into a history that Alembic cannot load, or that nobody can read. */
export function whyUnusable({ unreadable, error, uncertain, map, environment }: History): Refusal | null {
  const command = `onehead check ${environment.name}`
  const [file] = unreadable
  if (file !== undefined) {
    return refusal('unreadable-script', `${file.path}: ${file.detail}`, {
      path: file.path,
      help: 'mend this file first',
      command,
    })
  }
  if (map.duplicates.size > 0) {
    const help = 'give one of each pair an id of its own first'
    return refusal('duplicate-revision', `${list([...map.duplicates.keys()])} is declared more than once`, {
      help,
      command: `onehead fix ${environment.name}`,
    })
  }
  if (error !== null)
    return refusal('alembic-error', `Alembic cannot load this history: ${firstLine(error.message)}`, {
      help: 'see where',
      command,
    })
  if (uncertain || map.cycles.length > 0) {
    return refusal('uncertain', 'the heads of this history cannot be told', { help: 'see why', command })
  }
  return null
}

function named({ revision, message }: Script): string {
  const said = firstLine(message)
  return said === '' ? revision : `${revision} (${said})`
}

function ids(scripts: readonly Script[]): string {
  return list(scripts.map(named))
}
