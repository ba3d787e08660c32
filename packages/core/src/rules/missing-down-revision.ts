import type { History } from '../history/history.js'
import type { Script } from '../script/script.js'
import { shellWord } from '../text/shell-word.js'
import { isPlaceholder } from './placeholder-revision-id.js'
import { defineRule, type Finding, type Fix, type Label, type RuleContext } from './rule.js'
import { reparentEdits, START } from './support/edits.js'
import { descendsFrom } from './support/lineage.js'
import { type NearRevision, NearRevisions } from './support/near-revision.js'
import { referenceLabels } from './support/references.js'
import { mayDeclare } from './support/unreadable.js'
import { list } from './support/words.js'

const MOST_LABELS = 6

export const missingDownRevision = defineRule({
  name: 'missing-down-revision',
  severity: 'error',
  scope: 'graph',
  summary: 'a down_revision names an id that no script declares',
  check(context) {
    const { history } = context
    const referrers = referrersByMissingId(history)
    if (referrers.size === 0) return []
    const near = new NearRevisions(history)
    return [...referrers].flatMap(([id, scripts]) => {
      if (context.publishing?.uncommitted.has(id)) return []
      const meant = near.find(id, scripts[0]!)
      // Behind a script that cannot be read the parent may be there; that script is the cause.
      if (meant === null && mayDeclare(history, id) !== undefined) return []
      return [meant === null ? missing(context, id, scripts) : slip(context, id, scripts, meant)]
    })
  },
})

function referrersByMissingId(history: History): Map<string, Script[]> {
  const referrers = new Map<string, Script[]>()
  for (const { from, id, via, isLabel } of history.map.missing) {
    if (via !== 'down_revision' || isLabel || isPlaceholder(id)) continue
    const known = referrers.get(id)
    if (known === undefined) referrers.set(id, [from])
    else if (!known.includes(from)) known.push(from)
  }
  return referrers
}

const SLIPS: Record<NearRevision['how'], { readonly here: string; readonly there: string; readonly safe: boolean }> = {
  'file-name': { here: 'this is a file name, not a revision id', there: 'the id declared in that file', safe: true },
  spelling: { here: 'spelt differently where it is declared', there: 'declared here', safe: true },
  partial: { here: 'abbreviated; inside scripts Alembic needs the whole id', there: 'the whole id', safe: true },
  'one-slip': { here: 'one character away from an id that exists', there: 'declared here', safe: false },
}

function slip(context: RuleContext, id: string, referrers: readonly Script[], near: NearRevision): Finding {
  const { here, there, safe } = SLIPS[near.how]
  const only = near.scripts.length === 1 ? near.scripts[0]! : null
  const edits = only === null ? null : slipEdits(context, id, referrers, only)
  const ids = near.scripts.map((script) => `"${script.revision}"`)
  return {
    ...facts(id, referrers, here),
    labels: [...labelsOf(id, referrers, here), ...near.scripts.slice(0, 3).map((script) => declared(script, there))],
    help: only === null ? `write one of the whole ids: ${list(ids)}` : `use the revision id ${ids[0]}`,
    fix: edits && { applicability: safe ? 'safe' : 'ask', edits, command: null },
  }
}

/** Null where the correction would make a script its own ancestor. */
function slipEdits(
  context: RuleContext,
  id: string,
  referrers: readonly Script[],
  parent: Script,
): Fix['edits'] | null {
  const { history } = context
  if (referrers.some((script) => descendsFrom(history, parent.revision, script.revision))) return null
  if (history.map.duplicates.has(parent.revision)) return null
  return referrers.flatMap((script) => reparentEdits(context, script, id, parent.revision) ?? [])
}

function missing(context: RuleContext, id: string, referrers: readonly Script[]): Finding {
  const { environment } = context.history
  const base = noneAsText(id, referrers)
  if (base !== null) return base
  const places = environment.versionLocations.map(shellWord).join(' ')
  const elsewhere = `\`externalRevisions\` of "${environment.path}" in onehead.json`
  const foreign = looksForeign(context.history)
  const finding = facts(id, referrers, 'no script here declares it')
  return {
    ...finding,
    notes: [
      ...finding.notes,
      foreign
        ? 'no script here is a base, so this history seems to continue that of another package'
        : `if the parent lives in another package, list "${id}" under ${elsewhere}`,
    ],
    help: foreign
      ? `list "${id}" under ${elsewhere}`
      : 'restore the script that declares it (`onehead fix` does where it is published), or name a parent that is there',
    fix: foreign
      ? null
      : { applicability: 'ask', edits: [], command: `git log --all --oneline -S${shellWord(id)} -- ${places}` },
  }
}

/** `'None'` in quotes is an id for Alembic. */
function noneAsText(id: string, referrers: readonly Script[]): Finding | null {
  if (id !== 'None' && id !== '') return null
  const what = id === '' ? 'an empty string is not None' : 'in quotes it is an id, not None'
  const edits = referrers
    .filter((script) => script.downRevisions.length === 1)
    .map((script) => ({ path: script.path, span: script.spans.downRevision, text: 'None' }))
  return {
    ...facts(id, referrers, what),
    help: 'write None, without quotes, when the script is a base',
    fix: edits.length === 0 ? null : { applicability: 'ask', edits, command: null },
  }
}

/** Every line of this history begins at a parent that is not here. */
function looksForeign({ scripts, map, unreadable }: History): boolean {
  return (
    unreadable.length === 0 && map.duplicates.size === 0 && scripts.every((script) => script.downRevisions.length > 0)
  )
}

function facts(
  id: string,
  referrers: readonly Script[],
  text: string,
): Finding & { readonly notes: readonly string[] } {
  return {
    message: `no script declares revision "${id}"`,
    labels: labelsOf(id, referrers, text),
    notes: [`Alembic ends in \`KeyError: '${id}'\` on every command that reads the history`],
    key: [id],
    stopsAlembic: true,
  }
}

function labelsOf(id: string, referrers: readonly Script[], text: string): Label[] {
  return referrers.slice(0, MOST_LABELS).flatMap((script) => referenceLabels(script, 'down_revision', id, text))
}

function declared(script: Script, text: string): Label {
  return { path: script.path, span: script.spans.revision ?? START, text }
}
