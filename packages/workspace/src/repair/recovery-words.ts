import type { Recovery } from '../apply/index.js'

const OUTCOMES: Record<Recovery['outcome'], string> = {
  discarded: 'had not begun to write: nothing was left of it',
  'taken-back': 'was interrupted: every file holds again what it held before',
  completed: 'was interrupted when all was written: it stands',
  'undo-taken-back': 'was being undone and was interrupted: the repair stands',
  'undo-unfinished': 'was being undone and was interrupted: run `onehead fix --undo` once more',
}

/** What became of an earlier run that was interrupted, for standard error. Ends with a line end. */
export function sayRecovered({ record, outcome, kept }: Recovery): string {
  const lines = [`onehead: \`${record.command}\` ${OUTCOMES[outcome]}`]
  for (const { path, before, after } of kept) {
    lines.push(`  ${path} was changed by somebody in between, and stays as it is`)
    if (before !== null) lines.push(`    before the repair it was ${before}`)
    if (after !== null) lines.push(`    the repair would have made it ${after}`)
  }
  if (record.git?.kind === 'merge') lines.push('  the merge that it began is still open: `git merge --abort` ends it')
  if (record.git?.kind === 'rebase')
    lines.push(`  the branch was rebased: \`git reset --keep ${record.git.headBefore}\` takes that back`)
  return `${lines.join('\n')}\n`
}
