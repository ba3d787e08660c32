import { defineRule, type Finding, type Fix, type RuleContext } from './rule.js'
import { argumentEdit, columnName, labelAt } from './support/lint/code.js'
import { meantDialects } from './support/lint/dialects.js'
import { type NewOperation, newDowngradeOperations, newOperations } from './support/lint/new-operations.js'
import { tableName } from './support/lint/new-tables.js'

const KINDS = ['create_table', 'drop_table', 'create_index', 'drop_index', 'add_column', 'drop_column'] as const
type Kind = (typeof KINDS)[number]
type Place = NewOperation<Kind>

/** What Alembic can be told, and from which release on. */
const ARGUMENTS: Readonly<Record<Kind, { readonly argument: string; readonly since: string }>> = {
  create_table: { argument: 'if_not_exists=True', since: '1.13.3' },
  drop_table: { argument: 'if_exists=True', since: '1.13.3' },
  create_index: { argument: 'if_not_exists=True', since: '1.12' },
  drop_index: { argument: 'if_exists=True', since: '1.12' },
  add_column: { argument: 'if_not_exists=True', since: '1.16' },
  drop_column: { argument: 'if_exists=True', since: '1.16' },
}

export const missingExistenceCheck = defineRule({
  name: 'missing-existence-check',
  severity: 'off',
  scope: 'script',
  summary: 'something is made or dropped without looking whether it is there',
  check: (context) =>
    [newOperations, newDowngradeOperations]
      .flatMap((operations): readonly Place[] => operations<Kind>(context, ...KINDS))
      .flatMap((at) => (isUnguarded(at) && canLook(context, at) ? [finding(context, at)] : [])),
})

/** A batch that makes its table anew cannot look; a condition may be the check. */
function isUnguarded({ operation: { context, fromSql } }: Place): boolean {
  return (context.guard === null || context.guard === 'dialect') && !context.batch && !fromSql
}

/** MySQL has no words for an index, and only PostgreSQL has them for a column. */
function canLook(context: RuleContext, at: Place): boolean {
  const meant = [...meantDialects(context, at.operations)]
  switch (at.operation.kind) {
    case 'create_table':
    case 'drop_table':
      return true
    case 'create_index':
    case 'drop_index':
      return meant.every((one) => one !== 'mysql')
    default:
      return meant.length > 0 && meant.every((one) => one === 'postgresql')
  }
}

function finding(context: RuleContext, at: Place): Finding {
  const { argument, since } = ARGUMENTS[at.operation.kind]
  const isPublished = context.isPublished(at.script.revision)
  const verb = argument.startsWith('if_not') ? 'made' : 'dropped'
  return {
    message: `${nameOf(at)} is ${verb} without looking whether it is there`,
    labels: [labelAt(at, '')],
    notes: [
      verb === 'made'
        ? 'run again after half of it, or on a database that another branch has changed, the script fails'
        : 'where it has gone already, the script fails',
    ],
    help: isPublished ? null : `write \`${argument}\` (from Alembic ${since} on)`,
    fix: isPublished ? null : guardFix(context, at, argument),
    key: [at.script.revision, at.direction, nameOf(at)],
  }
}

function guardFix(context: RuleContext, at: Place, argument: string): Fix | null {
  const { span, callSite } = at.operation
  const edit = callSite.start === span.start ? argumentEdit(context, at, span, argument) : null
  return edit === null ? null : { applicability: 'ask', edits: [edit], command: null }
}

function nameOf(at: Place): string {
  const { operation } = at
  switch (operation.kind) {
    case 'create_table':
    case 'drop_table':
      return `table ${tableName(at)}`
    case 'create_index':
    case 'drop_index':
      return operation.name === null ? 'an index' : `index ${operation.name}`
    default:
      return `column ${columnName(tableName(at), operation.column)}`
  }
}
