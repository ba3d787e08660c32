import type { ScriptOperations } from '../operations/operation.js'
import { type ComparisonOptions, compareSides, type Overlap } from '../overlap/index.js'
import type { Script } from '../script/script.js'
import type { Compared } from './context.js'
import type { Refusal } from './plan.js'
import { refusal } from './refusal.js'

/**
 * What two sides of a fork have in common, as a plan needs it: reasons not to join them unread, and what is worth knowing.
 *
 * @param operations null where a script cannot be parsed
 */
export function compareScripts(
  mine: readonly Script[],
  theirs: readonly Script[],
  operations: (path: string) => ScriptOperations | null,
  options: ComparisonOptions,
): Compared {
  const side = (scripts: readonly Script[]) =>
    scripts.map(({ revision, path }) => ({ revision, path, operations: operations(path) }))
  const { grade, overlaps, opaque } = compareSides(side(mine), side(theirs), options)
  const warned = overlaps.filter(({ severity }) => severity === 'warn')
  const tables = [...new Set(warned.map(({ object }) => object.table ?? object.name))].filter((name) => name !== null)
  return {
    grade,
    blocking: overlaps.filter(({ severity }) => severity === 'block').map(blocking),
    notes: [
      ...(tables.length === 0 ? [] : [`both sides change ${tables.map((name) => `"${name}"`).join(', ')}`]),
      ...opaque.slice(0, 1).map(({ revision, reason }) => {
        const more = opaque.length > 1 ? `, and ${opaque.length - 1} more like it` : ''
        return `nobody can tell whether both sides meet: ${revision} ${reason}${more}`
      }),
    ],
  }
}

const DEEDS: Record<Overlap['kind'], string> = {
  'created-twice': 'both sides create',
  'altered-twice': 'both sides alter',
  'dropped-twice': 'both sides drop',
  'dropped-or-renamed-while-used': 'one side drops or renames what the other uses:',
  'created-while-used': 'one side creates what the other uses:',
  'same-table': 'both sides change',
}

function blocking({ kind, object, mine, theirs }: Overlap): Refusal {
  const name = [object.schema, object.type === 'column' ? object.table : null, object.name].filter(Boolean).join('.')
  const advice =
    kind === 'created-twice'
      ? `take it out of ${mine.path}, or let it ask first whether it is there (\`if_not_exists=True\`)`
      : `settle in ${mine.path} which of the two is meant`
  return refusal(
    'overlap',
    `${DEEDS[kind]} ${object.type} ${name || 'without a name'}: ${mine.revision} and ${theirs.revision} (${theirs.path})`,
    {
      path: mine.path,
      help: `${advice}; to go on as it is, add --allow-overlap`,
    },
  )
}
