import type { Alias, ExprNode, StmtNode } from 'py-ast'
import { token } from '../tokens.js'
import { beginsExpression, type Cursor, lineEnd } from './cursor.js'
import type { Expressions } from './expressions.js'
import { asStatement, del, store } from './node.js'
import { augmentedOperator } from './operators.js'
import { bind, bindOne } from './targets.js'
import { isKeyword, keyword, notRead, sign } from './words.js'

/** The statements of a line, or those behind the colon of a compound one, into a list. */
export function parseSimpleStatements(cursor: Expressions, into: StmtNode[]): void {
  do into.push(parseSimpleStatement(cursor))
  while (cursor.accept(sign.semicolon) && cursor.kind !== lineEnd)
  cursor.expect(lineEnd)
}

const atEnd = (cursor: Cursor): boolean => cursor.kind === lineEnd || cursor.kind === sign.semicolon

function parseSimpleStatement(cursor: Expressions): StmtNode {
  const { start } = cursor
  if (!isKeyword(cursor.kind)) return parseAssignment(cursor)
  switch (cursor.kind) {
    case keyword.pass:
      cursor.at++
      return asStatement({ nodeType: 'Pass', start, end: cursor.end })
    case keyword.break:
      cursor.at++
      return asStatement({ nodeType: 'Break', start, end: cursor.end })
    case keyword.continue:
      cursor.at++
      return asStatement({ nodeType: 'Continue', start, end: cursor.end })
    case keyword.return: {
      cursor.at++
      const value = atEnd(cursor) ? undefined : cursor.expressions()
      return asStatement({ nodeType: 'Return', value, start, end: cursor.end })
    }
    case keyword.raise:
      return parseRaise(cursor)
    case keyword.import:
      return parseImport(cursor)
    case keyword.from:
      return parseImportFrom(cursor)
    case keyword.global:
    case keyword.nonlocal: {
      const nodeType = cursor.kind === keyword.global ? 'Global' : 'Nonlocal'
      const names: string[] = []
      do {
        cursor.at++
        names.push(cursor.name())
      } while (cursor.kind === sign.comma)
      return asStatement({ nodeType, names, start, end: cursor.end })
    }
    case keyword.del:
      return parseDelete(cursor)
    case keyword.assert: {
      cursor.at++
      const test = cursor.expression()
      const msg = cursor.accept(sign.comma) ? cursor.expression() : undefined
      return asStatement({ nodeType: 'Assert', test, msg, start, end: cursor.end })
    }
    default:
      return parseAssignment(cursor)
  }
}

/** An assignment of any kind, or an expression that stands alone. */
function parseAssignment(cursor: Expressions): StmtNode {
  const { start } = cursor
  const bracketed = cursor.kind === sign.openRound
  const first = cursor.yieldOrExpressions()
  switch (cursor.kind) {
    case sign.equals: {
      const targets: ExprNode[] = []
      let value = first
      while (cursor.accept(sign.equals)) {
        targets.push(bind(value, store))
        value = cursor.yieldOrExpressions()
      }
      return asStatement({ nodeType: 'Assign', targets, value, start, end: cursor.end })
    }
    case token.augmented: {
      const target = bindOne(first)
      const op = augmentedOperator(cursor.text())
      cursor.at++
      const value = cursor.yieldOrExpressions()
      return asStatement({ nodeType: 'AugAssign', target, op, value, start, end: cursor.end })
    }
    case sign.colon: {
      if (bracketed) throw notRead
      const target = bindOne(first)
      cursor.at++
      const annotation = cursor.expression()
      const value = cursor.accept(sign.equals) ? cursor.yieldOrExpressions() : undefined
      const simple = target.nodeType === 'Name' ? 1 : 0
      return asStatement({ nodeType: 'AnnAssign', target, annotation, value, simple, start, end: cursor.end })
    }
    default:
      return asStatement({ nodeType: 'Expr', value: first, start, end: cursor.end })
  }
}

function parseRaise(cursor: Cursor): StmtNode {
  const { start } = cursor
  cursor.at++
  const exc = atEnd(cursor) ? undefined : cursor.expression()
  const cause = exc !== undefined && cursor.accept(keyword.from) ? cursor.expression() : undefined
  return asStatement({ nodeType: 'Raise', exc, cause, start, end: cursor.end })
}

function parseDelete(cursor: Cursor): StmtNode {
  const { start } = cursor
  cursor.at++
  const targets = [bind(cursor.expression(), del)]
  while (cursor.accept(sign.comma) && beginsExpression(cursor.kind)) targets.push(bind(cursor.expression(), del))
  return asStatement({ nodeType: 'Delete', targets, start, end: cursor.end })
}

function parseImport(cursor: Cursor): StmtNode {
  const { start } = cursor
  const names: Alias[] = []
  do {
    cursor.at++
    const from = cursor.start
    names.push(parseAlias(cursor, dottedName(cursor), from))
  } while (cursor.kind === sign.comma)
  return asStatement({ nodeType: 'Import', names, is_lazy: undefined, start, end: cursor.end })
}

function parseImportFrom(cursor: Cursor): StmtNode {
  const { start } = cursor
  cursor.at++
  let level = 0
  for (; cursor.kind === sign.dot || cursor.kind === token.ellipsis; cursor.at++)
    level += cursor.kind === sign.dot ? 1 : 3
  const module = level > 0 && cursor.kind === keyword.import ? undefined : dottedName(cursor)
  cursor.expect(keyword.import)
  const names = parseImportedNames(cursor)
  return asStatement({ nodeType: 'ImportFrom', module, names, level, is_lazy: undefined, start, end: cursor.end })
}

function parseImportedNames(cursor: Cursor): Alias[] {
  const { start } = cursor
  if (cursor.accept(sign.star))
    return [{ nodeType: 'Alias', name: '*', asname: undefined, start, end: cursor.end } as never]
  const bracketed = cursor.accept(sign.openRound)
  const names: Alias[] = []
  do {
    if (bracketed && names.length > 0 && cursor.kind === sign.closeRound) break
    const from = cursor.start
    names.push(parseAlias(cursor, cursor.name(), from))
  } while (cursor.accept(sign.comma))
  if (bracketed) cursor.expect(sign.closeRound)
  return names
}

function parseAlias(cursor: Cursor, name: string, start: number): Alias {
  const asname = cursor.accept(keyword.as) ? cursor.name() : undefined
  return { nodeType: 'Alias', name, asname, start, end: cursor.end } as unknown as Alias
}

function dottedName(cursor: Cursor): string {
  let name = cursor.name()
  while (cursor.accept(sign.dot)) name += `.${cursor.name()}`
  return name
}
