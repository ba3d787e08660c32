import { boundNames } from '../../script/bound-names.js'
import { type Condition, dialectIsOneOf, testOn } from '../values/facts.js'
import type { Scope } from '../values/scope.js'
import { type StmtOf, testOf, textOf, unknown, type Value } from '../values/value.js'
import type { Interpreter } from './interpreter.js'
import { type Outcome, runWays } from './ways.js'

type Pattern = StmtOf<'Match'>['cases'][number]['pattern']

/** `match dialect: case 'postgresql': …`: every case is a branch that may be taken. */
export function runMatch(interpreter: Interpreter, node: StmtOf<'Match'>, scope: Scope): Outcome {
  const subject = interpreter.evaluate(node.subject, scope)
  const ways = node.cases.map((one) => {
    const guard = one.guard == null ? [] : [testOf(interpreter.evaluate(one.guard, scope))]
    return {
      body: one.body,
      condition: guard.length === 0 ? conditionOf(interpreter, subject, one.pattern, scope) : testOn(guard).whenTrue,
      span: interpreter.spanOf(one.pattern),
      prepare: (branch: Scope) => {
        for (const name of boundNames([one.pattern]).names) branch.bind(name, unknown)
      },
    }
  })
  const last = node.cases.at(-1)
  const exhaustive = last?.pattern.nodeType === 'MatchAs' && last.pattern.pattern == null && last.guard == null
  return runWays(interpreter, ways, scope, exhaustive)
}

function conditionOf(interpreter: Interpreter, subject: Value, pattern: Pattern, scope: Scope): Condition {
  const isDialect = subject.type === 'live' && subject.what === 'dialect-name'
  const names = isDialect ? alternatives(interpreter, pattern, scope) : null
  return names === null ? testOf(subject).whenTrue : dialectIsOneOf(names).whenTrue
}

function alternatives(interpreter: Interpreter, pattern: Pattern, scope: Scope): readonly string[] | null {
  if (pattern.nodeType === 'MatchOr') {
    const each = pattern.patterns.map((one) => alternatives(interpreter, one, scope))
    return each.includes(null) ? null : each.flatMap((names) => names ?? [])
  }
  const name = pattern.nodeType === 'MatchValue' ? textOf(interpreter.evaluate(pattern.value, scope)) : null
  return name === null ? null : [name]
}
