import type { KeptFile, Recovery } from './record.js'

/** What became of an interrupted run, a line each: lower case, no full stop. */
export function describeRecovery({ record, outcome, restored, kept }: Recovery): readonly string[] {
  const who = `\`${record.command}\` of ${record.at}`
  return [...sentences(who, outcome, restored), ...mergeLine(record.git?.kind ?? null, outcome), ...kept.map(keptLine)]
}

function sentences(who: string, outcome: Recovery['outcome'], restored: readonly string[]): readonly string[] {
  switch (outcome) {
    case 'discarded':
      return [`${who} was interrupted before it wrote anything: only its temporary files are gone`]
    case 'taken-back': {
      const files = restored.length === 0 ? '' : `: ${restored.join(', ')} as before`
      return [`${who} was interrupted, and what it had written is taken back${files}`]
    }
    case 'completed':
      return [`${who} was interrupted when everything was written: it stands, and can be undone`]
    case 'undo-taken-back':
      return [`undoing ${who} was interrupted, and the repair stands as it was`]
    case 'undo-unfinished':
      return [`undoing ${who} was interrupted when its files were back: undo once more to finish it`]
  }
}

function mergeLine(kind: 'merge' | 'rebase' | null, outcome: Recovery['outcome']): readonly string[] {
  if (kind === null || (outcome !== 'discarded' && outcome !== 'taken-back')) return []
  return [`the ${kind} that git did for it is still there`]
}

function keptLine({ path, before, after }: KeptFile): string {
  const copies = [before && `what it held before is in ${before}`, after && `what the repair wrote in ${after}`]
  const said = copies.filter((copy) => copy !== null && copy !== '')
  return [`${path} was changed by somebody in between and stays as it is`, ...said].join('; ')
}
