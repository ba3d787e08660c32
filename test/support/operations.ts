import type { Operation, ScriptOperations } from '../../packages/core/src/operations/operation.js'
import { readOperations } from '../../packages/core/src/operations/read-operations.js'
import { isSyntaxFailure, loadParser } from '../../packages/core/src/script/parse.js'

const parser = await loadParser()

/** What a whole script does. */
export function readScriptOperations(text: string | Uint8Array): ScriptOperations {
  const parsed = parser.parse(typeof text === 'string' ? new TextEncoder().encode(text) : text)
  if (isSyntaxFailure(parsed)) throw new Error(`the script of this test does not parse: ${parsed.message}`)
  return readOperations(parsed)
}

export const usualImports =
  'import sqlalchemy as sa\nfrom alembic import context, op\nfrom sqlalchemy.dialects import postgresql\n'

const indented = (lines: string) => lines.replaceAll(/^(?=.)/gm, '    ')

/** What `upgrade()` with these lines does, line by line in short. `above`: what stands before it at module level. */
export function upgradeOf(lines: string, above = ''): string[] {
  const text = `${usualImports}${above}\ndef upgrade():\n${indented(lines)}\n`
  return readScriptOperations(text).upgrade.operations.map(inShort)
}

/** One operation in short: what, on what, `?` the fields that are not resolved, and under which circumstances. */
export function inShort(operation: Operation): string {
  const { context, unresolved } = operation
  const dialects = [...context.dialects, ...context.excludedDialects.map((name) => `not ${name}`)]
  const circumstances = [
    ...(unresolved.length > 0 ? [`?${unresolved.join(',')}`] : []),
    ...(context.guard === null ? [] : [`if ${context.guard}`]),
    ...(dialects.length > 0 ? [`(${dialects.join(', ')})`] : []),
    ...(context.batch ? ['batch'] : []),
    ...(context.autocommit ? ['autocommit'] : []),
    ...(context.online ? ['online'] : []),
    ...(context.database === null ? [] : [`on ${context.database}`]),
  ]
  return [whatItDoes(operation), ...circumstances].join(' ')
}

const list = (names: readonly (string | null)[]) => `(${names.map((name) => name ?? '…').join(', ')})`

function whatItDoes(operation: Operation): string {
  const parts: (string | null | false)[] = [operation.kind]
  if ('table' in operation) parts.push(place(operation))
  switch (operation.kind) {
    case 'create_table':
      parts.push(list(operation.columns.map((column) => column.name)))
      for (const one of operation.constraints) parts.push(one.type, one.name, list(one.columns))
      for (const one of operation.indexes) parts.push('index', one.name, list(one.columns))
      break
    case 'rename_table':
      parts.push('to', operation.newName)
      break
    case 'add_column': {
      const { name, type, nullable, serverDefault } = operation.column
      parts.push(name, type?.text ?? null, nullable === false && 'not null', serverDefault && `= ${serverDefault.text}`)
      break
    }
    case 'drop_column':
      parts.push(operation.column)
      break
    case 'alter_column':
      parts.push(operation.column, operation.newName && `to ${operation.newName}`, operation.type?.text ?? null)
      if (operation.nullable !== null) parts.push(operation.nullable ? 'null' : 'not null')
      parts.push(operation.serverDefault && `= ${operation.serverDefault.text}`)
      break
    case 'create_index':
      parts.push(
        operation.unique && 'unique',
        operation.name,
        list(operation.columns),
        operation.concurrently && 'concurrently',
      )
      break
    case 'drop_index':
      parts.push(operation.name, operation.concurrently && 'concurrently')
      break
    case 'create_constraint': {
      const { type, name, columns, referredTable, referredSchema, referredColumns, notValid } = operation.constraint
      parts.push(type, name, list(columns))
      if (type === 'foreign')
        parts.push('→', place({ table: referredTable, schema: referredSchema }), list(referredColumns))
      parts.push(notValid && 'not valid')
      break
    }
    case 'drop_constraint':
      parts.push(operation.type, operation.name)
      break
    case 'create_type':
    case 'drop_type':
      parts.push(place({ table: operation.name, schema: operation.schema }), operation.values && list(operation.values))
      break
    case 'alter_type':
      parts.push(operation.name, list(operation.addedValues), operation.newName && `to ${operation.newName}`)
      break
    case 'execute':
      parts.push(
        operation.effect,
        operation.tables === null ? 'on ?' : operation.tables.length > 0 && `on ${operation.tables}`,
      )
      break
    case 'opaque':
      parts.push(operation.reason)
  }
  return parts.filter((part) => part !== null && part !== false).join(' ')
}

const place = ({ table, schema }: { table: string | null; schema: string | null }) =>
  schema === null ? (table ?? '…') : `${schema}.${table ?? '…'}`
