import type { StmtNode } from '../../script/parse.js'
import type { Span } from '../../text/span.js'
import { type Condition, weakened } from '../values/facts.js'
import type { Scope } from '../values/scope.js'
import type { Interpreter } from './interpreter.js'

/** How a statement ends: with what comes next, or by leaving the block. */
export type Flow = 'next' | 'return' | 'raise' | 'break' | 'continue'

export interface Outcome {
  readonly flow: Flow
  /** What holds for everything behind it, because otherwise the function or the loop was left. */
  readonly after: After | null
}

export interface After {
  readonly condition: Condition
  readonly span: Span
  /** What may have ended: everything that would come next in it stands under the condition. */
  readonly ends: 'function' | 'loop' | 'iteration'
}

export const next: Outcome = { flow: 'next', after: null }

/** One way that a piece of code may take. */
export interface Way {
  readonly body: readonly StmtNode[]
  readonly condition: Condition
  readonly span: Span
  /** Binds what this way binds before its body runs. */
  readonly prepare?: (scope: Scope) => void
}

/** Runs ways of which one is taken, or, where they are not `exhaustive`, perhaps none. */
export function runWays(interpreter: Interpreter, ways: readonly Way[], scope: Scope, exhaustive: boolean): Outcome {
  const ran = ways.map((way) => {
    const branch = scope.branch()
    way.prepare?.(branch)
    const outcome = interpreter.inBranch(way.condition, way.span, () => interpreter.execute(way.body, branch))
    return { way, branch, outcome }
  })
  const goingOn = ran.filter(({ outcome }) => outcome.flow === 'next')
  scope.join(
    goingOn.map(({ branch }) => branch),
    exhaustive,
  )
  if (exhaustive && goingOn.length === 0 && ran.length > 0) return allLeave(ran)
  return { flow: 'next', after: afterWays(ran, exhaustive) }
}

interface RanWay {
  readonly way: Way
  readonly outcome: Outcome
}

/** What may have ended where these ways were left. Raising does not count: nothing comes next, but the script fails too. */
function endedBy(ran: readonly RanWay[]): After['ends'] | null {
  const flows = ran.map(({ outcome }) => outcome.flow)
  if (flows.includes('return')) return 'function'
  if (flows.includes('break')) return 'loop'
  return flows.includes('continue') ? 'iteration' : null
}

/** Whichever way is taken, the block is left. */
function allLeave(ran: readonly RanWay[]): Outcome {
  const ends = endedBy(ran)
  const flows = new Set(ran.map(({ outcome }) => outcome.flow).filter((flow) => flow !== 'raise'))
  const [flow = 'raise', ...others] = flows
  if (ends === null || others.length === 0) return { flow, after: null }
  // Some ways leave more than others: the loop may go on.
  const { condition, span } = ran[0]!.way
  return { flow: 'continue', after: { condition: weakened(condition), span, ends } }
}

/** What holds behind ways of which some are left. */
function afterWays(ran: readonly RanWay[], exhaustive: boolean): After | null {
  const ends = endedBy(ran)
  const goingOn = ran.filter(({ outcome }) => outcome.flow === 'next')
  if (ends === null) {
    const inner = goingOn.map(({ outcome }) => outcome.after).reduce(stronger, null)
    return inner === null ? null : { ...inner, condition: weakened(inner.condition) }
  }
  const only = exhaustive && goingOn.length === 1 ? goingOn[0]! : null
  if (only !== null) return { condition: only.way.condition, span: only.way.span, ends }
  const { condition, span } = ran.find(({ outcome }) => outcome.flow !== 'next' && outcome.flow !== 'raise')!.way
  return { condition: weakened(condition), span, ends }
}

const reach: Readonly<Record<After['ends'], number>> = { iteration: 0, loop: 1, function: 2 }

/** The one that ends more. */
export function stronger(a: After | null, b: After | null): After | null {
  if (a === null || b === null) return a ?? b
  return reach[b.ends] > reach[a.ends] ? b : a
}
