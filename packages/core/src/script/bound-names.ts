import { type AnyNode, childNodes, isNode } from './features.js'

/** What a piece of a module may bind at module level when it runs. */
export interface BoundNames {
  readonly names: Set<string>
  /** Names that a function or class declares `global`: bound whenever it is called. */
  readonly globals: Set<string>
  /** Names that are read, not bound. */
  readonly used: Set<string>
  /** There is a `from … import *`. */
  star: boolean
}

type Where = 'module' | 'inner'

/**
 * Collects the names that the given nodes may bind; nothing is evaluated, every branch counts.
 *
 * @param mayDeclareGlobals false where the word is nowhere in the file: what functions do then binds nothing
 */
export function boundNames(nodes: readonly object[], mayDeclareGlobals = true): BoundNames {
  const found: BoundNames = { names: new Set(), globals: new Set(), used: new Set(), star: false }
  const stack: { node: AnyNode; where: Where }[] = nodes.map((node) => ({ node: node as AnyNode, where: 'module' }))
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const { node, where } = item
    note(node, where, found)
    for (const [child, place] of childrenIn(node, where)) {
      if (place === 'module' || mayDeclareGlobals) stack.push({ node: child, where: place })
    }
  }
  return found
}

function note(node: AnyNode, where: Where, found: BoundNames): void {
  const bind = (name: unknown) => {
    if (typeof name === 'string' && where === 'module') found.names.add(name.normalize('NFKC'))
  }
  switch (node.nodeType) {
    case 'Name':
      if (isNode(node['ctx']) && node['ctx'].nodeType !== 'Load') bind(node['id'])
      else if (where === 'module') found.used.add(String(node['id']).normalize('NFKC'))
      break
    case 'FunctionDef':
    case 'AsyncFunctionDef':
    case 'ClassDef':
      bind(node['name'])
      break
    case 'Alias':
      if (node['name'] === '*') found.star ||= where === 'module'
      else bind(node['asname'] ?? String(node['name']).split('.')[0])
      break
    case 'ExceptHandler':
    case 'MatchAs':
    case 'MatchStar':
      bind(node['name'])
      break
    case 'MatchMapping':
      bind(node['rest'])
      break
    case 'Global':
      if (where === 'inner') for (const name of node['names'] as string[]) found.globals.add(name.normalize('NFKC'))
      break
  }
}

/** The children of a node, each with the scope it runs in: bodies of functions, lambdas and classes have their own. */
function childrenIn(node: AnyNode, where: Where): [AnyNode, Where][] {
  switch (node.nodeType) {
    case 'FunctionDef':
    case 'AsyncFunctionDef':
    case 'ClassDef': {
      const body = new Set<unknown>(node['body'] as unknown[])
      return childNodes(node).map((child) => [child, body.has(child) ? 'inner' : where])
    }
    case 'Lambda':
      return childNodes(node).map((child) => [child, child === node['body'] ? 'inner' : where])
    case 'Comprehension':
      // The loop variable of a comprehension is its own.
      return childNodes(node).flatMap((child) => (child === node['target'] ? [] : [[child, where] as [AnyNode, Where]]))
    case 'NamedExpr': {
      return childNodes(node).map((child) => [child, where])
    }
    default:
      return childNodes(node).map((child) => [child, where])
  }
}
