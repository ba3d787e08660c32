import { findComponents } from '../graph/components.js'
import type { History } from '../history/history.js'
import type { Script } from '../script/script.js'
import { fingerprint } from './engine/fingerprint.js'
import { defineRule, type Finding, type Fix, type RuleContext } from './rule.js'
import { fixCommand } from './support/command.js'
import { createDate, newestOf } from './support/docstring.js'
import { docstringEdits, literalEdit, START } from './support/edits.js'
import { baseName, count } from './support/words.js'

export const duplicateRevision = defineRule({
  name: 'duplicate-revision',
  severity: 'error',
  scope: 'graph',
  summary: 'several scripts declare the same revision id',
  check(context) {
    const { duplicates } = context.history.map
    if (duplicates.size === 0) return []
    const references = findReferences(context.history)
    return [...duplicates].map(([id, scripts]) => duplicate(context, references, id, scripts))
  },
})

/** Who names whom, looked at once for all duplicates: a copied folder makes hundreds of them. */
interface References {
  readonly parents: ReadonlySet<string>
  readonly dependencies: ReadonlySet<string>
  /** True when the script's parents lead back to its own id, through any script that has it. */
  readonly reusesAncestor: (script: Script) => boolean
}

function findReferences({ scripts }: History): References {
  const slots = new Map<string, number>()
  for (const { revision } of scripts) if (!slots.has(revision)) slots.set(revision, slots.size)
  const edges = Array.from(slots, (): number[] => [])
  const parents = new Set<string>()
  const dependencies = new Set<string>()
  for (const { revision, downRevisions, dependsOn } of scripts) {
    for (const id of dependsOn) dependencies.add(id)
    for (const id of downRevisions) {
      parents.add(id)
      const slot = slots.get(id)
      if (slot !== undefined) edges[slots.get(revision)!]!.push(slot)
    }
  }
  // A parent leads back to the id exactly where both are in one circle.
  const { of } = findComponents(edges)
  const circle = (id: string) => of[slots.get(id) ?? -1]
  const reusesAncestor = ({ revision, downRevisions }: Script) =>
    downRevisions.some((parent) => parent !== revision && circle(parent) === circle(revision))
  return { parents, dependencies, reusesAncestor }
}

function duplicate(context: RuleContext, references: References, id: string, scripts: readonly Script[]): Finding {
  const { history } = context
  const identical = areIdentical(context, scripts)
  const reuse = scripts.find(references.reusesAncestor)
  const fix = identical ? null : newId(context, references, id, scripts)
  return {
    message: `${count(scripts.length, 'script')} declare revision "${id}"`,
    labels: scripts.map((script, index) => ({
      path: script.path,
      span: script.spans.revision ?? START,
      text: index === scripts.length - 1 ? 'declared again; this is the one that Alembic keeps' : 'declared here',
    })),
    notes: notesOf(history, references, id, reuse, identical),
    help: helpOf(scripts, identical, fix),
    fix: { applicability: 'ask', edits: fix?.edits ?? [], command: fixCommand(history) },
    key: [id],
    stopsAlembic: true,
  }
}

function notesOf(
  history: History,
  { parents }: References,
  id: string,
  reuse: Script | undefined,
  identical: boolean,
): string[] {
  const notes: string[] = []
  if (identical) notes.push('the files are the same to the last byte: one is a copy')
  if (reuse !== undefined) notes.push(`${baseName(reuse.path)} reuses the id of its own ancestor`)
  const isCycle = history.error !== null && /Cycle/.test(history.error.kind)
  notes.push(
    isCycle ? 'Alembic calls that a cycle' : 'Alembic only warns, loads the last one, and never runs the other',
  )
  const answer = parents.has(id) ? `Revision ${id} is not a head revision` : 'Duplicate head revisions specified'
  if (history.error === null) notes.push(`a merge does not repair this: \`alembic merge heads\` ends in \`${answer}\``)
  return notes
}

function helpOf(scripts: readonly Script[], identical: boolean, fix: Fix | null): string {
  if (identical) return `delete all but one: ${scripts.map((script) => script.path).join(', ')}`
  if (fix !== null) return 'give the newer script an id of its own'
  return 'give the script that no database has run an id of its own: in `revision` and in the `down_revision` of its children'
}

function areIdentical(context: RuleContext, scripts: readonly Script[]): boolean {
  const [first, ...others] = scripts.map((script) => context.source(script.path))
  return others.every((bytes) => first !== undefined && bytes.length > 0 && sameBytes(first, bytes))
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}

/**
 * A new id for the newer script: only where the docstrings say which that is, no database can know it, and no child
 * follows one of the two.
 */
function newId(context: RuleContext, references: References, id: string, scripts: readonly Script[]): Fix | null {
  const { history } = context
  const named = references.parents.has(id) || references.dependencies.has(id)
  const dates = new Set(scripts.map(createDate))
  const newest = dates.has(null) || dates.size < scripts.length ? undefined : newestOf(scripts)
  const span = newest?.spans.revision
  if (context.mayBePublished(id) || named || newest === undefined || span == null) return null
  const fresh = freshId(history, newest.path)
  const edits = [
    literalEdit(context, newest.path, span, fresh),
    ...docstringEdits(context, newest, 'Revision ID', [fresh]),
  ]
  return { applicability: 'ask', edits, command: null }
}

/** Twelve hexadecimal digits, as Alembic makes them, the same on every run. */
export function freshId(history: History, seed: string): string {
  for (let attempt = 0; ; attempt++) {
    const id = fingerprint([seed, String(attempt)]).slice(0, 12)
    if (history.map.get(id) === undefined) return id
  }
}
