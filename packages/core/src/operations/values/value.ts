import type { ExprNode, StmtNode } from '../../script/parse.js'
import type { Span } from '../../text/span.js'
import type { ArgumentSpan } from '../operation.js'
import { plainTest, type Test, testOn } from './facts.js'
import type { Scope } from './scope.js'

export type ExprOf<Type extends ExprNode['nodeType']> = Extract<ExprNode, { nodeType: Type }>
export type StmtOf<Type extends StmtNode['nodeType']> = Extract<StmtNode, { nodeType: Type }>

/** Stands in a text for a part that only Python can tell. A private-use character: no script means it. */
export const hole = '\uf8ff'

export interface TextValue {
  readonly type: 'text'
  /** With `hole` where a part is not known. */
  readonly text: string
}

/** A list, tuple or set. Lists are changed in place, as in Python. */
export interface SequenceValue {
  readonly type: 'sequence'
  readonly form: 'list' | 'tuple' | 'set'
  /** Null once something happened to it that was not followed. */
  items: Value[] | null
  /** The uncertain branch in which it was made: only there it can be changed for certain. */
  readonly madeIn: number
  /** Something that may act was in it when it was lost sight of. */
  acts?: boolean
}

export interface MappingValue {
  readonly type: 'mapping'
  entries: Map<string | number | boolean | null, Value> | null
  readonly madeIn: number
  acts?: boolean
}

/** Alembic's `op`, or the `batch_op` of a table. */
export interface OperationsValue {
  readonly type: 'operations'
  readonly batch: { readonly table: Passed; readonly schema: Passed | null } | null
}

/** Something imported, by its full name: `sqlalchemy.dialects.postgresql.JSONB`. */
export interface ReferenceValue {
  readonly type: 'reference'
  readonly path: string
}

/** What a call of something imported returned: `sa.Column('id', sa.Integer())`. */
export interface ConstructValue {
  readonly type: 'construct'
  readonly path: string
  /** The last part of the path. */
  readonly name: string
  readonly passed: PassedArguments
  readonly span: Span
  /** It was given the connection or `op`. */
  readonly live: boolean
}

/** A function or lambda of this file, with the scope that it sees. */
export interface FunctionValue {
  readonly type: 'function'
  readonly node: StmtOf<'FunctionDef'> | StmtOf<'AsyncFunctionDef'> | ExprOf<'Lambda'>
  readonly scope: Scope
  /** The default values, evaluated where it is defined. */
  readonly defaults: ReadonlyMap<string, Value>
  /** Of a class method its class, which it gets before all arguments. */
  readonly bound: ClassValue | null
}

export interface ClassValue {
  readonly type: 'class'
  readonly name: string
  readonly members: ReadonlyMap<string, Value>
  /** Full names of the classes it derives from, as far as they are known. */
  readonly bases: readonly string[]
}

/** An attribute of a value, not called yet: `bind.execute`, `'…'.format`. */
export interface MethodValue {
  readonly type: 'method'
  readonly receiver: Value
  readonly name: string
}

/** Something that belongs to a running migration. */
export interface LiveValue {
  readonly type: 'live'
  readonly what: 'connection' | 'session' | 'inspector' | 'context' | 'dialect' | 'dialect-name' | 'autocommit'
}

/** A SQLAlchemy statement: `users.update().where(…)`. */
export interface StatementValue {
  readonly type: 'statement'
  readonly verb: 'insert' | 'update' | 'delete' | 'select'
  readonly tables: readonly string[] | null
}

/** `sa.text('…')`. */
export interface SqlTextValue {
  readonly type: 'sql-text'
  readonly text: Value
}

export interface UnknownValue {
  readonly type: 'unknown'
  /** What a condition on it is about. */
  readonly test: Test
  /** It may hold the connection or `op`, or act on its own: calling it may do anything. */
  readonly live: boolean
}

export type Value =
  | TextValue
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'none' }
  | SequenceValue
  | MappingValue
  | OperationsValue
  | ReferenceValue
  | ConstructValue
  | FunctionValue
  | ClassValue
  | MethodValue
  | LiveValue
  | StatementValue
  | SqlTextValue
  | UnknownValue

/** One argument of a call. */
export interface Passed extends ArgumentSpan {
  readonly given: Value
}

export interface PassedArguments {
  readonly positional: readonly Passed[]
  readonly keywords: ReadonlyMap<string, Passed>
  /** False where a `*` or `**` of something unknown may hold more. */
  readonly complete: boolean
}

export const none: Value = { type: 'none' }
export const unknown: UnknownValue = { type: 'unknown', test: plainTest, live: false }
export const liveUnknown: UnknownValue = { type: 'unknown', test: plainTest, live: true }
export const operations: OperationsValue = { type: 'operations', batch: null }
export const connection: LiveValue = { type: 'live', what: 'connection' }

export const text = (value: string): TextValue => ({ type: 'text', text: value })
export const number = (value: number): Value => ({ type: 'number', value })
export const boolean = (value: boolean): Value => ({ type: 'boolean', value })
export const unknownAbout = (test: Test, live = false): UnknownValue => ({ type: 'unknown', test, live })

/** The text, where all of it is known. */
export const textOf = (value: Value | undefined): string | null =>
  value?.type === 'text' && !value.text.includes(hole) ? value.text : null

/** Whether something called with this value may change the database through it. */
export function isLive(value: Value): boolean {
  switch (value.type) {
    case 'operations':
      return true
    case 'live':
      return value.what === 'connection' || value.what === 'session' || value.what === 'context'
    case 'function':
      return true
    case 'method':
      // What a migration context has is mostly settings; its methods are known by name.
      return isLive(value.receiver) && !(value.receiver.type === 'live' && value.receiver.what === 'context')
    case 'construct':
    case 'unknown':
      return value.live
    case 'sequence':
      return value.acts === true || (value.items !== null && someLive(value.items))
    case 'mapping':
      return value.acts === true || (value.entries !== null && someLive([...value.entries.values()]))
    default:
      return false
  }
}

/** Data may be long, and nobody hides a connection behind its first items. */
const someLive = (items: readonly Value[]): boolean => items.slice(0, 16).some(isLive)

/** What a condition on this value is about. */
export function testOf(value: Value): Test {
  if (value.type === 'unknown') return value.test
  if (value.type === 'method') return testOf(value.receiver)
  return plainTest
}

/** A value computed from others in a way that is not followed. */
export function derived(...from: readonly Value[]): UnknownValue {
  const tests = from.flatMap((value) => (value.type === 'unknown' ? [value.test] : []))
  return {
    type: 'unknown',
    test: testOn(tests),
    live: from.some(isLive),
  }
}

/** Python's own modules, and others whose functions and classes only compute, describe or print. */
const libraries: ReadonlySet<string> = new Set(
  (
    'builtins sqlalchemy sqlmodel abc base64 bisect calendar collections contextlib copy csv dataclasses datetime decimal ' +
    'difflib enum fractions functools hashlib hmac html inspect io ipaddress itertools json locale logging math numbers ' +
    'operator os pathlib pickle pprint random re secrets statistics string struct sys tempfile textwrap time timeit traceback ' +
    'types typing typing_extensions unicodedata urllib uuid warnings zlib zoneinfo click dateutil pytz rich six slugify tqdm ' +
    'yaml orjson simplejson structlog loguru arrow pendulum bcrypt cryptography'
  ).split(' '),
)

/** Whether a full name belongs to such a module. */
export function isLibrary(path: string): boolean {
  const dot = path.indexOf('.')
  return libraries.has(dot < 0 ? path : path.slice(0, dot))
}

/** Whether Python takes it as true; null where that is not certain. */
export function truthOf(value: Value): boolean | null {
  switch (value.type) {
    case 'text':
      return value.text.replaceAll(hole, '') !== '' ? true : value.text === '' ? false : null
    case 'number':
      return value.value !== 0
    case 'boolean':
      return value.value
    case 'none':
      return false
    case 'sequence':
      return value.items === null ? null : value.items.length > 0
    case 'mapping':
      return value.entries === null ? null : value.entries.size > 0
    case 'operations':
    case 'function':
    case 'class':
      return true
    default:
      return null
  }
}

/** What a name holds after one of several branches ran. */
export function joined(values: readonly Value[]): Value {
  const [first, ...others] = values
  if (first === undefined) return unknown
  if (others.every((other) => same(first, other))) return first
  const { test, live } = derived(...values)
  return { type: 'unknown', test, live: live || values.some(mayAct) }
}

/** A function or class that is not in this file and may do anything when it is called. */
const mayAct = (value: Value): boolean => value.type === 'reference' && !isLibrary(value.path)

function same(a: Value, b: Value): boolean {
  if (a === b) return true
  if (a.type === 'live') return b.type === 'live' && a.what === b.what
  if (a.type === 'text') return b.type === 'text' && a.text === b.text
  if (a.type === 'none') return b.type === 'none'
  if (a.type === 'number' || a.type === 'boolean') return b.type === a.type && a.value === b.value
  if (a.type === 'reference') return b.type === 'reference' && a.path === b.path
  return a.type === 'operations' && b.type === 'operations' && a.batch === b.batch
}

/** The items that a loop goes over, where they are known. */
export function itemsOf(value: Value): readonly Value[] | null {
  if (value.type === 'sequence') return value.items
  if (value.type !== 'mapping' || value.entries === null) return null
  return [...value.entries.keys()].map(keyValue)
}

export function keyValue(key: string | number | boolean | null): Value {
  if (typeof key === 'string') return { type: 'text', text: key }
  if (typeof key === 'number') return { type: 'number', value: key }
  return key === null ? none : { type: 'boolean', value: key }
}

/** Nothing is certain about a list or dict any more. */
export function forget(value: Value): void {
  if (value.type !== 'sequence' && value.type !== 'mapping') return
  value.acts = isLive(value)
  if (value.type === 'sequence') value.items = null
  else value.entries = null
}
