import { defineRule, type Finding, type RuleContext } from './rule.js'
import { labelAt } from './support/lint/code.js'
import { type Dialect, speaksFor } from './support/lint/dialects.js'
import { type NewOperation, newDowngradeOperations, newOperations } from './support/lint/new-operations.js'
import { type OnlyHere, onlyIn } from './support/lint/sql-of.js'

type Place = NewOperation<'execute'>

export const rawSqlWithoutDialect = defineRule({
  name: 'raw-sql-without-dialect',
  severity: 'warn',
  profiles: { strict: 'error' },
  scope: 'script',
  summary: 'raw SQL of one database runs on another one as well',
  check(context) {
    // Only where somebody has said what is in use: an address in alembic.ini is often that of a laptop.
    if (context.history.environment.settings.dialects.length === 0) return []
    return [...newOperations(context, 'execute'), ...newDowngradeOperations(context, 'execute')].flatMap((at) => {
      const words = at.operation.sql === null || isLookedFor(at) ? null : onlyIn(at.operation.sql)
      const refusing = words === null ? [] : KNOWN.filter((one) => !words.speaks.includes(one))
      const others = refusing.filter((one) => speaksFor(context, [one], at))
      return words === null || others.length === 0 ? [] : [finding(context, at, words, others)]
    })
  },
})

const KNOWN: readonly Dialect[] = ['postgresql', 'mysql', 'sqlite']
const NAMES: Readonly<Record<string, string>> = {
  postgresql: 'PostgreSQL',
  mysql: 'MySQL and MariaDB',
  sqlite: 'SQLite',
}

/** Under a condition of another kind somebody may well have asked for the database in some way of his own. */
function isLookedFor({ operation: { context } }: Place): boolean {
  return context.guard === 'condition'
}

function finding(context: RuleContext, at: Place, { word, speaks }: OnlyHere, others: readonly Dialect[]): Finding {
  const isPublished = context.isPublished(at.script.revision)
  return {
    message: `\`${word}\` is SQL of ${speaks.map((one) => NAMES[one]).join(' and ')}, and runs on ${others.map((one) => NAMES[one]).join(' and ')} too`,
    labels: [labelAt(at, `fails on ${others.map((one) => NAMES[one]).join(' and ')}`)],
    notes: ['`dialects` in onehead.json says that this history runs there'],
    help: isPublished ? null : 'run it only where it is understood, or say it in a way that all understand',
    ...(isPublished ? {} : { rewrite: [{ title: 'around it', code: [guardFor(speaks)] }] }),
    key: [at.script.revision, at.direction, word, String(at.index)],
  }
}

function guardFor(speaks: readonly Dialect[]): string {
  // MariaDB has a name of its own there.
  const names = speaks.flatMap((one) => (one === 'mysql' ? ["'mysql'", "'mariadb'"] : [`'${one}'`]))
  return names.length === 1
    ? `if op.get_context().dialect.name == ${names[0]}:`
    : `if op.get_context().dialect.name in (${names.join(', ')}):`
}
