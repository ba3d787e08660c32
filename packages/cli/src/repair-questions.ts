import type { Repair, RepairPlan } from '@onehead/core'
import type { RepairChoice } from '@onehead/workspace'
import type { Ask, Choice } from './questions.js'

/** What a person decides about each environment of a plan, by the path of its script directory; only what differs from the plan. */
export async function askChoices({ repairs }: RepairPlan, ask: Ask): Promise<ReadonlyMap<string, RepairChoice>> {
  const chosen = new Map<string, RepairChoice>()
  for (const repair of repairs) {
    const choices = choicesFor(repair)
    if (choices.length < 2) continue
    const { environment } = repair
    const answer = await ask({ kind: 'choose', message: `${environment.name}: ${questionFor(repair)}`, choices })
    if (answer !== choices[0]!.value) chosen.set(environment.path, answer as RepairChoice)
  }
  return chosen
}

const LEAVE: Choice = { value: 'leave', label: 'leave it as it is' }
const MERGE: Choice = { value: 'merge', label: 'write a merge revision', hint: 'nothing moves; both lines stay' }

function questionFor({ decision, refusals }: Repair): string {
  if (decision !== 'refuse') return 'how shall it come back to one head?'
  return refusals.some(({ kind }) => kind === 'overlap') ? 'both sides do the same; what now?' : 'what now?'
}

function choicesFor({ decision, moves, refusals }: Repair): readonly Choice[] {
  switch (decision) {
    case 'rebase':
      return [
        {
          value: 'rebase',
          label: `re-parent ${moves.map(({ revision }) => revision).join(', ')}`,
          hint: 'one line, in order',
        },
        MERGE,
        LEAVE,
      ]
    case 'merge':
      return [MERGE, LEAVE]
    case 'refuse': {
      const kinds = new Set(refusals.map(({ kind }) => kind))
      if (kinds.size > 1) return []
      if (kinds.has('overlap')) {
        return [
          LEAVE,
          { value: 'drop', label: 'leave it to the other side, and take it out of mine' },
          { value: 'allow', label: 'go on as it is', hint: 'one of the two will fail on a fresh database' },
        ]
      }
      return kinds.has('separate-branch') ? [LEAVE, MERGE] : []
    }
    default:
      return []
  }
}
