import type { BoolOpNode, CmpOpNode, OperatorNode, UnaryOpNode } from 'py-ast'
import { token } from '../tokens.js'
import type { Cursor } from './cursor.js'
import { keyword, notRead, sign } from './words.js'

// Operators have neither place nor fields: one node of each is enough.

interface Binary {
  readonly op: OperatorNode
  /** From 1, what binds loosest, to 6. */
  readonly precedence: number
}

const simple: Readonly<Record<string, Binary>> = {
  '|': { op: { nodeType: 'BitOr' }, precedence: 1 },
  '^': { op: { nodeType: 'BitXor' }, precedence: 2 },
  '&': { op: { nodeType: 'BitAnd' }, precedence: 3 },
  '+': { op: { nodeType: 'Add' }, precedence: 5 },
  '-': { op: { nodeType: 'Sub' }, precedence: 5 },
  '*': { op: { nodeType: 'Mult' }, precedence: 6 },
  '/': { op: { nodeType: 'Div' }, precedence: 6 },
  '%': { op: { nodeType: 'Mod' }, precedence: 6 },
  '@': { op: { nodeType: 'MatMult' }, precedence: 6 },
}
const double: Readonly<Record<string, Binary>> = {
  '<<': { op: { nodeType: 'LShift' }, precedence: 4 },
  '>>': { op: { nodeType: 'RShift' }, precedence: 4 },
  '//': { op: { nodeType: 'FloorDiv' }, precedence: 6 },
}
const bySimpleCode: readonly (Binary | undefined)[] = Array.from(
  { length: 128 },
  (_, code) => simple[String.fromCharCode(code)],
)

export const power: OperatorNode = { nodeType: 'Pow' }
export const and: BoolOpNode = { nodeType: 'And' }
export const or: BoolOpNode = { nodeType: 'Or' }
export const not: UnaryOpNode = { nodeType: 'Not' }

/** `+`, `-` or `~` before an operand, by the kind of its token. */
export const unary: Readonly<Record<number, UnaryOpNode>> = {
  43: { nodeType: 'UAdd' },
  45: { nodeType: 'USub' },
  126: { nodeType: 'Invert' },
}

/** The operator between two operands that stands here (`**` is none of them); undefined where none does. */
export function binaryOperator(cursor: Cursor): Binary | undefined {
  const { kind } = cursor
  if (kind < 128) return bySimpleCode[kind]
  return kind === token.operator ? double[cursor.text()] : undefined
}

/** The operator of `x += 1` and its like, from the text of its token. */
export function augmentedOperator(text: string): OperatorNode {
  const operator = text.slice(0, -1)
  if (operator === '**') return power
  const found = simple[operator] ?? double[operator]
  if (found === undefined) throw notRead
  return found.op
}

const comparisons: Readonly<Record<string, CmpOpNode>> = {
  '<': { nodeType: 'Lt' },
  '>': { nodeType: 'Gt' },
  '<=': { nodeType: 'LtE' },
  '>=': { nodeType: 'GtE' },
  '==': { nodeType: 'Eq' },
  '!=': { nodeType: 'NotEq' },
}
const is: CmpOpNode = { nodeType: 'Is' }
const isNot: CmpOpNode = { nodeType: 'IsNot' }
const isIn: CmpOpNode = { nodeType: 'In' }
const notIn: CmpOpNode = { nodeType: 'NotIn' }

/** Reads an operator that compares, also one of two words; undefined, and nothing read, where none stands. */
export function readComparison(cursor: Cursor): CmpOpNode | undefined {
  switch (cursor.kind) {
    case sign.less:
    case sign.greater:
    case token.operator: {
      const found = comparisons[cursor.text()]
      if (found !== undefined) cursor.at++
      return found
    }
    case keyword.in:
      cursor.at++
      return isIn
    case keyword.is:
      cursor.at++
      return cursor.accept(keyword.not) ? isNot : is
    case keyword.not:
      if (cursor.next !== keyword.in) return undefined
      cursor.at += 2
      return notIn
    default:
      return undefined
  }
}
