import type { Arg, Arguments, ExprNode } from 'py-ast'
import type { Cursor } from './cursor.js'
import { notRead, sign } from './words.js'

/** The parameters of a function (`close`: `)`) or a lambda (`:`, without annotations), with what closes them. */
export function parseParameters(cursor: Cursor, close: number, annotated: boolean): Arguments {
  const found = new Parameters(cursor, annotated)
  while (!cursor.accept(close)) {
    found.readOne()
    if (cursor.kind !== close) cursor.expect(sign.comma)
  }
  return found.finish()
}

class Parameters {
  #posonlyargs: Arg[] = []
  #args: Arg[] = []
  #vararg: Arg | undefined
  readonly #kwonlyargs: Arg[] = []
  readonly #kwDefaults: (ExprNode | null)[] = []
  #kwarg: Arg | undefined
  readonly #defaults: ExprNode[] = []
  #starred = false
  readonly #cursor: Cursor
  readonly #annotated: boolean

  constructor(cursor: Cursor, annotated: boolean) {
    this.#cursor = cursor
    this.#annotated = annotated
  }

  readOne(): void {
    const cursor = this.#cursor
    if (this.#kwarg !== undefined) throw notRead
    if (cursor.accept(sign.slash)) this.#endPositional()
    else if (cursor.accept(sign.star)) this.#star()
    else if (cursor.isOperator('**')) {
      cursor.at++
      this.#kwarg = this.#parameter()
    } else this.#named()
  }

  finish(): Arguments {
    // `*` alone needs names behind it.
    if (this.#starred && this.#vararg === undefined && this.#kwonlyargs.length === 0) throw notRead
    return {
      nodeType: 'Arguments',
      posonlyargs: this.#posonlyargs,
      args: this.#args,
      vararg: this.#vararg,
      kwonlyargs: this.#kwonlyargs,
      kw_defaults: this.#kwDefaults,
      kwarg: this.#kwarg,
      defaults: this.#defaults,
    } as Arguments
  }

  #endPositional(): void {
    if (this.#starred || this.#posonlyargs.length > 0 || this.#args.length === 0) throw notRead
    this.#posonlyargs = this.#args
    this.#args = []
  }

  #star(): void {
    if (this.#starred) throw notRead
    this.#starred = true
    if (this.#cursor.kind !== sign.comma) this.#vararg = this.#parameter()
  }

  #named(): void {
    const parameter = this.#parameter()
    const value = this.#cursor.accept(sign.equals) ? this.#cursor.expression() : null
    if (this.#starred) {
      this.#kwonlyargs.push(parameter)
      this.#kwDefaults.push(value)
      return
    }
    this.#args.push(parameter)
    if (value !== null) this.#defaults.push(value)
    else if (this.#defaults.length > 0) throw notRead
  }

  #parameter(): Arg {
    const { start } = this.#cursor
    const arg = this.#cursor.name()
    const annotation = this.#annotated && this.#cursor.accept(sign.colon) ? this.#cursor.expression() : undefined
    return { nodeType: 'Arg', arg, annotation, start, end: this.#cursor.end } as unknown as Arg
  }
}
