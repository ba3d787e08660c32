import type { ExprNode } from 'py-ast'
import type { Source } from '../source.js'
import { type TokenList, token } from '../tokens.js'
import { keyword, notRead, readWords, sign } from './words.js'

/** The kind of what stands behind the last token of a line. */
export const lineEnd = 0

/**
 * The tokens of one logical line, and how far they have been read; and what the rules of the grammar, which lie in several
 * files, come back to.
 */
export abstract class Cursor {
  at = 0
  /** Where the last token of the line ends. */
  lastEnd = 0
  readonly source: Source
  readonly tokens: TokenList
  /** By token: the text of a name or a reserved word. What stands at other tokens means nothing. */
  readonly #words: string[] = []

  constructor(source: Source, tokens: TokenList) {
    this.source = source
    this.tokens = tokens
  }

  /** Goes to the first token of the line that the list now holds. */
  begin(): void {
    readWords(this.source, this.tokens, this.#words)
    const end = this.tokens.end[this.tokens.count - 1] ?? 0
    this.tokens.push(lineEnd, end, end)
    this.at = 0
    this.lastEnd = end
  }

  get kind(): number {
    return this.tokens.kind[this.at]!
  }

  /** The kind of the token after this one. */
  get next(): number {
    return this.at + 1 < this.tokens.count ? this.tokens.kind[this.at + 1]! : lineEnd
  }

  /** Where this token begins. */
  get start(): number {
    return this.tokens.start[this.at]!
  }

  /** Where this token ends. */
  get tokenEnd(): number {
    return this.tokens.end[this.at]!
  }

  /** Where what has been read ends. */
  get end(): number {
    return this.tokens.end[this.at - 1]!
  }

  /** This token as it is written. */
  text(): string {
    return this.source.text.slice(this.start, this.tokenEnd)
  }

  /** The text of this token, which is a name or a reserved word. */
  word(): string {
    return this.#words[this.at]!
  }

  /** Whether this is an operator of several characters, and which. */
  isOperator(text: string): boolean {
    return this.kind === token.operator && this.source.text.startsWith(text, this.start)
  }

  /** Reads one token, if it is of this kind. */
  accept(kind: number): boolean {
    if (this.kind !== kind) return false
    this.at++
    return true
  }

  expect(kind: number): void {
    if (this.kind !== kind) throw notRead
    this.at++
  }

  /** Reads a name that is no reserved word. */
  name(): string {
    if (this.kind !== token.name) throw notRead
    return this.#words[this.at++]!
  }

  abstract expression(): ExprNode
  /** An expression, or `name := …`. */
  abstract namedExpression(): ExprNode
  /** The same, or `*…`. */
  abstract element(): ExprNode
  /** Several with commas between them are a tuple. */
  abstract expressions(): ExprNode
  abstract yield(): ExprNode
  /** Operands of `or`. */
  abstract disjunction(): ExprNode
  /** What is compared: at most arithmetic. */
  abstract operation(): ExprNode
  /** Another cursor of the same file. */
  abstract over(tokens: TokenList): Cursor
}

/** Whether an expression can begin with this: otherwise the comma before it was the last one. */
export function beginsExpression(kind: number): boolean {
  switch (kind) {
    case token.name:
    case token.string:
    case token.number:
    case token.ellipsis:
    case sign.openRound:
    case sign.openSquare:
    case sign.openCurly:
    case sign.plus:
    case sign.minus:
    case sign.tilde:
    case sign.star:
    case keyword.None:
    case keyword.True:
    case keyword.False:
    case keyword.not:
    case keyword.lambda:
    case keyword.await:
      return true
    default:
      return false
  }
}

/** Whether an expression ends before this for certain, whatever it was. */
export const endsExpression = (kind: number): boolean =>
  kind === sign.comma || kind === sign.closeRound || kind === lineEnd || kind === sign.closeSquare
