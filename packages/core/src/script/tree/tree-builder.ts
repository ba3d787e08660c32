import type { Module, StmtNode } from 'py-ast'
import type { Source } from '../source.js'
import { type TokenList, token } from '../tokens.js'
import { type Block, endAt, newBlock, settle } from './blocks.js'
import { type Announced, parseHeader } from './compound-statements.js'
import { type Cursor, lineEnd } from './cursor.js'
import { Expressions } from './expressions.js'
import { parseSimpleStatements } from './simple-statements.js'
import { notRead, sign } from './words.js'

/**
 * Builds the syntax tree of a file line by line, in the shapes of the library behind `parse.ts`, out of tokens that CPython's
 * tokenizer accepts. It reads what migration scripts are written in, at a fraction of the library's cost; on everything else,
 * and on everything that is wrong, it gives up, and the library says what it is. Never throws.
 */
export class TreeBuilder {
  readonly #cursor: Expressions
  readonly #root: StmtNode[] = []
  readonly #outer: Block[] = []
  #block = newBlock(this.#root, [])
  /** The block that the line just read begins. */
  #announced: Announced | null = null
  #gaveUp = false

  /** @param tokens the list that holds the tokens of a line whenever `line` is called. */
  constructor(source: Source, tokens: TokenList) {
    this.#cursor = new Expressions(source, tokens)
  }

  /** What the lines make up; null where one of them is not read here. */
  finish(): Module | null {
    this.#try(() => {
      if (this.#announced !== null) throw notRead
    })
    while (!this.#gaveUp && this.#outer.length > 0) this.dedent()
    this.#try(() => settle(this.#block))
    return this.#gaveUp ? null : ({ nodeType: 'Module', body: this.#root } as unknown as Module)
  }

  /** The next line is deeper than the last one. */
  indent(): void {
    this.#try(() => {
      if (this.#announced === null) throw notRead
      this.#outer.push(this.#block)
      this.#block = newBlock(this.#announced.body, this.#announced.owners)
      this.#announced = null
    })
  }

  /** The next line is outside of the block of the last one. */
  dedent(): void {
    this.#try(() => {
      settle(this.#block)
      endAt(this.#block.owners, this.#cursor.lastEnd)
      this.#block = this.#outer.pop()!
    })
  }

  /** The list of tokens holds the next line. */
  line(): void {
    this.#try(() => {
      if (this.#announced !== null) throw notRead
      this.#cursor.begin()
      this.#read(this.#cursor, this.#block)
    })
  }

  #read(cursor: Expressions, block: Block): void {
    if (cursor.accept(sign.at)) {
      block.decorators.push(cursor.namedExpression())
      cursor.expect(lineEnd)
      return
    }
    const announced = parseHeader(cursor, block)
    if (announced === null) {
      settle(block)
      if (isMatch(cursor)) throw notRead
      parseSimpleStatements(cursor, block.statements)
      return
    }
    cursor.expect(sign.colon)
    if (cursor.accept(lineEnd)) this.#announced = announced
    else {
      parseSimpleStatements(cursor, announced.body)
      endAt(announced.owners, cursor.lastEnd)
    }
  }

  #try(step: () => void): void {
    if (this.#gaveUp) return
    try {
      step()
    } catch (error) {
      // Nested too deeply for here may be too deep for the library too, which then says so.
      if (error !== notRead && !(error instanceof RangeError)) throw error
      this.#gaveUp = true
    }
  }
}

/** `match` is a name like any other, unless a block follows. */
const isMatch = (cursor: Cursor): boolean =>
  cursor.kind === token.name && cursor.word() === 'match' && cursor.tokens.kind[cursor.tokens.count - 2] === sign.colon
