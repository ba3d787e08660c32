import type { ExprNode, StmtNode } from 'py-ast'
import { notRead } from './words.js'

/** A compound statement that a clause may go on with: `elif`, `else`, `except`, `finally`. */
export interface Open {
  readonly statement: StmtNode
  /** The statements that end where its next clause ends: the statement, and the `if` of each `elif`. */
  readonly chain: StmtNode[]
  /** The clause that was read last, where others may not follow it. */
  last: 'bare except' | 'else' | 'finally' | null
}

/** The statements of a block, while they are read. */
export interface Block {
  readonly statements: StmtNode[]
  /** The nodes that end where the block ends. */
  readonly owners: readonly object[]
  open: Open | null
  /** Of the function or class that must come next. */
  decorators: ExprNode[]
}

export const newBlock = (statements: StmtNode[], owners: readonly object[]): Block => ({
  statements,
  owners,
  open: null,
  decorators: [],
})

/** Ends a block, or the last statement of one: nothing may be missing. */
export function settle(block: Block): void {
  const statement = block.open?.statement
  if (statement?.nodeType === 'Try' && statement.handlers.length === 0 && statement.finalbody.length === 0)
    throw notRead
  block.open = null
  if (block.decorators.length > 0) throw notRead
}

/** Sets where nodes end that were made before their end was known. */
export function endAt(owners: readonly object[], end: number): void {
  for (const owner of owners) (owner as { end: number }).end = end
}
