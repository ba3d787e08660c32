import { type AnyNode, childNodes } from '../script/features.js'
import type { Module, ParsedScript, Placed, StmtNode } from '../script/parse.js'
import type { ImportedName } from './operation.js'
import type { Scope } from './scope.js'
import { operations, type StmtOf, type Value } from './value.js'

type ImportNode = StmtOf<'Import'> | StmtOf<'ImportFrom'>

/** Binds what an import statement binds. */
export function bindImports(node: ImportNode, scope: Scope): void {
  for (const { name, asname } of node.names) {
    if (node.nodeType === 'Import') {
      const first = name.split('.')[0]!
      scope.bind(asname ?? first, imported(asname == null ? first : name))
    } else {
      const module = moduleOf(node)
      if (name === '*') scope.module.stars.push(module)
      else scope.bind(asname ?? name, imported(`${module}.${name}`))
    }
  }
}

const moduleOf = (node: StmtOf<'ImportFrom'>): string => '.'.repeat(node.level ?? 0) + (node.module ?? '')

/** Alembic's `op` is what operations are called on; everything else is a name. */
export const imported = (path: string): Value => (path === 'alembic.op' ? operations : { type: 'reference', path })

/** Every import of a file, also those inside functions, in the order of the text. */
export function listImports({ module, spanOf }: ParsedScript): readonly ImportedName[] {
  const found: ImportedName[] = []
  for (const { node, topLevel } of importNodes(module)) {
    const span = spanOf(node as Placed)
    for (const { name } of node.names) {
      if (node.nodeType === 'Import') found.push({ module: name, level: 0, name: null, span, topLevel })
      else found.push({ module: node.module ?? '', level: node.level ?? 0, name, span, topLevel })
    }
  }
  return found
}

function importNodes(module: Module): { node: ImportNode; topLevel: boolean }[] {
  const found: { node: ImportNode; topLevel: boolean }[] = []
  const stack: { node: StmtNode; topLevel: boolean }[] = module.body.map((node) => ({ node, topLevel: true })).reverse()
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const { node, topLevel } = item
    if (node.nodeType === 'Import' || node.nodeType === 'ImportFrom') found.push({ node, topLevel })
    const inside = topLevel && node.nodeType !== 'FunctionDef' && node.nodeType !== 'AsyncFunctionDef'
    const inner = statementsIn(node)
    for (let i = inner.length - 1; i >= 0; i--) stack.push({ node: inner[i]!, topLevel: inside })
  }
  return found
}

/** The statements directly inside a compound statement; expressions hold none. */
function statementsIn(node: StmtNode): StmtNode[] {
  const blocks = ['body', 'orelse', 'handlers', 'finalbody', 'cases']
  const fields = node as unknown as Record<string, unknown>
  return blocks.flatMap((block) => {
    const inner = fields[block]
    if (!Array.isArray(inner)) return []
    const isStatement = block === 'body' || block === 'orelse' || block === 'finalbody'
    return isStatement
      ? (inner as StmtNode[])
      : (inner.flatMap((one) => childNodes(one as AnyNode)) as unknown as StmtNode[])
  })
}
