import type { History } from '../history/history.js'
import type { Script } from '../script/script.js'
import { fingerprint } from './engine/fingerprint.js'
import { defineRule, type Finding, type Fix, type RuleContext } from './rule.js'
import { createDate, newestOf } from './support/docstring.js'
import { docstringEdits, literalEdit, START } from './support/edits.js'
import { ancestry } from './support/lineage.js'
import { baseName, count } from './support/words.js'

export const duplicateRevision = defineRule({
  name: 'duplicate-revision',
  severity: 'error',
  scope: 'graph',
  summary: 'several scripts declare the same revision id',
  check: (context) => [...context.history.map.duplicates].map(([id, scripts]) => duplicate(context, id, scripts)),
})

function duplicate(context: RuleContext, id: string, scripts: readonly Script[]): Finding {
  const { history } = context
  const identical = areIdentical(context, scripts)
  const reuse = scripts.find((script) => reusesAncestor(history, script))
  const fix = identical ? null : newId(context, id, scripts)
  return {
    message: `${count(scripts.length, 'script')} declare revision "${id}"`,
    labels: scripts.map((script, index) => ({
      path: script.path,
      span: script.spans.revision ?? START,
      text: index === scripts.length - 1 ? 'declared again; this is the one that Alembic keeps' : 'declared here',
    })),
    notes: notesOf(history, id, reuse, identical),
    help: helpOf(scripts, identical, fix),
    fix,
    key: [id],
    stopsAlembic: true,
  }
}

function notesOf(history: History, id: string, reuse: Script | undefined, identical: boolean): string[] {
  const notes: string[] = []
  if (identical) notes.push('the files are the same to the last byte: one is a copy')
  if (reuse !== undefined) notes.push(`${baseName(reuse.path)} reuses the id of its own ancestor`)
  const isCycle = history.error !== null && /Cycle/.test(history.error.kind)
  notes.push(
    isCycle ? 'Alembic calls that a cycle' : 'Alembic only warns, loads the last one, and never runs the other',
  )
  const isParent = history.scripts.some((script) => script.downRevisions.includes(id))
  const answer = isParent ? `Revision ${id} is not a head revision` : 'Duplicate head revisions specified'
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

/** True when a script's parents lead back to its own id, through the other script that has it. */
function reusesAncestor(history: History, script: Script): boolean {
  return script.downRevisions.some(
    (parent) => parent !== script.revision && ancestryOfAll(history, parent).has(script.revision),
  )
}

/** Like `ancestry`, but through every script that declares an id. */
function ancestryOfAll(history: History, start: string): Set<string> {
  const { duplicates } = history.map
  const seen = new Set([start, ...ancestry(history, start)])
  for (const id of seen) {
    for (const script of duplicates.get(id) ?? []) {
      for (const parent of script.downRevisions) for (const ancestor of ancestry(history, parent)) seen.add(ancestor)
    }
  }
  return seen
}

/**
 * A new id for the newer script: only where the docstrings say which that is, no database can know it, and no child
 * follows one of the two.
 */
function newId(context: RuleContext, id: string, scripts: readonly Script[]): Fix | null {
  const { history } = context
  const named = history.scripts.some((script) => script.downRevisions.includes(id) || script.dependsOn.includes(id))
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
