import type { ExceptHandler, ExprNode, Keyword, StmtNode, WithItem } from 'py-ast'
import { type Block, type Open, settle } from './blocks.js'
import type { Cursor } from './cursor.js'
import { asStatement, store } from './node.js'
import { parseParameters } from './parameters.js'
import { bind, parseTargets } from './targets.js'
import { parseArguments } from './trailers.js'
import { isKeyword, keyword, notRead, sign } from './words.js'

/** The block behind the colon of a line, which is still to be read. */
export interface Announced {
  readonly body: StmtNode[]
  /** The nodes that end where the block ends. */
  readonly owners: readonly object[]
}

/**
 * Reads the first line of a compound statement, or a clause of one, up to its colon; null, and nothing read, where the line
 * is neither. Decorators wait in the block for what they decorate.
 */
export function parseHeader(cursor: Cursor, block: Block): Announced | null {
  if (!isKeyword(cursor.kind)) return null
  switch (cursor.kind) {
    case keyword.elif:
    case keyword.else:
    case keyword.except:
    case keyword.finally:
      return parseClause(cursor, block.open)
    case keyword.def:
    case keyword.class:
      return announce(block, parseDefinition(cursor, block, cursor.start, false))
    case keyword.async:
      return announce(block, parseAsync(cursor, block))
    case keyword.if: {
      const { start } = cursor
      cursor.at++
      const test = cursor.namedExpression()
      return announce(block, asStatement({ nodeType: 'If', test, body: [], orelse: [], start, end: 0 }))
    }
    case keyword.while: {
      const { start } = cursor
      cursor.at++
      const test = cursor.namedExpression()
      return announce(block, asStatement({ nodeType: 'While', test, body: [], orelse: [], start, end: 0 }))
    }
    case keyword.for:
      return announce(block, parseFor(cursor, cursor.start, false))
    case keyword.with:
      return announce(block, parseWith(cursor, cursor.start, false))
    case keyword.try: {
      const { start } = cursor
      cursor.at++
      const parts = { body: [], handlers: [], orelse: [], finalbody: [] }
      return announce(block, asStatement({ nodeType: 'Try', ...parts, start, end: 0 }))
    }
    default:
      return null
  }
}

type Compound = Extract<StmtNode, { body: StmtNode[] }>

function announce(block: Block, statement: StmtNode): Announced {
  settle(block)
  const chain = [statement]
  block.statements.push(statement)
  block.open = { statement, chain, last: null }
  return { body: (statement as Compound).body, owners: chain }
}

function parseClause(cursor: Cursor, open: Open | null): Announced {
  if (open === null) throw notRead
  const { start, kind } = cursor
  cursor.at++
  const { chain } = open
  const last = chain.at(-1)!
  if (kind === keyword.elif) {
    if (last.nodeType !== 'If' || open.last !== null) throw notRead
    const test = cursor.namedExpression()
    const inner = asStatement({ nodeType: 'If', test, body: [], orelse: [], start, end: 0 })
    last.orelse.push(inner)
    chain.push(inner)
    return { body: (inner as Compound).body, owners: chain }
  }
  if (kind === keyword.else) {
    if (open.last === 'else' || open.last === 'finally' || !('orelse' in last)) throw notRead
    if (last.nodeType === 'Try' && last.handlers.length === 0) throw notRead
    open.last = 'else'
    return { body: last.orelse as StmtNode[], owners: chain }
  }
  if (last.nodeType !== 'Try' || open.last === 'finally') throw notRead
  if (kind === keyword.finally) {
    open.last = 'finally'
    return { body: last.finalbody, owners: chain }
  }
  if (open.last !== null) throw notRead
  const handler = parseHandler(cursor, start)
  if (handler.type === undefined) open.last = 'bare except'
  last.handlers.push(handler)
  return { body: handler.body, owners: [last, handler] }
}

function parseHandler(cursor: Cursor, start: number): ExceptHandler {
  const type = cursor.kind === sign.colon ? undefined : cursor.expression()
  const name = type !== undefined && cursor.accept(keyword.as) ? cursor.name() : undefined
  return { nodeType: 'ExceptHandler', type, name, body: [], start, end: 0 } as unknown as ExceptHandler
}

function parseAsync(cursor: Cursor, block: Block): StmtNode {
  const { start } = cursor
  cursor.at++
  switch (cursor.kind) {
    case keyword.def:
      return parseDefinition(cursor, block, start, true)
    case keyword.for:
      return parseFor(cursor, start, true)
    case keyword.with:
      return parseWith(cursor, start, true)
    default:
      throw notRead
  }
}

/** A function or a class, with the decorators that wait for it. */
function parseDefinition(cursor: Cursor, block: Block, start: number, isAsync: boolean): StmtNode {
  const { decorators } = block
  block.decorators = []
  if (cursor.accept(keyword.class)) return parseClass(cursor, start, decorators)
  cursor.at++
  const name = cursor.name()
  cursor.expect(sign.openRound)
  const args = parseParameters(cursor, sign.closeRound, true)
  const returns = cursor.isOperator('->') ? parseReturned(cursor) : undefined
  const nodeType = isAsync ? 'AsyncFunctionDef' : 'FunctionDef'
  const parts = { name, args, body: [], decorator_list: decorators, returns, type_params: [] }
  return asStatement({ nodeType, ...parts, start, end: 0 })
}

function parseReturned(cursor: Cursor): ExprNode {
  cursor.at++
  return cursor.expression()
}

function parseClass(cursor: Cursor, start: number, decorators: ExprNode[]): StmtNode {
  const name = cursor.name()
  const bases: ExprNode[] = []
  const keywords: Keyword[] = []
  if (cursor.kind === sign.openRound) parseArguments(cursor, bases, keywords)
  // What is a generator to a call is nothing to a class.
  if (bases[0]?.nodeType === 'GeneratorExp') throw notRead
  const parts = { name, bases, keywords, body: [], decorator_list: decorators, type_params: [] }
  return asStatement({ nodeType: 'ClassDef', ...parts, start, end: 0 })
}

function parseFor(cursor: Cursor, start: number, isAsync: boolean): StmtNode {
  cursor.at++
  const target = parseTargets(cursor)
  cursor.expect(keyword.in)
  const iter = cursor.expressions()
  const nodeType = isAsync ? 'AsyncFor' : 'For'
  return asStatement({ nodeType, target, iter, body: [], orelse: [], start, end: 0 })
}

function parseWith(cursor: Cursor, start: number, isAsync: boolean): StmtNode {
  const items: WithItem[] = []
  do {
    cursor.at++
    // The brackets may belong to one item or hold all of them, which only what follows them tells.
    if (items.length === 0 && cursor.kind === sign.openRound) throw notRead
    const expression = cursor.expression()
    const target = cursor.accept(keyword.as) ? bind(cursor.operation(), store) : undefined
    items.push({ nodeType: 'WithItem', context_expr: expression, optional_vars: target } as WithItem)
  } while (cursor.kind === sign.comma)
  return asStatement({ nodeType: isAsync ? 'AsyncWith' : 'With', items, body: [], start, end: 0 })
}
