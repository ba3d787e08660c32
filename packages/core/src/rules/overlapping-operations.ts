import { compareSides } from '../overlap/compare-sides.js'
import type { OpaqueEffect, Overlap, OverlapPlace } from '../overlap/overlap.js'
import { defineRule, type Finding, type Label, type RuleContext } from './rule.js'
import { guardWords, nameDeed, nameObject } from './support/database-words.js'
import { forkSides } from './support/fork-sides.js'
import { replacementNote } from './support/replaced.js'
import { standing } from './support/standing.js'
import { count, list } from './support/words.js'

/** So many tables that both sides change are shown with their lines. */
const MOST_TABLES = 3

export const overlappingOperations = defineRule({
  name: 'overlapping-operations',
  severity: 'error',
  scope: 'graph',
  summary: 'both sides of a fork create, alter or drop the same thing',
  check(context) {
    const { dialects } = context.history.environment.settings
    const found = new Map<string, Finding>()
    for (const { mine, theirs } of forkSides(context)) {
      const { overlaps, opaque } = compareSides(mine, theirs, { dialects })
      const turned = overlaps.map((overlap) => unpublishedFirst(context, overlap))
      const tables = turned.filter(({ kind }) => kind === 'same-table')
      const findings = [
        ...turned.filter(({ kind }) => kind !== 'same-table').map((overlap) => finding(context, overlap)),
        ...(tables.length === 0 ? [] : [sameTables(context, tables)]),
      ].map((one, index) => (index === 0 ? withOpaque(one, opaque) : one))
      // Of three heads two may share the script that a third one meets.
      for (const one of findings) if (!found.has(keyOf(one))) found.set(keyOf(one), one)
    }
    return [...found.values()]
  },
})

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}

function keyOf({ key }: Finding): string {
  return JSON.stringify(key)
}

/** Only a side that nobody has yet may be changed: that one is mine, whichever head is looked at first. */
function unpublishedFirst(context: RuleContext, overlap: Overlap): Overlap {
  const { mine, theirs } = overlap
  const isMine = (place: OverlapPlace) => !context.mayBePublished(place.revision)
  return isMine(theirs) && !isMine(mine) ? { ...overlap, mine: theirs, theirs: mine } : overlap
}

function finding(context: RuleContext, overlap: Overlap): Finding {
  const { kind, mine, theirs, severity } = overlap
  const remedy = remedyOf(context, overlap)
  return {
    message: headline(overlap),
    labels: [labelOf(context, overlap, mine), labelOf(context, overlap, theirs)],
    notes: [consequence(overlap), ...remedy.notes],
    help: remedy.help,
    ...(severity === 'warn' ? { atMost: 'warn' } : {}),
    // Whose is whose changes once one of them is published.
    key: [kind, ...sorted([mine.object, theirs.object].map(nameObject)), ...sorted([mine.revision, theirs.revision])],
  }
}

function headline({ kind, object, mine, theirs, differsInCase }: Overlap): string {
  const thing = nameObject(object)
  if (differsInCase) return `both sides create ${thing}, in upper and lower case`
  if (kind === 'created-twice') return `both sides create ${thing}`
  if (kind === 'altered-twice') return `both sides alter ${thing}`
  if (kind === 'dropped-twice' && mine.deed === theirs.deed) {
    return `both sides ${mine.deed === 'renames' ? 'rename' : 'drop'} ${thing}`
  }
  return `one side ${nameDeed(mine.deed)} ${thing}, the other ${nameDeed(theirs.deed)} it`
}

function labelOf(context: RuleContext, { object }: Overlap, place: OverlapPlace): Label {
  const { revision, path, span, deed } = place
  const own = nameObject(place.object)
  const isSame = own === nameObject(object) && place.object.table === object.table
  const where = place.object.type === 'index' && place.object.table !== null ? ` on ${place.object.table}` : ''
  const done = `${revision} ${nameDeed(deed)} ${isSame || deed === 'uses' ? 'it' : `${own}${where}`}`
  return { path, span, text: [done, ...standing(context, revision)].join(', ') }
}

function consequence({ kind, guarded, severity, differsInCase }: Overlap): string {
  if (differsInCase) return 'to SQLite and MySQL that is one name, and whichever runs second fails'
  switch (kind) {
    case 'created-twice':
      return guarded
        ? 'both look first whether it is there: only the one that runs first takes effect'
        : 'whichever runs second fails, because it is there already'
    case 'dropped-twice':
      return guarded
        ? 'both look first whether it is there: nothing fails'
        : 'whichever runs second fails, because it is gone'
    case 'altered-twice':
      return severity === 'warn' ? 'nothing fails, and both say the same or look first' : 'the last one to run wins'
    default:
      return guarded
        ? 'both look first whether it is there: what happens hangs on the order'
        : 'it works in one order only'
  }
}

/** Never an edit of what is published. */
function remedyOf(context: RuleContext, overlap: Overlap): { readonly help: string | null; readonly notes: string[] } {
  const { mine, theirs, kind, guarded, object, differsInCase } = overlap
  if (context.isPublished(mine.revision)) {
    return { help: null, notes: [replacementNote(context.history, [mine.revision, theirs.revision])] }
  }
  const where = context.mayBePublished(mine.revision) ? 'the one that is not published yet' : mine.revision
  const other = context.mayBePublished(mine.revision) ? 'the other' : theirs.revision
  if (guarded) return { help: 'look whether both mean the same, and keep it in one of them', notes: [] }
  if (kind === 'created-twice') {
    const guard = guardWords(object)
    const instead = differsInCase ? ', or give it another name' : guard && `${guard} and put it behind ${other}`
    return { help: `take it out of ${where}${instead}`, notes: [] }
  }
  if (kind === 'dropped-twice') {
    return { help: `take it out of ${where}, or let that one look first (\`if_exists=True\`)`, notes: [] }
  }
  if (kind === 'altered-twice') return { help: `leave it to one of them: take it out of ${where}`, notes: [] }
  const worksBehind = mine.deed === 'uses' ? theirs.deed === 'creates' : mine.deed !== 'creates'
  return worksBehind
    ? { help: `put ${where} behind ${other}, where it works, if that is what you mean`, notes: [] }
    : { help: `change ${where} so that it works behind ${other}`, notes: [] }
}

function sameTables(context: RuleContext, overlaps: readonly Overlap[]): Finding {
  const names = overlaps.map(({ object }) => nameObject(object).replace(/^table /, ''))
  const several = overlaps.length > 1
  const labelAt = ({ revision, path, span }: OverlapPlace, name: string): Label => {
    const text = [`${revision} changes ${several ? name : 'it'}`, ...standing(context, revision)].join(', ')
    return { path, span, text }
  }
  return {
    message: `both sides change ${several ? `${count(overlaps.length, 'table')}: ${list(names)}` : `table ${names[0]}`}`,
    labels: overlaps.slice(0, MOST_TABLES).flatMap(({ mine, theirs }, index) => {
      return [labelAt(mine, names[index]!), labelAt(theirs, names[index]!)]
    }),
    notes: ['they do different things to it, but each was written without the other'],
    help: 'read both before you join them',
    atMost: 'warn',
    key: ['same-table', ...sorted(names)],
  }
}

/** What cannot be told is no finding of its own, but whoever reads this one must not take it for all. */
function withOpaque(finding: Finding, opaque: readonly OpaqueEffect[]): Finding {
  const [first] = opaque
  if (first === undefined) return finding
  const more = opaque.length === 1 ? '' : `, and ${opaque.length - 1} more like it`
  const note = `there may be more, because not all of ${first.revision} can be told: ${first.reason}${more}`
  return { ...finding, notes: [...(finding.notes ?? []), note] }
}
