import type { ParsedScript, StmtNode } from '../script/parse.js'
import type { ImportedName } from './operation.js'

/** Every import of a file, also those inside functions, in the order of the text. */
export function listImports({ module, spanOf }: ParsedScript): readonly ImportedName[] {
  const found: ImportedName[] = []
  const visit = (node: StmtNode, topLevel: boolean) => {
    if (node.nodeType !== 'Import' && node.nodeType !== 'ImportFrom') return
    const span = spanOf(node)
    for (const { name } of node.names) {
      if (node.nodeType === 'Import') found.push({ module: name, level: 0, name: null, span, topLevel })
      else found.push({ module: node.module ?? '', level: node.level ?? 0, name, span, topLevel })
    }
  }
  walk(module.body, visit)
  return found
}

/** Visits all statements; with a stack of its own, because nesting may be deep. */
function walk(body: readonly StmtNode[], visit: (node: StmtNode, topLevel: boolean) => void): void {
  const stack: { body: readonly StmtNode[]; topLevel: boolean; at: number }[] = [{ body, topLevel: true, at: 0 }]
  for (let block = stack.at(-1); block !== undefined; block = stack.at(-1)) {
    const node = block.body[block.at++]
    if (node === undefined) {
      stack.pop()
      continue
    }
    if (node.nodeType === 'Expr' || node.nodeType === 'Assign') continue
    visit(node, block.topLevel)
    const topLevel = block.topLevel && node.nodeType !== 'FunctionDef' && node.nodeType !== 'AsyncFunctionDef'
    for (const inner of blocksIn(node).reverse()) stack.push({ body: inner, topLevel, at: 0 })
  }
}

/** The blocks of a compound statement, in the order of the text. */
function blocksIn(node: StmtNode): (readonly StmtNode[])[] {
  switch (node.nodeType) {
    case 'FunctionDef':
    case 'AsyncFunctionDef':
    case 'ClassDef':
    case 'With':
    case 'AsyncWith':
      return [node.body]
    case 'If':
    case 'For':
    case 'AsyncFor':
    case 'While':
      return [node.body, node.orelse]
    case 'Try':
    case 'TryStar':
      return [node.body, ...node.handlers.map((handler) => handler.body), node.orelse, node.finalbody]
    case 'Match':
      return node.cases.map((one) => one.body)
    default:
      return []
  }
}
