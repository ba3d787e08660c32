/** Calls on `op` and on batches, counted by a walk of their own that knows nothing of what the reader follows. */

/** What is called on `op` without changing anything by itself. */
const helpers = new Set([
  'f',
  'get_bind',
  'get_context',
  'batch_alter_table',
  'inline_literal',
  'implementation_for',
  'register_operation',
])

const isNode = (value) => typeof value === 'object' && value !== null && typeof value.nodeType === 'string'

function* childrenOf(node) {
  for (const value of Object.values(node)) {
    if (isNode(value)) yield value
    else if (Array.isArray(value)) for (const item of value) if (isNode(item)) yield item
  }
}

/** The names that `op` and batches have in a file. */
function operationNames(nodes) {
  const names = new Set(['op'])
  for (const node of nodes) {
    if (node.nodeType === 'ImportFrom' && node.module === 'alembic') {
      for (const { name, asname } of node.names) if (name === 'op') names.add(asname ?? name)
    }
    if (node.nodeType === 'WithItem' && node.optional_vars?.nodeType === 'Name') {
      if (node.context_expr.nodeType === 'Call' && node.context_expr.func.attr === 'batch_alter_table')
        names.add(node.optional_vars.id)
    }
  }
  return names
}

/** @returns {{ name: string, span: { start: number, end: number }, guarded: boolean }[]} */
export function callSites({ module, spanOf }) {
  const nodes = []
  const stack = [{ node: module, guarded: false }]
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    nodes.push(item)
    const guards = ['If', 'Try', 'TryStar', 'IfExp'].includes(item.node.nodeType)
    for (const child of childrenOf(item.node)) stack.push({ node: child, guarded: item.guarded || guards })
  }
  const names = operationNames(nodes.map(({ node }) => node))
  return nodes.flatMap(({ node, guarded }) => {
    if (node.nodeType !== 'Call' || node.func.nodeType !== 'Attribute') return []
    const { value, attr } = node.func
    if (value.nodeType !== 'Name' || !names.has(value.id) || helpers.has(attr)) return []
    return [{ name: attr, span: spanOf(node), guarded }]
  })
}
