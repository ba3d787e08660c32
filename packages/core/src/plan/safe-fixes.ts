import type { Diagnostic } from '../rules/rule.js'
import { applyEdits } from '../text/apply-edits.js'
import type { Edit } from '../text/span.js'
import type { FileChange } from './plan.js'

/**
 * The files as the safe fixes of these diagnostics leave them. Of fixes that meet in one place only the first is taken: the
 * next round finds what is left.
 *
 * @param isEditable false for a script that is published, or may be
 * @param source the bytes that the diagnostics were made from
 */
export function planSafeFixes(
  diagnostics: readonly Diagnostic[],
  isEditable: (path: string) => boolean,
  source: (path: string) => Uint8Array,
): readonly FileChange[] {
  const taken = new Map<string, Edit[]>()
  for (const { fix } of diagnostics) {
    if (fix === null || fix.applicability !== 'safe' || fix.edits.length === 0) continue
    const edits = fix.edits.map(({ path, range, text }) => ({
      path,
      span: { start: range.start.offset, end: range.end.offset },
      text,
    }))
    if (!edits.every(({ path }) => isEditable(path))) continue
    if (edits.some((edit) => taken.get(edit.path)?.some((other) => meet(edit, other)))) continue
    for (const edit of edits) taken.set(edit.path, [...(taken.get(edit.path) ?? []), edit])
  }
  return [...taken].map(([path, edits]) => {
    const before = source(path)
    return { path, before, after: applyEdits(before, edits) }
  })
}

function meet({ span: one }: Edit, { span: other }: Edit): boolean {
  return one.start <= other.end && other.start <= one.end
}
