import { defineRule, type Finding, type RuleContext } from './rule.js'
import { codeOf, labelAt } from './support/lint/code.js'
import { speaksFor } from './support/lint/dialects.js'
import { before, type NewOperation, newDowngradeOperations, newOperations } from './support/lint/new-operations.js'
import { withEdits } from './support/lint/statements.js'

type Place = NewOperation<'create_index' | 'drop_index'>

const BLOCK = 'op.get_context().autocommit_block()'

export const concurrentIndexInTransaction = defineRule({
  name: 'concurrent-index-in-transaction',
  severity: 'error',
  scope: 'script',
  summary: 'an index is made or dropped concurrently inside a transaction',
  check: (context) =>
    [newOperations, newDowngradeOperations]
      .flatMap((operations): readonly Place[] =>
        operations<Place['operation']['kind']>(context, 'create_index', 'drop_index'),
      )
      .flatMap((at) => (isInTransaction(context, at) ? [finding(context, at)] : [])),
})

function isInTransaction(context: RuleContext, at: Place): boolean {
  const { concurrently, context: around } = at.operation
  if (!concurrently || around.autocommit || !speaksFor(context, ['postgresql'], at)) return false
  return (
    !before(at).some((one) => one.kind === 'execute' && /^\s*(?:COMMIT|END)\b/i.test(one.sql ?? '')) &&
    !isOutside(context, at)
  )
}

/** The script sees to it by other means: `execution_options(isolation_level='AUTOCOMMIT')`. */
function isOutside(context: RuleContext, { script }: Place): boolean {
  return /AUTOCOMMIT|\.commit\(\)/.test(new TextDecoder().decode(context.source(script.path)))
}

function finding(context: RuleContext, at: Place): Finding {
  const { kind, name, span, callSite, fromSql } = at.operation
  const verb = kind === 'create_index' ? 'made' : 'dropped'
  const isPublished = context.isPublished(at.script.revision)
  const isOwnStatement = callSite.start === span.start && codeOf(context, at, span).startsWith('op.')
  const edits = isPublished || !isOwnStatement ? null : withEdits(context, at, span, BLOCK)
  return {
    message: `${name === null ? 'an index' : `index ${name}`} is ${verb} concurrently inside a transaction`,
    labels: [labelAt(at, fromSql ? 'CONCURRENTLY' : '')],
    notes: [
      `PostgreSQL refuses: \`${kind === 'create_index' ? 'CREATE' : 'DROP'} INDEX CONCURRENTLY cannot run inside a transaction block\``,
      'an autocommit block commits what stands above it: a script that does only this can be run again when it fails',
    ],
    help: isPublished ? null : `put it into \`with ${BLOCK}:\``,
    fix: edits === null ? null : { applicability: 'ask', edits, command: null },
    key: [at.script.revision, at.direction, name ?? String(at.index)],
  }
}
