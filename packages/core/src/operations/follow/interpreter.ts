import type { ExprNode, ParsedScript, Placed, StmtNode } from '../../script/parse.js'
import { decodeBytes } from '../../script/source.js'
import type { Span } from '../../text/span.js'
import type { Inspection, Operation, OperationContext } from '../operation.js'
import { type Condition, decided, type Facts, noFacts, under } from '../values/facts.js'
import { nameValue, plainName } from '../values/names.js'
import type { Scope } from '../values/scope.js'
import { type ExprOf, type FunctionValue, type PassedArguments, truthOf, unknown, type Value } from '../values/value.js'
import type { Call } from './call.js'
import { callOn, callValue } from './calls.js'
import { constantValue, expressionValue } from './expressions.js'
import { followFunction } from './functions.js'
import { runStatement } from './statements.js'
import { type Outcome, stronger } from './ways.js'

type Without<Union, Keys extends PropertyKey> = Union extends unknown ? Omit<Union, Keys> : never

export type CallNode = ExprOf<'Call'>

/** An operation but for the circumstances, which the interpreter knows. */
export type Effect = Without<Operation, 'context' | 'callSite' | 'fromSql'>

/** What an operation says itself about its circumstances, whatever it stands under. */
export interface OwnCircumstances {
  /** It asks whether the thing is there: `if_exists=True`. */
  readonly exists?: boolean
  /** It is called on a batch. */
  readonly batch?: boolean
  /** It needs answers of a live database. */
  readonly online?: boolean
  /** It was read out of SQL text. */
  readonly fromSql?: boolean
}

/** Statements and calls that are followed in one file, loops and helper functions unrolled; what comes after is opaque. */
const maxSteps = 30_000
/** Expressions, blocks and helper functions inside one another. */
const maxDepth = 400

/**
 * Goes through a script as Python would, with values where they are certain and `unknown` where they are not, and notes
 * what is done to the database on the way. Branches that may or may not run are both followed.
 */
export class Interpreter {
  readonly operations: Operation[] = []
  readonly inspections: Inspection[] = []
  /** The circumstances of whatever is done now. */
  facts: Facts = noFacts
  /** There may be names that were not seen bound: code was not followed, or made at run time. */
  mayBindMore = false
  /** The innermost branch that may or may not run. */
  branch = 0
  /** The expression whose value nobody takes. */
  discarded: ExprNode | null = null
  /** How many calls the expression being read is an argument of. */
  argumentDepth = 0
  /** The functions being followed, innermost last. */
  readonly following: FunctionValue[] = []
  /** What each of them returned so far. */
  readonly returned: Value[][] = []
  readonly #parsed: ParsedScript
  /** The circumstances of the last operation, and of those before it that had the same. */
  #contextOf: Facts | null = null
  #plainContext!: OperationContext
  #direction: Inspection['direction'] = 'upgrade'
  #callSite: Span | null = null
  #branches = 0
  #steps = 0
  #depth = 0
  #exhausted = false

  constructor(parsed: ParsedScript) {
    this.#parsed = parsed
  }

  /** What stands in the file there. */
  textAt({ start, end }: Span): string {
    return decodeBytes(this.#parsed.source, start, end) ?? ''
  }

  spanOf(node: Placed): Span {
    return this.#parsed.spanOf(node)
  }

  evaluate(node: ExprNode, scope: Scope): Value {
    if (node.nodeType === 'Constant') return constantValue(this, node)
    if (node.nodeType === 'Name') return nameValue(plainName(node.id), scope)
    if (!this.#enter(node)) return unknown
    const value = node.nodeType === 'Call' ? callValue(this, node, scope) : expressionValue(this, node, scope)
    this.charge(sizeOf(value))
    this.#depth--
    return value
  }

  /** Runs statements one after the other, as far as they are reached. */
  execute(body: readonly StmtNode[], scope: Scope): Outcome {
    let after: Outcome['after'] = null
    for (const statement of body) {
      if (!this.step(statement) || !this.#enter(statement)) break
      const outcome = runStatement(this, statement, scope)
      this.#depth--
      if (outcome.after !== null) {
        this.facts = under(this.facts, outcome.after.condition, outcome.after.span)
        after = stronger(after, outcome.after)
      }
      if (outcome.flow !== 'next') return { flow: outcome.flow, after }
    }
    return { flow: 'next', after }
  }

  /** Calls a value. */
  call(called: Value, call: Call): Value {
    return callOn(called, call)
  }

  /** Follows a function of this file with these arguments. */
  follow(called: FunctionValue, passed: PassedArguments, span: Span): Value {
    const outermost = this.#callSite === null && this.following.length > 0
    if (outermost) this.#callSite = span
    const { argumentDepth } = this
    this.argumentDepth = 0
    try {
      return followFunction(this, called, passed, span)
    } finally {
      if (outermost) this.#callSite = null
      this.argumentDepth = argumentDepth
    }
  }

  /** Runs something in a branch of its own, of which it is not certain that it runs. */
  inBranch<Result>(condition: Condition, span: Span, run: () => Result): Result {
    const { facts, branch } = this
    this.facts = under(facts, condition, span)
    this.branch = ++this.#branches
    try {
      return run()
    } finally {
      this.facts = facts
      this.branch = branch
    }
  }

  /** Runs something under circumstances of its own. */
  withFacts<Result>(facts: Partial<Facts>, run: () => Result): Result {
    const before = this.facts
    this.facts = { ...before, ...facts }
    try {
      return run()
    } finally {
      this.facts = before
    }
  }

  /** Notes what is done to the database. The effect becomes the operation. */
  emit(effect: Effect, own: OwnCircumstances = {}): void {
    const circumstances: Pick<Operation, 'callSite' | 'fromSql' | 'context'> = {
      callSite: this.#callSite ?? effect.span,
      fromSql: own.fromSql === true,
      context: this.#context(own),
    }
    this.operations.push(Object.assign(effect, circumstances) as Operation)
  }

  /** Something happens here that cannot be told. */
  opaque(span: Span, reason: string, own: OwnCircumstances = {}): void {
    // Of `session.query(…).filter(…).all()` the longest call stands for all of them.
    const last = this.operations.at(-1)
    const goesOn = last?.kind === 'opaque' && last.span.start === span.start && last.span.end < span.end
    if (goesOn) this.operations.pop()
    const online = own.online === true || (goesOn && last.context.online)
    this.emit({ kind: 'opaque', span, reason, unresolved: [], arguments: new Map() }, { ...own, online })
  }

  /** The database is asked about itself. Returns whether nothing keeps that from `--sql`. */
  inspect(span: Span): boolean {
    const offlineGuarded = this.facts.offline === false
    this.inspections.push({ span, offlineGuarded, direction: this.#direction })
    return !offlineGuarded
  }

  /** Whether a value is true here; null where both may be. */
  holds(value: Value): boolean | null {
    return truthOf(value) ?? (value.type === 'unknown' ? decided(this.facts, value.test) : null)
  }

  /** Counts the work; false once there was too much of it, which is then an effect of its own. */
  step(node: Placed): boolean {
    if (++this.#steps <= maxSteps) return true
    if (!this.#exhausted) this.opaque(this.spanOf(node), 'does more than can be followed')
    this.#exhausted = true
    this.mayBindMore = true
    return false
  }

  /** Counts work on something large, in characters: in a loop it may be done thousands of times. */
  charge(characters: number): void {
    this.#steps += Math.min(characters >> 8, maxSteps / 8)
  }

  /** Reads one of the two functions; whatever was noted before is left out. */
  begin(direction: Inspection['direction']): void {
    this.#direction = direction
    this.#steps = 0
    this.#depth = 0
    this.#exhausted = false
    this.argumentDepth = 0
    this.facts = noFacts
    this.operations.length = 0
    this.inspections.length = 0
  }

  #context({ exists, batch, online }: OwnCircumstances): OperationContext {
    if (this.#contextOf !== this.facts) {
      const { offline: _, ...context } = this.facts
      this.#contextOf = this.facts
      this.#plainContext = context
    }
    if (exists !== true && batch !== true && online !== true) return this.#plainContext
    const { offline } = this.facts
    const context = { ...this.#plainContext }
    if (exists === true) Object.assign(context, { guard: 'exists', guardSpan: null })
    if (batch === true) Object.assign(context, { batch })
    if (online === true && offline !== false) Object.assign(context, { online })
    return context
  }

  #enter(node: ExprNode | StmtNode): boolean {
    if (this.#depth < maxDepth) {
      this.#depth++
      return true
    }
    this.opaque(this.spanOf(node), 'is nested too deeply to be followed')
    this.mayBindMore = true
    return false
  }
}

/** In characters; an item counts as four. */
function sizeOf(value: Value): number {
  if (value.type === 'text') return value.text.length
  return value.type === 'sequence' && value.items !== null ? value.items.length * 4 : 0
}
