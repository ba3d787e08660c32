import { isSyntaxFailure, type ParsedScript, type Parser, type StmtNode } from '@onehead/core'
import type { Bytes } from '../hooks/hook-file.js'

/** What an env.py looks like, as far as the guard is concerned. Offsets are bytes. */
export type EnvFile =
  | {
      readonly kind: 'usual'
      /** Where the guard belongs: before the last `if context.is_offline_mode():` and the comment on top of it. */
      readonly place: number
      readonly snippet: Snippet | null
    }
  /** `reason` goes on after the name of the file. */
  | { readonly kind: 'unusual'; readonly reason: string; readonly snippet: Snippet | null }

/** The lines that guides advise for the end of env.py: they open a second context, and every command ends in a `KeyError`. */
export interface Snippet {
  /** Whole lines, in order. */
  readonly ranges: readonly { readonly start: number; readonly end: number }[]
  /** From 1, of the `with`. */
  readonly line: number
  /** Names of it that the rest of the file uses: then it cannot simply go. */
  readonly usedElsewhere: readonly string[]
}

/** Reads an env.py without running it. */
export function readEnvFile(parser: Parser, text: Bytes): EnvFile {
  const parsed = parser.parse(Buffer.from(text, 'latin1'))
  if (isSyntaxFailure(parsed)) return { kind: 'unusual', reason: `is not Python: ${parsed.message}`, snippet: null }
  const { body } = parsed.module
  const snippet = findSnippet(parsed, text)
  const runs = body.findLast((statement) => statement.nodeType === 'If' && asksForMode(statement.test))
  if (runs === undefined) {
    const reason = 'has no `if context.is_offline_mode():` at its left margin, so where migrations begin is not sure'
    return { kind: 'unusual', reason, snippet }
  }
  return { kind: 'usual', place: aboveComments(text, parsed.spanOf(runs).start), snippet }
}

/** `context.is_offline_mode()`, also under a `not`. */
function asksForMode(test: unknown): boolean {
  if (!isNode(test)) return false
  if (test.nodeType === 'UnaryOp') return asksForMode(test.operand)
  return test.nodeType === 'Call' && calledName(test) === 'is_offline_mode'
}

/** The start of the comment lines that stand right on top of a line. */
function aboveComments(text: Bytes, line: number): number {
  const before = text.slice(0, line)
  const comments = /(?:^|(?<=\n))(?:#[^\n]*\n)+$/.exec(before)
  return comments === null ? line : comments.index
}

function findSnippet(parsed: ParsedScript, text: Bytes): Snippet | null {
  const { body } = parsed.module
  const opens = body.find((statement) => statement.nodeType === 'With' && opensContext(statement))
  if (opens === undefined) return null
  // What makes names that others use stays where it is, and so does what it needs itself; the block must go.
  let going = body.filter((statement) => statement === opens || preparesContext(statement))
  const usedByOthers = () => new Set(body.filter((statement) => !going.includes(statement)).flatMap(namesUsed))
  for (let others = usedByOthers(), before = -1; before !== going.length; others = usedByOthers()) {
    before = going.length
    going = going.filter((one) => one === opens || !namesBound(one).some((name) => others.has(name)))
  }
  const others = usedByOthers()
  const usedElsewhere = namesBound(opens).filter((name) => others.has(name))
  const ranges = mergeLines(
    text,
    going.map((statement) => parsed.spanOf(statement)),
  )
  return { ranges, line: (opens as { lineno?: number }).lineno ?? 1, usedElsewhere }
}

/** `with EnvironmentContext(config, script)` without a function, whose body only looks at the heads. */
function opensContext(statement: StmtNode): boolean {
  const { items = [], body = [] } = statement as unknown as { items?: unknown[]; body?: unknown[] }
  const [call] = items.map((item) => (isNode(item) ? item.context_expr : null))
  if (items.length !== 1 || !isNode(call) || call.nodeType !== 'Call') return false
  if (calledName(call) !== 'EnvironmentContext' || (call.keywords as unknown[]).length > 0) return false
  const calls = body.flatMap(callsIn)
  return calls.includes('get_heads') && !calls.includes('run_env')
}

/** The imports and the script directory that it needs. */
function preparesContext(statement: StmtNode): boolean {
  const node = statement as unknown as AnyNode
  if (node.nodeType === 'ImportFrom') {
    const names = (node.names as AnyNode[]).map(({ name }) => name)
    return names.length === 1 && ['ScriptDirectory', 'EnvironmentContext'].includes(names[0] as string)
  }
  return node.nodeType === 'Assign' && isNode(node.value) && calledName(node.value) === 'from_config'
}

/** Lines with nothing but blank ones between them are one range; what is blank around a range at the end of the file goes too. */
function mergeLines(text: Bytes, spans: readonly { readonly start: number; readonly end: number }[]) {
  const ranges: { start: number; end: number }[] = []
  for (const span of spans) {
    const newline = text.indexOf('\n', span.end)
    const range = { start: text.lastIndexOf('\n', span.start - 1) + 1, end: newline < 0 ? text.length : newline + 1 }
    const last = ranges.at(-1)
    if (last !== undefined && text.slice(last.end, range.start).trim() === '') last.end = range.end
    else ranges.push(range)
  }
  return ranges.map(({ start, end }) => {
    const blankAfter = /^(?:[ \t]*\r?\n)*/.exec(text.slice(end))![0].length
    if (end + blankAfter < text.length) return { start, end: end + blankAfter }
    const blankBefore = /(?:(?<=\n)[ \t]*\r?\n)*$/.exec(text.slice(0, start))![0].length
    return { start: start - blankBefore, end: text.length }
  })
}

interface AnyNode {
  readonly nodeType: string
  readonly [key: string]: unknown
}

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && typeof (value as AnyNode).nodeType === 'string'

/** The last word of what is called: `context.is_offline_mode()` → `is_offline_mode`. */
function calledName(call: AnyNode): string | null {
  const { func } = call
  if (!isNode(func)) return null
  return (func.nodeType === 'Attribute' ? func.attr : func.nodeType === 'Name' ? func.id : null) as string | null
}

function* nodesIn(value: unknown): Generator<AnyNode> {
  if (Array.isArray(value)) for (const one of value) yield* nodesIn(one)
  if (!isNode(value)) return
  yield value
  for (const [key, child] of Object.entries(value)) if (key !== 'parent') yield* nodesIn(child)
}

const callsIn = (value: unknown): readonly (string | null)[] =>
  [...nodesIn(value)].flatMap((node) => (node.nodeType === 'Call' ? [calledName(node)] : []))

const namesUsed = (value: unknown): readonly string[] =>
  [...nodesIn(value)].flatMap((node) => (node.nodeType === 'Name' ? [node.id as string] : []))

function namesBound(statement: StmtNode): readonly string[] {
  return [...nodesIn(statement)].flatMap((node) => {
    if (node.nodeType === 'Alias') return [(node.asname ?? node.name) as string]
    return node.nodeType === 'Name' && isNode(node.ctx) && node.ctx.nodeType === 'Store' ? [node.id as string] : []
  })
}
