import { type ComparedLine, compareLines } from '@onehead/core'
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
    ...hunks(compareLines(before, after)),
  ]
}

/** Lines with their line ends: whether the last one has any is part of the comparison. */
function linesOf(text: string | null): readonly string[] {
  if (text === null || text === '') return []
  return Buffer.from(text, 'latin1')
    .toString('utf8')
    .split(/(?<=\n)/)
}

const CONTEXT = 3

function hunks(steps: readonly ComparedLine[]): readonly string[] {
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

function show({ sign, line }: ComparedLine): readonly string[] {
  return line.endsWith('\n') ? [sign + line.slice(0, -1)] : [sign + line, '\\ No newline at end of file']
}
