import type { ExprContextNode, ExprNode, StmtNode } from 'py-ast'

/** A node as it is made here: its place is `start` to `end`, bytes of the file, instead of lines and columns. */
export type Fresh<N> = N extends { readonly nodeType: string }
  ? OrUndefined<Omit<N, 'lineno' | 'col_offset' | 'end_lineno' | 'end_col_offset' | 'inlineComment'>> & Range
  : never

/** Fields that may be left out may also be undefined, as in the library's own trees. */
type OrUndefined<T> = { [Field in keyof T]: undefined extends T[Field] ? T[Field] | undefined : T[Field] }

interface Range {
  start: number
  end: number
}

// The types hold what a node must have; the places differ, and only `spanOf` looks at those.
export const asExpression = (node: Fresh<ExprNode>): ExprNode => node as unknown as ExprNode
export const asStatement = (node: Fresh<StmtNode>): StmtNode => node as unknown as StmtNode

// Contexts have neither place nor fields: one node of each is enough.
export const load: ExprContextNode = { nodeType: 'Load' }
export const store: ExprContextNode = { nodeType: 'Store' }
export const del: ExprContextNode = { nodeType: 'Del' }
