import type { OperationContext, ScriptOperations } from '../../../operations/operation.js'
import { isForAll } from '../../../overlap/names.js'
import type { RuleContext } from '../../rule.js'
import { oncePer } from './once.js'

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
  const { anywhere, isSaid, byScript, byNames } = dialectsOf(context)
  if (operations === null || isSaid) return anywhere
  const known = byScript.get(operations)
  if (known !== undefined) return known
  const imported = importedDialects(operations)
  const meant = imported.length === 0 ? anywhere : (byNames.get(imported.join()) ?? new Set(imported))
  byNames.set(imported.join(), meant)
  byScript.set(operations, meant)
  return meant
}

/** All that is asked of a context here. */
type InHistory = Pick<RuleContext, 'history'>

/** Asked for every operation by almost every rule. */
const dialectsOf = oncePer(({ history: { environment } }: InHistory) => {
  const { settings, addressDialect = null } = environment
  const isSaid = settings.dialects.length > 0
  const anywhere = isSaid || addressDialect === null ? settings.dialects : [addressDialect]
  return {
    isSaid,
    anywhere: new Set(anywhere.map(family)),
    byScript: new Map<object, ReadonlySet<string>>(),
    byNames: new Map<string, ReadonlySet<string>>(),
  }
})

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
  return dialects.some(
    (one) => (meant.size === 0 || meant.has(one)) && (at === null || lets(at.operation.context, one)),
  )
}

/** True where the operation runs on one of these databases at least. */
export function mayRun(meant: ReadonlySet<string>, context: OperationContext): boolean {
  return meant.size === 0 || isForAll(context) || [...meant].some((one) => lets(context, one))
}

function lets(context: OperationContext, one: string): boolean {
  if (isForAll(context)) return true
  const { dialects, excludedDialects } = context
  return (dialects.length === 0 || dialects.map(family).includes(one)) && !excludedDialects.map(family).includes(one)
}

/** `from sqlalchemy.dialects import postgresql`, `from sqlalchemy.dialects.mysql import TINYINT`. */
function importedDialects({ imports }: Pick<ScriptOperations, 'imports'>): readonly string[] {
  return imports.flatMap(({ module, name }) => {
    if (!module.startsWith('sqlalchemy.dialects')) return []
    if (module === 'sqlalchemy.dialects') return name === null || name === '*' ? [] : [family(name)]
    const dialect = /^sqlalchemy\.dialects\.(\w+)/.exec(module)?.[1]
    return dialect === undefined ? [] : [family(dialect)]
  })
}

function family(dialect: string): string {
  return dialect === 'mariadb' ? 'mysql' : dialect
}
