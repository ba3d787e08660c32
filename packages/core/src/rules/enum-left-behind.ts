import type { Operation } from '../operations/operation.js'
import { defineRule, type Finding, type RewriteStep, type RuleContext } from './rule.js'
import { labelAt, prefixOf, quoted } from './support/lint/code.js'
import { speaksFor } from './support/lint/dialects.js'
import { type NewOperation, newOperations } from './support/lint/new-operations.js'
import { isSameTable } from './support/lint/new-tables.js'

/** A table or a type is made here. */
type Place = NewOperation

export const enumLeftBehind = defineRule({
  name: 'enum-left-behind',
  severity: 'warn',
  scope: 'script',
  summary: 'an enum type is made on the way up and not dropped on the way down',
  check: (context) =>
    newOperations(context).flatMap((at) => {
      const names = typesMade(at)
      if (names.length === 0 || !isSure(at.operation) || !speaksFor(context, ['postgresql'], at)) return []
      return names.flatMap((name) => (isLeft(at, name) ? [finding(context, at, name)] : []))
    }),
})

function isSure({ context: { guard } }: Operation): boolean {
  return guard !== 'exists' && guard !== 'condition'
}

/** PostgreSQL makes the type of a column with its table; `add_column` takes one that is there. */
function typesMade({ operation }: Place): readonly string[] {
  if (operation.kind === 'create_type') return operation.name === null ? [] : [operation.name]
  if (operation.kind !== 'create_table') return []
  const types = operation.columns.flatMap(({ type }) =>
    type?.createsType === true && type.enumName !== null ? [type.enumName] : [],
  )
  return [...new Set(types)]
}

function isLeft({ operations: { upgrade, downgrade }, operation }: Place, name: string): boolean {
  const isUndone =
    operation.kind !== 'create_table' ||
    downgrade.operations.some((one) => one.kind === 'drop_table' && isSameTable(one, operation.table, operation.schema))
  // No way back at all is told of by another rule.
  if (downgrade.isEmpty || downgrade.raises || !isUndone) return false
  return (
    !downgrade.operations.some((one) => mayDrop(one, name)) && !upgrade.operations.some((one) => takesAway(one, name))
  )
}

function mayDrop(operation: Operation, name: string): boolean {
  if (operation.kind === 'opaque') return true
  if (operation.kind === 'execute') return operation.effect === 'unknown'
  return takesAway(operation, name)
}

/** Drops it or gives it another name: one type in place of another. */
function takesAway(operation: Operation, name: string): boolean {
  if (operation.kind === 'drop_type') return operation.name === null || operation.name === name
  return (
    operation.kind === 'alter_type' && operation.newName !== null && [operation.name, operation.newName].includes(name)
  )
}

function finding(context: RuleContext, at: Place, name: string): Finding {
  const isPublished = context.isPublished(at.script.revision)
  return {
    message: `downgrade() leaves the type ${name} behind`,
    labels: [labelAt(at, at.operation.kind === 'create_table' ? `makes ${name} with the table` : `makes ${name}`)],
    notes: [`dropping the table does not drop it: the next upgrade stops with \`type "${name}" already exists\``],
    help: isPublished ? null : 'drop it in downgrade(), after the table',
    ...(isPublished ? {} : { rewrite: rewrite(at, name) }),
    key: [at.script.revision, name],
  }
}

function rewrite({ operation }: Place, name: string): readonly RewriteStep[] {
  const type =
    operation.kind === 'create_table' ? operation.columns.find((column) => column.type?.enumName === name)?.type : null
  const prefix = prefixOf(type ?? null)
  const sqlalchemy = prefix === null || prefix === 'postgresql.' ? 'sa.' : prefix
  return [
    {
      title: 'at the end of downgrade(); does nothing on databases without such types',
      code: [`${sqlalchemy}Enum(name=${quoted(name)}).drop(op.get_bind(), checkfirst=True)`],
    },
  ]
}
