import type { FileEdit } from './plan.js'

/** Lines of a unified diff, without colours: what `--dry-run` shows of one file, ready for `git apply`. */
export function diffLines(edit: FileEdit): readonly string[] {
  const before = linesOf(edit.before)
  const after = linesOf(edit.after)
  const mode = edit.executable ? '100755' : '100644'
  // Of git's own folder beside a linked worktree only the whole path says anything.
  const [a, b] = edit.path.startsWith('/') ? ['', ''] : ['a/', 'b/']
  return [
    `diff --git ${a}${edit.path} ${b}${edit.path}`,
    ...(edit.before === null ? [`new file mode ${mode}`] : edit.after === null ? [`deleted file mode ${mode}`] : []),
    `--- ${edit.before === null ? '/dev/null' : `${a}${edit.path}`}`,
    `+++ ${edit.after === null ? '/dev/null' : `${b}${edit.path}`}`,
    ...hunks(compare(before, after)),
  ]
}

/** Lines with their line ends: whether the last one has any is part of the comparison. */
function linesOf(text: string | null): readonly string[] {
  if (text === null || text === '') return []
  return Buffer.from(text, 'latin1')
    .toString('utf8')
    .split(/(?<=\n)/)
}

interface Step {
  readonly sign: ' ' | '-' | '+'
  readonly line: string
}

/** The shortest edit by longest common subsequence; hook files and manifests are short, and most of both is alike. */
function compare(before: readonly string[], after: readonly string[]): readonly Step[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let end = 0
  const most = Math.min(before.length, after.length) - start
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  const same = (lines: readonly string[]) => lines.map((line): Step => ({ sign: ' ', line }))
  return [
    ...same(before.slice(0, start)),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ]
}

function middle(before: readonly string[], after: readonly string[]): readonly Step[] {
  const common = before.map(() => after.map(() => 0))
  const at = (i: number, j: number) => common[i]?.[j] ?? 0
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      common[i]![j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const steps: Step[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      steps.push({ sign: ' ', line: before[i++]! })
      j++
    } else if (i < before.length && (j === after.length || at(i + 1, j) >= at(i, j + 1)))
      steps.push({ sign: '-', line: before[i++]! })
    else steps.push({ sign: '+', line: after[j++]! })
  }
  return steps
}

const CONTEXT = 3

function hunks(steps: readonly Step[]): readonly string[] {
  const wanted = steps.map((_, index) =>
    steps.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ sign }) => sign !== ' '),
  )
  const printed: string[] = []
  let [oldLine, newLine] = [1, 1]
  for (let index = 0; index < steps.length; ) {
    if (!wanted[index]) {
      oldLine++
      newLine++
      index++
      continue
    }
    let end = index
    while (end < steps.length && wanted[end]) end++
    const part = steps.slice(index, end)
    const olds = part.filter(({ sign }) => sign !== '+').length
    const news = part.filter(({ sign }) => sign !== '-').length
    printed.push(`@@ -${range(oldLine, olds)} +${range(newLine, news)} @@`, ...part.flatMap(show))
    oldLine += olds
    newLine += news
    index = end
  }
  return printed
}

/** Of an empty range git names the line before. */
const range = (line: number, count: number): string =>
  `${count === 0 ? line - 1 : line}${count === 1 ? '' : `,${count}`}`

function show({ sign, line }: Step): readonly string[] {
  return line.endsWith('\n') ? [sign + line.slice(0, -1)] : [sign + line, '\\ No newline at end of file']
}
