import { freshId } from '../rules/duplicate-revision.js'
import { docstringEdits, literalEdit } from '../rules/support/edits.js'
import { baseName, folderOf, list } from '../rules/support/words.js'
import type { Script } from '../script/script.js'
import type { Edit } from '../text/span.js'
import type { PlanContext } from './context.js'
import type { Draft } from './draft.js'
import type { Refusal, Repair } from './plan.js'
import { refusal } from './refusal.js'

export interface Mended {
  readonly renamed: Repair['renamed']
  readonly mended: Repair['mended']
  readonly refusals: readonly Refusal[]
}

/**
 * Gives every script that declares an id which another one has an id of its own: the file nobody else has, never the
 * published one. Its unpublished children and dependents follow it. A copy that is the same byte for byte is deleted.
 */
export function mendDuplicates(draft: Draft, context: PlanContext): Mended {
  const renamed: Repair['renamed'][number][] = []
  const mended: Repair['mended'][number][] = []
  const refusals: Refusal[] = []
  for (const [id, scripts] of draft.history.map.duplicates) {
    const kept = keptOf(id, scripts, context)
    if (kept === null) {
      refusals.push(undecided(id, scripts))
      continue
    }
    const others = scripts.filter((script) => script !== kept)
    for (const [index, script] of others.entries()) {
      if (isCopy(draft, kept, script)) {
        draft.remove(script.path)
        mended.push({ rule: 'duplicate-revision', path: script.path, text: `deletes a copy of ${kept.path}` })
      } else renamed.push(giveNewId(draft, context, script, index === others.length - 1))
    }
  }
  return { renamed, mended, refusals }
}

/** The script that keeps the id: the published one, or the only one that is older than the others. */
function keptOf(id: string, scripts: readonly Script[], { standing }: PlanContext): Script | null {
  const place = standing.publishedPath(id)
  if (place !== null) return scripts.find(({ path }) => path === place) ?? null
  if (standing.publishedIn(id) !== null) return null
  const dates = scripts.map((script) => /^[ \t]*Create Date:[ \t]*(.+)$/m.exec(script.longdoc)?.[1]?.trim() ?? null)
  if (dates.includes(null) || new Set(dates).size < dates.length) return null
  return scripts[dates.indexOf([...dates].sort()[0]!)]!
}

function isCopy(draft: Draft, one: Script, other: Script): boolean {
  const [left, right] = [draft.source(one.path), draft.source(other.path)]
  return left.length === right.length && left.every((byte, index) => byte === right[index])
}

/** @param takesChildren true where scripts that nobody else has and that name the id mean this one */
function giveNewId(
  draft: Draft,
  { standing }: PlanContext,
  script: Script,
  takesChildren: boolean,
): Repair['renamed'][number] {
  const { revision, path, spans } = script
  const id = freshId(draft.history, path)
  const edits: Edit[] = [
    ...(spans.revision === null ? [] : [literalEdit(draft, path, spans.revision, id)]),
    ...docstringEdits(draft, script, 'Revision ID', [id]),
  ]
  const followers = draft.history.scripts.filter(
    (other) => other.path !== path && takesChildren && standing.publishedIn(other.revision) === null,
  )
  for (const other of followers) edits.push(...referenceEdits(draft, other, revision, id))
  draft.edit(edits)
  const name = baseName(path)
  const folder = folderOf(path)
  const to = name.includes(revision) ? name.replace(revision, () => id) : name
  const free = draft.history.scripts.every((other) => baseName(other.path) !== to)
  if (to === name || !free) return { from: revision, to: id, path, formerPath: path }
  const target = folder === '' ? to : `${folder}/${to}`
  draft.rename(path, target)
  return { from: revision, to: id, path: target, formerPath: path }
}

function referenceEdits(draft: Draft, script: Script, from: string, to: string): Edit[] {
  const edits: Edit[] = []
  const { downRevisions, dependsOn, spans, path } = script
  downRevisions.forEach((id, index) => {
    const span = spans.downRevisions[index]
    if (id === from && span !== undefined) edits.push(literalEdit(draft, path, span, to))
  })
  dependsOn.forEach((id, index) => {
    const span = spans.dependsOn[index]
    if (id === from && span !== undefined) edits.push(literalEdit(draft, path, span, to))
  })
  if (!downRevisions.includes(from)) return edits
  const parents = downRevisions.map((id) => (id === from ? to : id))
  return [...edits, ...docstringEdits(draft, script, 'Revises', parents)]
}

function undecided(id: string, scripts: readonly Script[]): Refusal {
  return refusal(
    'duplicate',
    `${list(scripts.map(({ path }) => path))} declare ${id}, and nothing tells which was first`,
    {
      path: scripts[0]!.path,
      help: 'give the script that no database has run an id of its own',
    },
  )
}
