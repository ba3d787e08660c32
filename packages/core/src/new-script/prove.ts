import { toScript } from '../script/load.js'
import type { ScriptReading } from '../script/reading.js'
import type { NewScript } from './new-script.js'

/**
 * Null where a script that was made is what was wanted, else what is wrong with it: lower case, no full stop. A message that
 * ends the docstring, or a template that leaves a line out, makes a file that stops every command.
 *
 * @param reading of the whole file: the parser sees what the scanner passes over
 */
export function whyNotAsWanted(
  path: string,
  reading: ScriptReading,
  wanted: Pick<NewScript, 'revision' | 'parents' | 'branchLabel' | 'dependsOn'>,
): string | null {
  const script = toScript(path, reading)
  if ('cause' in script) return script.detail
  if (script.revision !== wanted.revision) return `it declares the revision ${script.revision}, not ${wanted.revision}`
  if (!same(script.downRevisions, wanted.parents)) {
    return `its down_revision is ${script.downRevisions.join(', ') || 'None'}, not ${wanted.parents.join(', ') || 'None'}`
  }
  const labels = wanted.branchLabel === undefined ? [] : [wanted.branchLabel]
  if (!same(script.branchLabels, labels)) return 'script.py.mako has no branch_labels line, so the label would be lost'
  if (!same(script.dependsOn, wanted.dependsOn ?? [])) return 'script.py.mako has no depends_on line'
  return null
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index])
}
