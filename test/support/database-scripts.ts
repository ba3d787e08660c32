/** One script. Bodies are lines of Python; without any, it does nothing. */
export interface Script {
  readonly id: string
  /** Null is a base. */
  readonly parents: string | readonly string[] | null
  readonly dependsOn?: string | readonly string[]
  readonly label?: string
  readonly upgrade?: readonly string[]
  readonly downgrade?: readonly string[]
  /** Without `.py`. Default: the id. */
  readonly file?: string
}

/** A script that creates a table, and drops it again. Columns as SQLAlchemy writes them: `sa.Column('total', sa.Integer())`. */
export function creates(table: string, ...columns: readonly string[]): Pick<Script, 'upgrade' | 'downgrade'> {
  const all = ["sa.Column('id', sa.Integer(), primary_key=True)", ...columns]
  return {
    upgrade: [`op.create_table('${table}', ${all.join(', ')})`],
    downgrade: [`op.drop_table('${table}')`],
  }
}

/** A script that adds a column, and drops it again. */
export function adds(table: string, column: string, type = 'sa.Integer()'): Pick<Script, 'upgrade' | 'downgrade'> {
  return {
    upgrade: [`op.add_column('${table}', sa.Column('${column}', ${type}))`],
    downgrade: [`op.drop_column('${table}', '${column}')`],
  }
}

/** The file of a script, as Alembic's template writes it. */
export function textOf({ id, parents, dependsOn, label, upgrade = [], downgrade = [] }: Script): string {
  const names = typeof parents === 'string' ? [parents] : (parents ?? [])
  const body = (lines: readonly string[]) => (lines.length === 0 ? ['pass'] : lines).map((line) => `    ${line}\n`)
  return [
    `"""${id}\n\nRevision ID: ${id}\nRevises: ${names.join(', ')}\nCreate Date: 2026-01-05 10:00:00\n\n"""\n`,
    'from alembic import op\nimport sqlalchemy as sa\n\n',
    `revision = ${python(id)}\ndown_revision = ${python(parents)}\n`,
    `branch_labels = ${python(label ?? null)}\ndepends_on = ${python(dependsOn ?? null)}\n`,
    '\n\ndef upgrade():\n',
    ...body(upgrade),
    '\n\ndef downgrade():\n',
    ...body(downgrade),
  ].join('')
}

function python(value: string | readonly string[] | null): string {
  if (value === null) return 'None'
  return typeof value === 'string'
    ? `'${value}'`
    : `(${value
        .map((one) => `'${one}', `)
        .join('')
        .trimEnd()})`
}
