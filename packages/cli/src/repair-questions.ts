import type { Reason, Repair, RepairPlan } from '@onehead/core'
import { CommandLineError } from './errors.js'
import type { Ask, Choice } from './questions.js'
import type { World } from './world.js'

/** What a person wants done with a plan: carry it out, plan once more in another way, or leave everything as it is. */
export type Decision =
  | { readonly kind: 'apply'; readonly commit: boolean }
  | { readonly kind: 'plan-again'; readonly want: 'rebase' | 'merge' }
  | { readonly kind: 'plan-again'; readonly allowOverlap: true }
  | { readonly kind: 'leave' }

export interface RepairQuestions {
  /** Whether there is a git to commit to, and nobody has said yet whether to. */
  readonly mayCommit: boolean
}

/** Asks what a plan leaves open, the plan having been shown. Everything is asked before anything is written. */
export async function decide(plan: RepairPlan, ask: Ask, { mayCommit }: RepairQuestions): Promise<Decision> {
  const choices = choicesFor(plan)
  if (choices.length === 0) return { kind: 'leave' }
  const chosen =
    choices.length === 1 && choices[0]!.value === 'apply'
      ? (await agrees(ask, 'Apply this plan?', 'yes'))
        ? 'apply'
        : 'leave'
      : await ask({ kind: 'choose', message: 'What shall be done?', choices: [...choices, LEAVE] })
  switch (chosen) {
    case 'apply': {
      const commit = mayCommit && (await agrees(ask, 'Commit it, and see whether a push would pass?', 'no'))
      return { kind: 'apply', commit }
    }
    case 'rebase':
    case 'merge':
      return { kind: 'plan-again', want: chosen }
    case 'allow-overlap':
      return { kind: 'plan-again', allowOverlap: true }
    default:
      return { kind: 'leave' }
  }
}

const LEAVE: Choice = { value: 'leave', label: 'leave everything as it is' }

/** What can be done besides leaving everything: nothing that the planner would refuse. */
function choicesFor({ repairs, changes, git }: RepairPlan): readonly Choice[] {
  const overlaps = repairs.flatMap(({ refusals }) => refusals.filter(({ kind }) => kind === 'overlap'))
  return [
    ...(changes.length > 0 || git !== null ? [{ value: 'apply', label: 'apply this plan' }] : []),
    ...(overlaps.length > 0 ? [overlapChoice(overlaps.map(({ path }) => path))] : []),
    ...(repairs.some(({ decision }) => decision === 'rebase')
      ? [{ value: 'merge', label: 'write a merge revision instead', hint: 'every parent stays what it is' }]
      : []),
    ...(repairs.some(couldMove)
      ? [{ value: 'rebase', label: 're-parent mine instead', hint: 'the history stays one line' }]
      : []),
  ]
}

function overlapChoice(paths: readonly (string | null)[]): Choice {
  const files = [...new Set(paths)].filter((path) => path !== null)
  const where = files.length === 1 ? files[0]! : 'each of mine'
  return {
    value: 'allow-overlap',
    label: 'go on although both sides do the same',
    hint: `then take it out of ${where}, or guard it`,
  }
}

/** Merged only because somebody wanted it so. */
function couldMove({ decision, reasons }: Repair): boolean {
  const wanted: readonly Reason['kind'][] = ['policy', 'asked']
  return decision === 'merge' && reasons.length > 0 && reasons.every(({ kind }) => wanted.includes(kind))
}

async function agrees(ask: Ask, message: string, byDefault: 'yes' | 'no'): Promise<boolean> {
  return (await ask({ kind: 'confirm', message, byDefault })) === 'yes'
}

/** The way to ask, for a command that was told to. Throws a usage error where nobody could answer. */
export function askHere({ ask }: Pick<World, 'ask'>): Ask {
  if (ask !== undefined) return ask
  throw new CommandLineError(
    '--interactive needs a terminal',
    'leave it out: what is decided is done, and the rest is refused with its reasons',
  )
}
