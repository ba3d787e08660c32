import type { Script } from '../../script/script.js'
import type { Fix, RuleContext } from '../rule.js'
import { fixCommand } from './command.js'
import { newestOf } from './docstring.js'
import { reparentEdits } from './edits.js'
import { ancestry, isMergeWithoutParents } from './lineage.js'
import { firstLine } from './words.js'

export interface Remedy {
  readonly help: string | null
  readonly fix: Fix | null
  readonly notes: readonly string[]
}

/**
 * How several heads become one: the unpublished line goes on top of the other where that is one edit of a script that
 * nobody has yet; else a merge revision, if that can be told. `heads` come with what is not published first.
 */
export function joinHeads(context: RuleContext, heads: readonly Script[]): Remedy {
  const { environment, map } = context.history
  const { expectedHeads } = environment.settings
  if (typeof expectedHeads === 'number' && expectedHeads > 1) {
    return { help: 'merge the heads that belong together, or correct `expectedHeads`', fix: null, notes: [] }
  }
  // Ids in duplicate cannot be named: Alembic answers a merge of them with an error of its own.
  if (heads.some((head) => map.duplicates.has(head.revision))) return { help: null, fix: null, notes: [] }
  const empty = heads.find((head) => isMergeWithoutParents(head) && !context.mayBePublished(head.revision))
  if (empty !== undefined && heads.length === 2) {
    return { help: `delete ${empty.path}: it merges nothing`, fix: null, notes: [] }
  }
  return (heads.length === 2 ? reparent(context, heads) : null) ?? merge(context, heads)
}

function reparent(context: RuleContext, heads: readonly Script[]): Remedy | null {
  const movable = heads.filter((head) => !context.mayBePublished(head.revision))
  const moved = newestOf(movable)
  const target = heads.find((head) => head !== moved)
  if (moved === undefined || target === undefined) return null
  for (const candidate of [moved, ...movable.filter((head) => head !== moved)]) {
    const onto = candidate === moved ? target : moved
    const step = lowestStep(context, candidate, onto)
    const edits = step && reparentEdits(context, step.script, step.parent, onto.revision)
    if (edits === null) continue
    const published = context.isPublished(onto.revision) ? 'published' : 'other'
    return {
      help: `put it on top of the ${published} head`,
      fix: { applicability: 'ask', edits, command: fixCommand(context.history) },
      notes: [
        `a database that already has ${step!.script.revision} would skip ${onto.revision} for ever: the command tells the way before it writes`,
      ],
    }
  }
  return null
}

/**
 * The one script through which the line of `head` hangs on what it shares with `onto`, and the parent to replace (null
 * for a base). Null where the line hangs on several, or where a part of it may be published.
 */
function lowestStep(
  context: RuleContext,
  head: Script,
  onto: Script,
): { readonly script: Script; readonly parent: string | null } | null {
  const { history } = context
  const shared = ancestry(history, onto.revision)
  const own = [...ancestry(history, head.revision)].filter((id) => !shared.has(id))
  if (own.some((id) => context.mayBePublished(id))) return null
  const steps: { script: Script; parent: string | null }[] = []
  for (const id of own) {
    const script = history.map.get(id)
    if (script === undefined) return null
    if (script.downRevisions.length === 0) steps.push({ script, parent: null })
    for (const parent of new Set(script.downRevisions)) if (shared.has(parent)) steps.push({ script, parent })
  }
  return steps.length === 1 ? steps[0]! : null
}

/** Where nobody can tell what is published, `fix` asks git, and may well re-parent: so nothing is promised. */
function merge({ history, isPublished, mayBePublished }: RuleContext, heads: readonly Script[]): Remedy {
  const isUnknown = heads.some(({ revision }) => mayBePublished(revision) && !isPublished(revision))
  return {
    help: isUnknown ? 'bring the history back to one head' : 'add a merge revision',
    fix: { applicability: 'ask', edits: [], command: fixCommand(history) },
    notes: [],
  }
}

/** Says what comes together, because `merge heads` tells a reader nothing. */
export function mergeMessage(heads: readonly Script[]): string {
  const names = heads.slice(0, 2).map((head) => firstLine(head.message) || head.revision)
  return `merge ${names.join(' and ')}${heads.length > 2 ? ` and ${heads.length - 2} more` : ''}`
}
