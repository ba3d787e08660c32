/** The module attributes that Alembic reads from a script. */
export const identifiers = ['revision', 'down_revision', 'branch_labels', 'depends_on'] as const

export type Identifier = (typeof identifiers)[number]

/** Position in `identifiers`, or -1. */
export function identifierIndex(text: string, start: number, end: number): number {
  switch (end - start) {
    case 8:
      return text.startsWith('revision', start) ? 0 : -1
    case 13:
      if (text.startsWith('down_revision', start)) return 1
      return text.startsWith('branch_labels', start) ? 2 : -1
    case 10:
      return text.startsWith('depends_on', start) ? 3 : -1
    default:
      return -1
  }
}

/** Names that people write for one of the four although they are not near it letter by letter; without `_`, lower case. */
const knownSlips: ReadonlySet<string> = new Set([
  'rev',
  'revid',
  'revisionid',
  'downrev',
  'downrevid',
  'downrevisionid',
  'parent',
  'parentrevision',
  'previousrevision',
  'prevrevision',
  'priorrevision',
  'revises',
  'uprevision',
  'branch',
  'branches',
  'branchname',
  'label',
  'labels',
  'depends',
  'dependencies',
  'dependson',
  'dependency',
])

const shapes = ['revision', 'downrevision', 'branchlabels', 'dependson'] as const

/**
 * Whether a module-level name could be a slip for one of Alembic's four: without underscores and in lower case it is one of
 * them or a usual slip, or at most two letters away (added, lost, changed; at most one for `revision`).
 * `__doc__` counts as well: it replaces the docstring.
 */
export function couldBeMeant(name: string): boolean {
  if (name === '__doc__') return true
  if (name.length < 3 || name.length > 24 || (identifiers as readonly string[]).includes(name)) return false
  const shape = name.replaceAll('_', '').toLowerCase()
  if (knownSlips.has(shape)) return true
  return shapes.some((wanted) => within(shape, wanted, wanted.length > 8 ? 2 : 1))
}

/** Whether two words are at most `limit` edits apart; neighbours swapped count as one. */
function within(a: string, b: string, limit: number): boolean {
  if (Math.abs(a.length - b.length) > limit) return false
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      let best = Math.min(change, row[j]! + 1, next[j - 1]! + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1)
      next.push(best)
    }
    before = row
    row = next
  }
  return row[b.length]! <= limit
}
