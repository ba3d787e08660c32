import type { Diagnostic } from '../rules/rule.js'
import type { OtherSide, PushFinding } from './push-report.js'

/** What a diagnostic has to know about the push that it is about. */
export interface PushFacts {
  readonly verdict: PushFinding['verdict']
  /** `origin/main`; null where no target is known. */
  readonly target: string | null
  /** The remote of the target, where it has one: what to fetch. */
  readonly fetch: string | null
  /** The pushed local branch where that is not checked out: what to rebase. */
  readonly elsewhere: string | null
  /** The remote's branch has scripts already that the repair might move: who builds on them is for the repair to find out. */
  readonly mayBeShared: boolean
}

/** The same finding in the words of a push: whether it is so or will be so, and what works today to mend it. */
export function pushDiagnostic(diagnostic: Diagnostic, facts: PushFacts): Diagnostic {
  const told = {
    ...diagnostic,
    message: headline(diagnostic.message, facts),
    notes: diagnostic.notes.filter((note) => !/ stops here, but /.test(note)),
    help: helpFor(diagnostic, facts),
    fix: fixFor(diagnostic.fix, facts),
  }
  const moves = isRepair(diagnostic.fix?.command ?? null) && diagnostic.fix!.edits.length > 0
  return facts.mayBeShared && moves ? undecided(told, facts) : told
}

/** A repair merges what others have built on: then nothing is moved, and no database would skip anything. */
function undecided(told: Diagnostic, { verdict, target }: PushFacts): Diagnostic {
  const once = verdict === 'branch' ? '' : ` once ${target} is merged`
  return {
    ...told,
    notes: told.notes.filter((note) => !/ would skip .* for ever/.test(note)),
    help: `bring both together${once}: the command puts yours on top, or merges where others have built on it`,
    fix: told.fix && { ...told.fix, edits: [] },
  }
}

/** `this history has 2 heads` → `this branch has …`, or `this branch will have … once merged into origin/main`. */
function headline(message: string, { verdict, target }: PushFacts): string {
  const own = message.replace(/^this history has/, 'this branch has')
  if (verdict === 'branch') return own
  const future = own.replace(/^((?:this branch|branch "[^"]*")) has /, '$1 will have ')
  return `${future}${future === own ? ',' : ''} once merged into ${target}`
}

function helpFor({ help, fix }: Diagnostic, { verdict, target }: PushFacts): string | null {
  if (verdict === 'branch' || help === null || fix === null) return help
  if (isRepair(fix.command)) return `${help}, once ${target} is merged: the command does both`
  return fix.edits.length === 0 ? help : `bring ${target} in first, and then ${help}`
}

function fixFor(fix: Diagnostic['fix'], facts: PushFacts): Diagnostic['fix'] {
  if (fix === null) return fix
  const { command, edits } = fix
  const elsewhere = facts.elsewhere === null ? null : shellWord(facts.elsewhere)
  // What is committed can be pushed: that is what whoever reads this wants to do next.
  if (isRepair(command))
    return { ...fix, command: `${elsewhere === null ? '' : `git switch ${elsewhere} && `}${command} --commit` }
  if (facts.verdict === 'branch' || fix.applicability === 'safe' || edits.length === 0) return fix
  const steps = [
    ...(facts.fetch === null ? [] : [`git fetch ${shellWord(facts.fetch)}`]),
    `git rebase ${shellWord(facts.target ?? '')}${elsewhere === null ? '' : ` ${elsewhere}`}`,
    ...(command === null ? [] : [command.startsWith('cd ') ? `(${command})` : command]),
  ]
  return { ...fix, command: steps.join(' && ') }
}

/** A command of ours that brings the target in by itself. */
function isRepair(command: string | null): boolean {
  return command?.startsWith('onehead fix') === true
}

/** `f04d6e2b713c came to origin/main 2 hours ago: "Add refunds" (Grace Hopper)`, for notes; `now` in seconds since 1970. */
export function describeOther(
  { revision, author, authoredAt, subject }: OtherSide,
  target: string,
  now: number,
): string {
  const when = authoredAt === null ? '' : ` ${ago(now - authoredAt)}`
  return `${revision} on ${target} was written${when} by ${author || 'somebody'}: "${subject}"`
}

/** One argument for a POSIX shell: names of branches may hold almost anything. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

const UNITS = [
  [365 * 86_400, 'year'],
  [30 * 86_400, 'month'],
  [7 * 86_400, 'week'],
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
] as const

/** `3 days ago`, `just now`. */
export function ago(seconds: number): string {
  for (const [size, name] of UNITS) {
    const count = Math.floor(seconds / size)
    if (count > 0) return `${count} ${name}${count === 1 ? '' : 's'} ago`
  }
  return 'just now'
}
