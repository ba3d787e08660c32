import { type Comparison, compareSides, type Overlap } from '../overlap/index.js'
import { list } from '../rules/support/words.js'
import type { Script } from '../script/script.js'
import { shellWord } from '../text/shell-word.js'
import type { PlanContext } from './context.js'
import type { Draft } from './draft.js'
import type { Refusal } from './plan.js'
import { refusal } from './refusal.js'

/** What two sides of a fork have in common, by the scripts as the draft has them. */
export function compareScripts(
  draft: Draft,
  { operationsOf }: PlanContext,
  mine: readonly Script[],
  theirs: readonly Script[],
): Comparison {
  const side = (scripts: readonly Script[]) =>
    scripts.map(({ revision, path }) => ({ revision, path, operations: operationsOf(draft.source(path)) }))
  return compareSides(side(mine), side(theirs), { dialects: draft.history.environment.settings.dialects })
}

/** Several comparisons as one: the worst grade counts. */
export function together(compared: readonly Comparison[]): Comparison {
  const grades = new Set(compared.map(({ grade }) => grade))
  return {
    grade: (['overlap', 'opaque', 'same-table'] as const).find((grade) => grades.has(grade)) ?? 'disjoint',
    overlaps: compared.flatMap(({ overlaps }) => overlaps),
    opaque: compared.flatMap(({ opaque }) => opaque),
  }
}

/** What is worth knowing although it stops nothing; lower case, no full stop. */
export function notesOf({ overlaps, opaque }: Comparison): readonly string[] {
  const warned = overlaps.filter(({ severity }) => severity === 'warn')
  const tables = new Set(warned.flatMap(({ object }) => object.table ?? object.name ?? []))
  const more = opaque.length > 1 ? `, and ${opaque.length - 1} more like it` : ''
  return [
    ...(tables.size === 0 ? [] : [`both sides change ${list([...tables].map((name) => `"${name}"`))}`]),
    ...opaque
      .slice(0, 1)
      .map(({ revision, reason }) => `nobody can tell whether both sides meet: ${revision} ${reason}${more}`),
  ]
}

/** Reasons not to join the sides unread. */
export function blockingOf(overlaps: readonly Overlap[], name: string): readonly Refusal[] {
  return overlaps.filter(({ severity }) => severity === 'block').map((overlap) => blocking(overlap, name))
}

const DEEDS: Record<Overlap['kind'], string> = {
  'created-twice': 'both sides create',
  'altered-twice': 'both sides alter',
  'dropped-twice': 'both sides drop',
  'dropped-or-renamed-while-used': 'one side drops or renames what the other uses:',
  'created-while-used': 'one side creates what the other uses:',
  'same-table': 'both sides change',
}

function blocking({ kind, object, mine, theirs }: Overlap, name: string): Refusal {
  const named = [object.schema, object.type === 'column' ? object.table : null, object.name].filter(Boolean).join('.')
  const what = `${object.type} ${named || 'without a name'}`
  const advice =
    kind === 'created-twice'
      ? `take it out of ${mine.path}, or let it ask first whether it is there (\`if_not_exists=True\`)`
      : `settle in ${mine.path} which of the two is meant`
  return refusal('overlap', `${DEEDS[kind]} ${what}: ${mine.revision} here, ${theirs.revision} in ${theirs.path}`, {
    path: mine.path,
    help: `${advice}; --allow-overlap goes on as it is`,
    command: `onehead fix ${shellWord(name)} --interactive`,
  })
}
