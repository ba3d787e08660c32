import type { StmtNode } from 'py-ast'
import { type AnyNode, childNodes } from './features.js'

/** What CPython says about a statement that the library lets pass, and the node that it says it about. */
interface Refusal {
  readonly message: string
  readonly node: object
}

/**
 * The first thing in a tree of the library that no Python accepts, in the order of the file; null where there is none. Only
 * slips that people make: a `try` that was never finished, an import without its module.
 */
export function refusedByPython(module: object): Refusal | null {
  const stack = [module as AnyNode]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const message = messageOf(node as unknown as StmtNode)
    if (message !== null) return { message, node }
    for (const child of childNodes(node).reverse()) stack.push(child)
  }
  return null
}

function messageOf(node: StmtNode): string | null {
  switch (node.nodeType) {
    case 'Try': {
      const { handlers, orelse, finalbody } = node
      const isUnfinished = handlers.length === 0 && (finalbody.length === 0 || orelse.length > 0)
      return isUnfinished ? "expected 'except' or 'finally' block" : null
    }
    case 'ImportFrom':
      return node.module == null && !node.level ? 'invalid syntax' : null
    case 'AnnAssign':
      return node.target.nodeType === 'Tuple' || node.target.nodeType === 'List'
        ? 'only one name can have an annotation'
        : null
    default:
      return null
  }
}
