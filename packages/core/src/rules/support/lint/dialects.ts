import type { OperationContext, ScriptOperations } from '../../../operations/operation.js'
import type { RuleContext } from '../../rule.js'

/** A database by SQLAlchemy's name; MariaDB is `mysql`. */
export type Dialect = 'postgresql' | 'mysql' | 'sqlite' | 'mssql' | 'oracle'

/**
 * The databases that a script is meant for; empty: any. What `onehead.json` says, else the dialects that the script itself
 * imports, else the address in alembic.ini (which env.py may replace, so that it counts last).
 */
export function meantDialects(
  context: InHistory,
  operations: Pick<ScriptOperations, 'imports'> | null = null,
): ReadonlySet<string> {
  const ofAll = known.get(context) ?? new WeakMap<object, ReadonlySet<string>>()
  known.set(context, ofAll)
  const meant = ofAll.get(operations ?? context) ?? findDialects(context, operations)
  ofAll.set(operations ?? context, meant)
  return meant
}

/** Asked for every operation by almost every rule. */
const known = new WeakMap<InHistory, WeakMap<object, ReadonlySet<string>>>()

/** All that is asked of a context here. */
type InHistory = Pick<RuleContext, 'history'>

function findDialects(
  { history: { environment } }: InHistory,
  operations: Pick<ScriptOperations, 'imports'> | null,
): ReadonlySet<string> {
  const { settings, addressDialect = null } = environment
  if (settings.dialects.length > 0) return new Set(settings.dialects.map(family))
  const imported = operations === null ? [] : importedDialects(operations)
  if (imported.length > 0) return new Set(imported)
  return new Set(addressDialect === null ? [] : [family(addressDialect)])
}

/**
 * True where one of these databases may be the one that the operation runs on: a rule about PostgreSQL alone stays silent in a
 * project on MySQL, and under `if op.get_bind().dialect.name == 'sqlite'`.
 */
export function speaksFor(
  context: RuleContext,
  dialects: readonly Dialect[],
  at: {
    readonly operations: ScriptOperations
    readonly operation: { readonly context: OperationContext }
  } | null = null,
): boolean {
  const meant = meantDialects(context, at?.operations)
  return dialects.some((one) => {
    if (meant.size > 0 && !meant.has(one)) return false
    return at === null || lets(at.operation.context, one)
  })
}

/** True where the operation runs on one of these databases at least. */
export function mayRun(meant: ReadonlySet<string>, context: OperationContext): boolean {
  return meant.size === 0 || [...meant].some((one) => lets(context, one))
}

function lets({ dialects, excludedDialects }: OperationContext, one: string): boolean {
  return (dialects.length === 0 || dialects.map(family).includes(one)) && !excludedDialects.map(family).includes(one)
}

/** `from sqlalchemy.dialects import postgresql`, `from sqlalchemy.dialects.mysql import TINYINT`. */
function importedDialects({ imports }: Pick<ScriptOperations, 'imports'>): readonly string[] {
  return imports.flatMap(({ module, name }) => {
    if (module === 'sqlalchemy.dialects') return name === null || name === '*' ? [] : [family(name)]
    const dialect = /^sqlalchemy\.dialects\.(\w+)/.exec(module)?.[1]
    return dialect === undefined ? [] : [family(dialect)]
  })
}

function family(dialect: string): string {
  return dialect === 'mariadb' ? 'mysql' : dialect
}
