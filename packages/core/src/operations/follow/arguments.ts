import type { ExprNode } from '../../script/parse.js'
import type { Span } from '../../text/span.js'
import type { Scope } from '../values/scope.js'
import { type ExprOf, itemsOf, type Passed, type PassedArguments, type Value } from '../values/value.js'
import type { CallNode, Interpreter } from './interpreter.js'

type KeywordNode = ExprOf<'Call'>['keywords'][number]

/** An argument of which most never need their place: it is looked up when somebody asks. */
class LazyPassed implements Passed {
  readonly given: Value
  readonly #interpreter: Interpreter
  readonly #node: ExprNode
  readonly #keyword: KeywordNode | null

  constructor(given: Value, interpreter: Interpreter, node: ExprNode, keyword: KeywordNode | null) {
    this.given = given
    this.#interpreter = interpreter
    this.#node = node
    this.#keyword = keyword
  }

  get value(): Span {
    return this.#interpreter.spanOf(this.#node)
  }

  get whole(): Span {
    return this.#interpreter.spanOf(this.#keyword ?? this.#node)
  }
}

/** Most calls have none; a map of one's own would be most of what they cost. */
const noKeywords: ReadonlyMap<string, Passed> = new Map()

/** Evaluates the arguments of a call, in Python's order. */
export function passedTo(interpreter: Interpreter, node: CallNode, scope: Scope): PassedArguments {
  const positional: Passed[] = []
  let complete = true
  for (const argument of node.args) {
    const given = interpreter.evaluate(argument, scope)
    if (argument.nodeType !== 'Starred') positional.push(new LazyPassed(given, interpreter, argument, null))
    else {
      const items = itemsOf(given)
      for (const item of items ?? []) positional.push(new LazyPassed(item, interpreter, argument, null))
      complete &&= items !== null
    }
  }
  if (node.keywords.length === 0) return { positional, keywords: noKeywords, complete }
  const keywords = new Map<string, Passed>()
  for (const keyword of node.keywords) {
    const given = interpreter.evaluate(keyword.value, scope)
    if (keyword.arg != null) keywords.set(keyword.arg, new LazyPassed(given, interpreter, keyword.value, keyword))
    else if (given.type === 'mapping' && given.entries !== null) {
      for (const [key, one] of given.entries) {
        keywords.set(String(key), new LazyPassed(one, interpreter, keyword.value, keyword))
      }
    } else complete = false
  }
  return { positional, keywords, complete }
}
