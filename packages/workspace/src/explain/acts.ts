import type { Operation, RecognisedError } from '@onehead/core'

/** What an error names, without schema and database. */
export interface Thing {
  readonly table: string | null
  readonly column: string | null
  /** Of an index, a constraint, a type. */
  readonly name: string | null
  /** As people are told of it: `table invoice`. */
  readonly label: string
  /** All of these stand in a script that has to do with it. */
  readonly words: readonly string[]
}

export type Act = 'makes' | 'drops' | 'renames' | 'changes'

/** What the text of an error is about; null where it names nothing. */
export function thingOf({ subject, known }: RecognisedError): Thing | null {
  const table = bare(subject.table)?.replace(/^_alembic_tmp_/, '') ?? null
  const column = bare(subject.column)
  const name = bare(subject.name)
  const isAboutName = /^(?:index|constraint|type|object|name)-|^(?:not-unique|foreign-key|check)-?/.test(known.kind)
  if (name !== null && (isAboutName || (table === null && column === null)))
    return { table, column: null, name, label: labelOf(known.kind, name), words: [name] }
  if (column !== null) {
    const label = `column ${table === null ? '' : `${table}.`}${column}`
    return { table, column, name: null, label, words: table === null ? [column] : [table, column] }
  }
  return table === null ? null : { table, column: null, name: null, label: `table ${table}`, words: [table] }
}

function labelOf(kind: string, name: string): string {
  const [what = ''] = kind.split('-')
  return ['index', 'constraint', 'type', 'schema'].includes(what) ? `${what} ${name}` : name
}

/** `shop.invoice` → `invoice`. */
function bare(name: string | undefined): string | null {
  if (name === undefined) return null
  return name.slice(name.lastIndexOf('.') + 1) || null
}

/** What an operation does to a thing; null where it has nothing to do with it. */
export function actsOf(operation: Operation, thing: Thing): Act | null {
  if (thing.name !== null) return onName(operation, thing.name)
  if (!('table' in operation)) return null
  return thing.column !== null
    ? onColumn(operation, thing.table, thing.column)
    : thing.table === null
      ? null
      : onTable(operation, thing.table)
}

function onTable(operation: Extract<Operation, { readonly table: string | null }>, table: string): Act | null {
  if (operation.kind === 'rename_table' && operation.newName === table) return 'makes'
  if (operation.table !== table) return null
  if (operation.kind === 'create_table') return 'makes'
  if (operation.kind === 'drop_table') return 'drops'
  return operation.kind === 'rename_table' ? 'renames' : null
}

function onColumn(
  operation: Extract<Operation, { readonly table: string | null }>,
  table: string | null,
  column: string,
): Act | null {
  if (table !== null && operation.table !== table) return null
  if (operation.kind === 'add_column') return operation.column.name === column ? 'makes' : null
  if (operation.kind === 'create_table') return operation.columns.some(({ name }) => name === column) ? 'makes' : null
  if (operation.kind === 'drop_column') return operation.column === column ? 'drops' : null
  if (operation.kind !== 'alter_column') return null
  if (operation.newName === column) return 'makes'
  if (operation.column !== column) return null
  return operation.newName === null ? 'changes' : 'renames'
}

function onName(operation: Operation, name: string): Act | null {
  switch (operation.kind) {
    case 'create_index':
    case 'create_type':
      return operation.name === name ? 'makes' : null
    case 'drop_index':
    case 'drop_type':
    case 'drop_constraint':
      return operation.name === name ? 'drops' : null
    case 'alter_type':
      return operation.name === name ? 'changes' : operation.newName === name ? 'makes' : null
    case 'create_constraint':
      return operation.constraint.name === name ? 'makes' : null
    case 'create_table':
    case 'add_column': {
      const columns = operation.kind === 'create_table' ? operation.columns : [operation.column]
      const rest = operation.kind === 'create_table' ? [...operation.constraints, ...operation.indexes] : []
      if (operation.table === name && operation.kind === 'create_table') return 'makes'
      return rest.some((one) => one.name === name) || columns.some(({ type }) => type?.enumName === name)
        ? 'makes'
        : null
    }
    default:
      return null
  }
}
