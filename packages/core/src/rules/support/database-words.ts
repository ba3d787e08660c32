import type { DatabaseObject, Deed } from '../../overlap/overlap.js'

/** `column invoice.due_date`, `index ix_invoice_due_date`, `the primary key of invoice`. */
export function nameObject({ type, name, table, schema }: DatabaseObject): string {
  const inSchema = (text: string) => (schema === null ? text : `${schema}.${text}`)
  if (name === null) return `the primary key of ${inSchema(table ?? 'a table')}`
  if (type === 'column' && table !== null) return `column ${inSchema(`${table}.${name}`)}`
  if (type === 'enum value') return `the value '${name}' of type ${inSchema(table ?? '')}`
  if (type === 'constraint' && table !== null) return `constraint ${name} of ${inSchema(table)}`
  return `${type === 'enum' ? 'type' : type} ${inSchema(name)}`
}

const DEEDS: Readonly<Record<Deed, string>> = {
  creates: 'creates',
  alters: 'alters',
  drops: 'drops',
  renames: 'renames',
  replaces: 'drops and creates',
  uses: 'uses',
}

/** What one side does, for a sentence: `drops`, `drops and creates`. */
export function nameDeed(deed: Deed): string {
  return DEEDS[deed]
}

/** How a creation is told to look first, where Alembic has a word for it: the rest of a sentence, or nothing. */
export function guardWords({ type }: DatabaseObject): string {
  switch (type) {
    case 'table':
    case 'index':
      return ', or let that one look first (`if_not_exists=True`)'
    case 'column':
      // Neither SQLite nor MySQL has words for it.
      return ', or let that one look first (`if_not_exists=True` where the database can, else the inspector)'
    case 'enum':
      return ', or let it take the type as it is (`create_type=False`)'
    case 'enum value':
      return ', or let that one look first (`ADD VALUE IF NOT EXISTS`)'
    case 'constraint':
      return ''
  }
}
