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
  readonly ends: 'function' | 'loop'
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
  const leaving = ran.filter(({ outcome }) => outcome.flow !== 'next')
  if (exhaustive && goingOn.length === 0 && leaving.length > 0) return { flow: leaving[0]!.outcome.flow, after: null }
  return { flow: 'next', after: afterWays(ran, exhaustive) }
}

interface RanWay {
  readonly way: Way
  readonly outcome: Outcome
}

/** What holds behind ways of which some leave. Raising does not count: nothing is done behind it, but the script fails too. */
function afterWays(ran: readonly RanWay[], exhaustive: boolean): After | null {
  const leavers = ran.filter(({ outcome }) => outcome.flow !== 'next' && outcome.flow !== 'raise')
  const goingOn = ran.filter(({ outcome }) => outcome.flow === 'next')
  if (leavers.length > 0) {
    const ends = leavers.some(({ outcome }) => outcome.flow === 'return') ? 'function' : 'loop'
    const only = exhaustive && goingOn.length === 1 ? goingOn[0]! : null
    if (only !== null) return { condition: only.way.condition, span: only.way.span, ends }
    const { condition, span } = leavers[0]!.way
    return { condition: weakened(condition), span, ends }
  }
  const inner = goingOn.flatMap(({ outcome }) => (outcome.after === null ? [] : [outcome.after]))[0]
  return inner === undefined ? null : { ...inner, condition: weakened(inner.condition) }
}
