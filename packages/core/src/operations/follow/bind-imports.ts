import type { Scope } from '../values/scope.js'
import { operations, type StmtOf, type Value } from '../values/value.js'

/** Binds what an import statement binds. */
export function bindImports(node: StmtOf<'Import'> | StmtOf<'ImportFrom'>, scope: Scope): void {
  const module = node.nodeType === 'Import' ? '' : '.'.repeat(node.level ?? 0) + (node.module ?? '')
  for (const { name, asname } of node.names) {
    if (node.nodeType === 'Import') {
      const first = name.split('.', 1)[0]!
      scope.bind(asname ?? first, imported(asname == null ? first : name))
    } else if (name === '*') scope.module.stars.push(module)
    else scope.bind(asname ?? name, imported(`${module}.${name}`))
  }
}

/** Something imported, by its full name. Alembic's `op` is what operations are called on; everything else is only a name. */
export function imported(path: string): Value {
  if (path === 'alembic.op') return operations
  if (!path.startsWith('alembic.op.')) return { type: 'reference', path }
  return { type: 'method', receiver: operations, name: path.slice('alembic.op.'.length) }
}
