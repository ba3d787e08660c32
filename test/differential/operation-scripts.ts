/** Random scripts that Alembic can run without a database, written in the many ways in which people write them. */

const tables = ['bill', 'person', 'firm', 'Order', 'crm_note']
const columns = ['id', 'email', 'made_at', 'größe', 'state']
const types = [
  'sa.Integer()',
  'sa.String(length=50)',
  'sa.Text',
  'sa.DateTime(timezone=True)',
  'postgresql.JSONB()',
  'MONEY',
]

/** Writes one script: what it needs at module level is collected while its functions are written. */
class ScriptWriter {
  readonly #random: () => number
  readonly #above = new Map<string, string>()

  constructor(random: () => number) {
    this.#random = random
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  script(): string {
    const [upgrade, downgrade] = [this.#function('upgrade'), this.#function('downgrade')]
    const imports = this.#one([
      'from alembic import op',
      'from alembic import op, context',
      'import alembic\nop = alembic.op',
      'from alembic import op as alembic_op\nop = alembic_op',
    ])
    const head = [
      imports,
      'import sqlalchemy as sa',
      'from sqlalchemy.dialects import postgresql',
      'MONEY = sa.Numeric(10, 2)',
    ]
    return [...head, ...this.#above.values(), upgrade, downgrade, ''].join('\n')
  }

  #one<Item>(items: readonly Item[]): Item {
    return items[this.#below(items.length)]!
  }

  #some<Item>(items: readonly Item[]): Item[] {
    const start = this.#below(items.length)
    return [...items.slice(start), ...items.slice(0, start)].slice(0, 1 + this.#below(3))
  }

  #define(text: string): string {
    const name = `VALUE_${this.#above.size}`
    this.#above.set(name, `${name} = ${text}`)
    return name
  }

  /** An expression whose value is this text. */
  #text(value: string): string {
    const cut = this.#below(value.length)
    const [left, right] = [value.slice(0, cut), value.slice(cut)]
    return this.#one<() => string>([
      () => `'${value}'`,
      () => `'${value}'`,
      () => `"${left}" '${right}'`,
      () => `'${left}' + '${right}'`,
      () => this.#define(`'${value}'`),
      () => `f'${left}{${this.#define(`'${right}'`)}}'`,
      () => `'%s${right}' % '${left}'`,
      () => `'{}{x}'.format('${left}', x='${right}')`,
      () => `op.f('${value}')`,
      () => `('${value}' if MONEY is not None else 'x')`,
      () => `{'key': '${value}'}['key']`,
      () => `['${left}', '${value}'][-1]`,
    ])()
  }

  #function(name: string): string {
    const lines = Array.from({ length: 1 + this.#below(6) }, () => this.#statement()).flat()
    return `def ${name}():\n${lines.map((line) => `    ${line}`).join('\n')}`
  }

  #statement(depth = 0): string[] {
    const inner = () => this.#statement(depth + 1).map((line) => `    ${line}`)
    if (depth > 2) return [this.#call()]
    return this.#one<() => string[]>([
      () => [this.#call()],
      () => [this.#call()],
      () => [this.#call()],
      () => this.#batch(),
      () => this.#loop(),
      () => this.#helper(),
      () => ['with op.get_context().autocommit_block():', ...inner()],
      () => [`if ${this.#dialect()}:`, ...inner()],
      () => [`if ${this.#dialect()}:`, ...inner(), 'else:', ...inner()],
      () => ['if MONEY is None:', ...inner(), 'else:', ...inner()],
      () => ['try:', ...inner(), 'finally:', ...inner()],
    ])()
  }

  #dialect(): string {
    const name = this.#one(['op.get_bind().dialect.name', 'op.get_context().dialect.name'])
    const dialect = this.#one(['postgresql', 'sqlite', 'mysql'])
    return this.#one([
      `${name} == '${dialect}'`,
      `${name} != '${dialect}'`,
      `${name} in ('${dialect}', 'oracle')`,
      `not ${name} == '${dialect}'`,
    ])
  }

  #loop(): string[] {
    const names = this.#some(tables)
    const list = names.map((name) => `'${name}'`).join(', ')
    return this.#one<() => string[]>([
      () => [`for table in (${list},):`, '    op.drop_table(table)'],
      () => [`for i, table in enumerate([${list}]):`, "    op.create_index(f'ix_{i}', table, ['id'])"],
      () => [
        `for table, column in {${names.map((name) => `'${name}': 'c_${name}'`).join(', ')}}.items():`,
        '    op.drop_column(table, column)',
      ],
      () => [
        `for table, column in zip([${list}], ['a', 'b', 'c']):`,
        "    op.add_column(table, sa.Column('x_%s' % column, sa.Integer()))",
      ],
      () => [`[op.drop_table(table) for table in [${list}] if table != 'bill']`],
    ])()
  }

  #helper(): string[] {
    const name = `helper_${this.#above.size}`
    const [table, column] = [this.#one(tables), this.#one(columns)]
    const [definition, call] = this.#one([
      [`def ${name}(table, column='id'):\n    op.drop_column(table, column)`, `${name}('${table}')`],
      [
        `def ${name}(table, *columns):\n    for column in columns:\n        op.drop_column(table, column)`,
        `${name}('${table}', '${column}', 'x')`,
      ],
      [
        `def ${name}():\n    return sa.Column('${column}', sa.Integer(), nullable=False)`,
        `op.add_column('${table}', ${name}())`,
      ],
      [
        `def ${name}(op, *, table):\n    if table == 'bill':\n        return\n    op.drop_table(table)`,
        `${name}(op, table='${table}')`,
      ],
      [`${name} = lambda table: op.drop_table(table)`, `${name}('${table}')`],
    ] as const)
    this.#above.set(name, definition)
    return [call]
  }

  #schema(): string {
    return this.#one(['', '', '', ", schema='crm'", ', schema=None'])
  }

  #column(name = this.#one(columns)): string {
    const options = this.#some(['nullable=False', "server_default=sa.text('0')", 'primary_key=True', 'unique=True'])
    return `sa.Column(${this.#text(name)}, ${this.#one(types)}${this.#one(['', `, ${options.join(', ')}`])})`
  }

  #names(): string {
    const names = this.#some(columns)
    return this.#one([
      `[${names.map((name) => this.#text(name)).join(', ')}]`,
      `(${names.map((name) => `'${name}'`).join(', ')},)`,
    ])
  }

  #call(): string {
    const table = () => this.#text(this.#one(tables))
    const column = () => this.#text(this.#one(columns))
    const key = this.#text(this.#one(['ix_a', 'uq_b', 'fk_c']))
    const schema = this.#schema()
    return this.#one<() => string>([
      () => `op.create_table(${table()}, ${this.#tableItems()}${schema})`,
      () => `op.drop_table(${table()}${schema})`,
      () => `op.rename_table(${table()}, ${this.#text('renamed')}${schema})`,
      () => `op.add_column(${table()}, ${this.#column()}${schema})`,
      () =>
        `op.drop_column(${this.#one([`${table()}, ${column()}`, `column_name=${column()}, table_name=${table()}`])}${schema})`,
      () => `op.alter_column(${table()}, ${column()}, ${this.#alteration()}${schema})`,
      () => `op.create_index(${key}, ${table()}, ${this.#names()}, unique=${this.#one(['True', 'False'])}${schema})`,
      () => `op.create_index(columns=['a', sa.text('lower(b)')], table_name=${table()}, index_name=${key})`,
      () => `op.drop_index(${key}, table_name=${table()}${schema})`,
      () => `op.create_unique_constraint(${this.#one([key, 'None'])}, ${table()}, ${this.#names()}${schema})`,
      () => `op.create_primary_key(${key}, ${table()}, ${this.#names()}${schema})`,
      () => `op.create_check_constraint(${key}, ${table()}, 'id > 0'${schema})`,
      () => `op.create_foreign_key(${key}, ${table()}, ${table()}, [${column()}], ['id'])`,
      () => `op.create_foreign_key(${key}, ${table()}, ${table()}, ['a'], ['id'], source_schema='crm')`,
      () => `op.drop_constraint(${key}, ${table()}, type_=${this.#one(["'unique'", "'foreignkey'", 'None'])}${schema})`,
      () => `op.create_table_comment(${table()}, 'x'${schema})`,
      () => `op.bulk_insert(sa.table(${table()}, sa.column('id')), [{'id': 1}])`,
      () => `op.execute(${this.#text('UPDATE bill SET id = 1')})`,
      () => `op.execute(sa.text(${this.#text('DELETE FROM firm')}))`,
      () => `op.get_bind().execute(sa.text(${this.#text('DELETE FROM person')}))`,
    ])()
  }

  #tableItems(): string {
    const names = this.#some(columns)
    const items = names.map((name) => this.#column(name))
    const keys = this.#some([
      `sa.PrimaryKeyConstraint('${names[0]}', name=${this.#text('pk')})`,
      `sa.UniqueConstraint('${names[0]}', name='uq')`,
      `sa.ForeignKeyConstraint(['${names[0]}'], ['firm.id'])`,
      "sa.CheckConstraint('1 > 0', name='ck')",
    ])
    return this.#one([items, [...items, ...keys], [`*[${items.join(', ')}]`]]).join(', ')
  }

  #alteration(): string {
    return this.#one([
      `existing_type=sa.Integer(), nullable=${this.#one(['True', 'False'])}`,
      `new_column_name=${this.#text('renamed')}`,
      `type_=${this.#one(types)}, postgresql_using='x::int'`,
      'server_default=None',
      "server_default=sa.text('1'), existing_nullable=True",
    ])
  }

  #batch(): string[] {
    const key = this.#text('key')
    const calls = this.#some([
      `batch.add_column(${this.#column()})`,
      `batch.drop_column(${this.#text('id')})`,
      `batch.alter_column(${this.#text('id')}, ${this.#alteration()})`,
      `batch.create_index(batch.f(${key}), ${this.#names()}, unique=True)`,
      `batch.drop_index(${key})`,
      `batch.create_unique_constraint(${key}, ${this.#names()})`,
      `batch.create_foreign_key(${key}, ${this.#text('firm')}, ['a'], ['id'])`,
      `batch.create_primary_key(${key}, ['id'])`,
      `batch.drop_constraint(${key}, type_='unique')`,
      `batch.create_check_constraint(${key}, 'id > 0')`,
    ])
    const schema = this.#one(['', ", schema='crm'", ', schema=None'])
    return [
      `with op.batch_alter_table(${this.#text(this.#one(tables))}${schema}) as batch:`,
      ...calls.map((call) => `    ${call}`),
    ]
  }
}

/** `random`: numbers in [0, 1). */
export const randomScript = (random: () => number): string => new ScriptWriter(random).script()
