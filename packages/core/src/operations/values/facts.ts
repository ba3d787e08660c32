import type { Span } from '../../text/span.js'
import type { OperationContext } from '../operation.js'

type Guard = NonNullable<OperationContext['guard']>

/** What holds in a branch because of the condition it stands under. */
export interface Condition {
  readonly guard: Guard
  readonly dialects: readonly string[]
  readonly excludedDialects: readonly string[]
  /** Whether `--sql` gets here: true: nothing else does, false: never, null: both. */
  readonly offline: boolean | null
  /** The condition asks a live database, and nothing kept it from `--sql`. */
  readonly online: boolean
}

/** What a value of unknown truth says about the branches that it chooses between. */
export interface Test {
  readonly whenTrue: Condition
  readonly whenFalse: Condition
}

/** What holds at one place of a script: the circumstances of whatever is done there. */
export interface Facts extends OperationContext {
  readonly offline: boolean | null
}

export const noFacts: Facts = {
  guard: null,
  guardSpan: null,
  dialects: [],
  excludedDialects: [],
  database: null,
  batch: false,
  autocommit: false,
  online: false,
  offline: null,
}

const anything: Condition = { guard: 'condition', dialects: [], excludedDialects: [], offline: null, online: false }

const both = (condition: Condition): Test => ({ whenTrue: condition, whenFalse: condition })

/** A condition about which nothing is known. */
export const plainTest: Test = both(anything)

/** A condition on what the database holds. */
export const existenceTest = (online: boolean): Test => both({ ...anything, guard: 'exists', online })

/** A condition on rows that a query returned. */
export const rowsTest = (online: boolean): Test => both({ ...anything, online })

/** A condition on the dialect in a way that is not read. */
export const dialectTest: Test = both({ ...anything, guard: 'dialect' })

/** `dialect.name in (…)`. */
export const dialectIsOneOf = (dialects: readonly string[]): Test => ({
  whenTrue: { ...anything, guard: 'dialect', dialects },
  whenFalse: { ...anything, guard: 'dialect', excludedDialects: dialects },
})

/** `context.is_offline_mode()`. */
export const offlineTest: Test = {
  whenTrue: { ...anything, guard: 'offline', offline: true },
  whenFalse: { ...anything, guard: 'offline', offline: false },
}

export const negated = ({ whenTrue, whenFalse }: Test): Test => ({ whenTrue: whenFalse, whenFalse: whenTrue })

export const allOf = (tests: readonly Test[]): Test => ({
  whenTrue: tests.map((test) => test.whenTrue).reduce(conjunction),
  whenFalse: tests.map((test) => test.whenFalse).reduce(disjunction),
})

export const anyOf = (tests: readonly Test[]): Test => negated(allOf(tests.map(negated)))

/** A condition on something computed from what these are about: nothing is said of either branch, only what was asked. */
export const testOn = (tests: readonly Test[]): Test =>
  tests.length === 0 ? plainTest : both(tests.map(blur).reduce(disjunction))

const blur = ({ whenTrue, whenFalse }: Test): Condition => disjunction(whenTrue, whenFalse)

/** What is left of a condition once it is not sure any more that it holds. */
export const weakened = (condition: Condition): Condition => ({
  ...anything,
  guard: condition.guard,
  online: condition.online,
})

export function conjunction(a: Condition, b: Condition): Condition {
  return {
    guard: strongest(a.guard, b.guard),
    dialects: intersection(a.dialects, b.dialects),
    excludedDialects: union(a.excludedDialects, b.excludedDialects),
    offline: a.offline ?? b.offline,
    online: a.online || b.online,
  }
}

export function disjunction(a: Condition, b: Condition): Condition {
  const everyDialect = a.dialects.length === 0 || b.dialects.length === 0
  return {
    guard: strongest(a.guard, b.guard),
    dialects: everyDialect ? [] : union(a.dialects, b.dialects),
    excludedDialects: a.excludedDialects.filter((name) => b.excludedDialects.includes(name)),
    offline: a.offline === b.offline ? a.offline : null,
    online: a.online || b.online,
  }
}

/** The facts inside a branch. `span`: what decides about it. */
export function under(facts: Facts, condition: Condition, span: Span): Facts {
  const keepsGuard = condition.guard === 'offline' && facts.guard !== null
  return {
    ...facts,
    guard: keepsGuard ? facts.guard : condition.guard,
    guardSpan: keepsGuard ? facts.guardSpan : span,
    dialects: intersection(facts.dialects, condition.dialects),
    excludedDialects: union(facts.excludedDialects, condition.excludedDialects),
    offline: condition.offline ?? facts.offline,
    online: facts.online || condition.online,
  }
}

/** What a test comes to where the facts decide it: inside `if dialect.name == 'sqlite'` it is no other; null where they do not. */
export function decided(facts: Facts, { whenTrue, whenFalse }: Test): boolean | null {
  if (excludes(facts, whenTrue)) return false
  return excludes(facts, whenFalse) ? true : null
}

/** Whether a condition cannot hold under these facts. */
function excludes(facts: Facts, { dialects, excludedDialects, offline }: Condition): boolean {
  if (offline !== null && facts.offline !== null && offline !== facts.offline) return true
  const left = dialects.filter((name) => !facts.excludedDialects.includes(name))
  if (dialects.length > 0 && left.length === 0) return true
  if (facts.dialects.length === 0) return false
  return facts.dialects.every(
    (name) => (dialects.length > 0 && !left.includes(name)) || excludedDialects.includes(name),
  )
}

const strength: Readonly<Record<Guard, number>> = { offline: 0, condition: 1, dialect: 2, exists: 3 }
const strongest = (a: Guard, b: Guard): Guard => (strength[a] >= strength[b] ? a : b)

const union = (a: readonly string[], b: readonly string[]) => (b.length === 0 ? a : [...new Set([...a, ...b])])

/** An empty list lets everything through. */
function intersection(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a
  return a.filter((name) => b.includes(name))
}
