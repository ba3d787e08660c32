/** One line of two texts laid side by side: in both, only in the first, or only in the second. */
export interface ComparedLine {
  readonly sign: ' ' | '-' | '+'
  readonly line: string
}

/** Beyond so many pairs of lines the shortest edit is not worth its time and memory. */
const MOST_PAIRS = 4_000_000

/** The shortest edit that makes the second list of lines of the first; of very large changes a longer one. */
export function compareLines(before: readonly string[], after: readonly string[]): readonly ComparedLine[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let end = 0
  const most = Math.min(before.length, after.length) - start
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  return [
    ...signed(' ', before.slice(0, start)),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...signed(' ', before.slice(before.length - end)),
  ]
}

function signed(sign: ComparedLine['sign'], lines: readonly string[]): readonly ComparedLine[] {
  return lines.map((line) => ({ sign, line }))
}

/** By longest common subsequence: what is compared is short, and most of it is alike. */
function middle(before: readonly string[], after: readonly string[]): readonly ComparedLine[] {
  if (before.length * after.length > MOST_PAIRS) return [...signed('-', before), ...signed('+', after)]
  const common = before.map(() => after.map(() => 0))
  const at = (i: number, j: number) => common[i]?.[j] ?? 0
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      common[i]![j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const compared: ComparedLine[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      compared.push({ sign: ' ', line: before[i++]! })
      j++
    } else if (i < before.length && (j === after.length || at(i + 1, j) >= at(i, j + 1)))
      compared.push({ sign: '-', line: before[i++]! })
    else compared.push({ sign: '+', line: after[j++]! })
  }
  return compared
}
