import { alembic, type DatabaseProvocation, idle, invoice, line, type Provocation, project } from './provoking.js'

/** What `upgrade aa01` would leave. */
const STANDS_AT_FIRST = [
  'CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))',
  "INSERT INTO alembic_version VALUES ('aa01')",
  'CREATE TABLE invoice (id INTEGER NOT NULL, PRIMARY KEY (id))',
]

const up = (
  row: string,
  kind: string,
  server: DatabaseProvocation['server'],
  lines: readonly string[],
  more: { readonly before?: readonly string[]; readonly id?: string; readonly notWith?: readonly string[] } = {},
): DatabaseProvocation => {
  const id = more.id ?? 'aa02'
  const scripts = [invoice, idle(id, 'aa01', { upgrade: lines })]
  const rest = more.notWith ? { notWith: more.notWith } : {}
  return {
    row,
    kind,
    server,
    files: project(scripts),
    steps: [{ sql: [...STANDS_AT_FIRST, ...(more.before ?? [])] }, alembic('upgrade', 'head')],
    ...rest,
  }
}
const col = (name: string, type = 'sa.Integer()', more = '') =>
  `sa.Column('${name}', ${type}${more ? `, ${more}` : ''})`
const ROW = ['INSERT INTO invoice (id) VALUES (1)']
const named = (table: string, ...values: readonly string[]) => [
  `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, name VARCHAR(20))`,
  ...values.map((value, index) => `INSERT INTO ${table} (id, name) VALUES (${index + 1}, ${value})`),
]
const batch = (table: string, ...lines: readonly string[]) => [
  `with op.batch_alter_table('${table}') as batch:`,
  ...lines.map((one) => `    ${one}`),
]

const everywhere = (['sqlite', 'postgresql', 'mariadb'] as const).flatMap((server): DatabaseProvocation[] => [
  up('table exists', 'table-exists', server, [`op.create_table('invoice', ${col('id')})`]),
  up('column exists', 'column-exists', server, [`op.add_column('invoice', ${col('id')})`]),
  up('index exists', 'index-exists', server, ["op.create_index('ix1', 'invoice', ['id'])"], {
    before: ['CREATE INDEX ix1 ON invoice (id)'],
  }),
  up('table missing', 'table-missing', server, ["op.execute('INSERT INTO zz VALUES (1)')"]),
  up('table missing: drop', 'table-missing', server, ["op.drop_table('zz')"]),
  up('column missing', 'column-missing', server, ["op.execute('UPDATE invoice SET zz = 1')"]),
  up('column missing: drop', 'column-missing', server, ["op.drop_column('invoice', 'zz')"]),
  up('index missing', server === 'mariadb' ? 'index-missing' : 'index-missing', server, [
    "op.drop_index('ix_zz', table_name='invoice')",
  ]),
  up('unique violated', 'not-unique', server, ["op.create_index('ux', 'customer', ['name'], unique=True)"], {
    before: named('customer', "'a'", "'a'"),
  }),
  up(
    'unnamed constraint',
    'unnamed-constraint',
    server,
    server === 'sqlite'
      ? batch('invoice', "batch.create_unique_constraint(None, ['id'])")
      : ["op.drop_constraint(None, 'invoice', type_='unique')"],
  ),
  up(
    'set NOT NULL with NULLs present',
    'null-values',
    server,
    server === 'sqlite'
      ? batch('customer', "batch.alter_column('name', existing_type=sa.String(20), nullable=False)")
      : ["op.alter_column('customer', 'name', existing_type=sa.String(20), nullable=False)"],
    { before: named('customer', 'NULL') },
  ),
])

/** §6.3: what databases say during an upgrade. */
export const databaseProvocations: readonly DatabaseProvocation[] = [
  ...everywhere,
  up('batch: column missing', 'column-missing', 'sqlite', batch('invoice', "batch.drop_column('zz')")),
  up(
    'constraint missing',
    'constraint-missing',
    'sqlite',
    batch('invoice', "batch.drop_constraint('cc', type_='unique')"),
  ),
  up('constraint missing', 'constraint-missing', 'postgresql', ["op.drop_constraint('cc', 'invoice', type_='unique')"]),
  up('constraint missing', 'constraint-missing', 'mariadb', [
    "op.drop_constraint('cc', 'invoice', type_='foreignkey')",
  ]),
  up(
    'add NOT NULL column',
    'not-null-without-default',
    'sqlite',
    [`op.add_column('invoice', ${col('x', 'sa.Integer()', 'nullable=False')})`],
    { before: ROW },
  ),
  up(
    'add NOT NULL column',
    'not-null-without-default',
    'postgresql',
    [`op.add_column('invoice', ${col('x', 'sa.Integer()', 'nullable=False')})`],
    { before: ROW },
  ),
  up(
    'add NOT NULL date column',
    'type-cast',
    'mariadb',
    [
      'op.execute("SET sql_mode = \'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE\'")',
      `op.add_column('invoice', ${col('x', 'sa.Date()', 'nullable=False')})`,
    ],
    { before: ROW },
  ),
  up('ALTER not supported', 'sqlite-alter', 'sqlite', ["op.alter_column('invoice', 'id', type_=sa.String(20))"]),
  up('ALTER of constraints not supported', 'sqlite-alter', 'sqlite', [
    "op.create_unique_constraint('ux', 'invoice', ['id'])",
  ]),
  up('existing type needed', 'mysql-type-needed', 'mariadb', ["op.alter_column('invoice', 'id', nullable=True)"]),
  up('unique violated: insert', 'not-unique', 'postgresql', ["op.execute('INSERT INTO invoice VALUES (1)')"], {
    before: ROW,
  }),
  up('type change', 'type-cast', 'postgresql', ["op.alter_column('customer', 'name', type_=sa.Integer())"], {
    before: named('customer', "'a'"),
  }),
  up(
    'type change',
    'type-cast',
    'mariadb',
    ["op.alter_column('customer', 'name', existing_type=sa.String(20), type_=sa.Integer())"],
    { before: named('customer', "'a'") },
  ),
  up('type exists', 'type-exists', 'postgresql', ['op.execute("CREATE TYPE color AS ENUM (\'red\')")'], {
    before: ["CREATE TYPE color AS ENUM ('red')"],
  }),
  up(
    'constraint exists',
    'constraint-exists',
    'postgresql',
    ["op.create_check_constraint('cc', 'invoice', 'id > 0')"],
    { before: ['ALTER TABLE invoice ADD CONSTRAINT cc CHECK (id > 0)'] },
  ),
  up('dependents', 'has-dependents', 'postgresql', ["op.drop_table('invoice')"], {
    before: ['CREATE TABLE payment (invoice_id INTEGER REFERENCES invoice (id))'],
  }),
  up('dependents', 'has-dependents', 'mariadb', ["op.drop_table('invoice')"], {
    before: ['CREATE TABLE payment (invoice_id INTEGER, FOREIGN KEY (invoice_id) REFERENCES invoice (id))'],
  }),
  up('dependents: index', 'has-dependents', 'mariadb', ["op.drop_index('ix_payment', table_name='payment')"], {
    before: [
      'CREATE TABLE payment (invoice_id INTEGER, KEY ix_payment (invoice_id), FOREIGN KEY (invoice_id) REFERENCES invoice (id))',
    ],
  }),
  up(
    'leftover',
    'batch-leftover',
    'sqlite',
    batch(
      'invoice',
      `batch.add_column(${col('x')})`,
      "batch.alter_column('id', existing_type=sa.Integer(), nullable=True)",
    ),
    { before: ['CREATE TABLE _alembic_tmp_invoice (id INTEGER)'] },
  ),
  up('version id > 32 chars', 'version-id-too-long', 'postgresql', ["op.execute('SELECT 1')"], { id: 'a'.repeat(40) }),
  up('version id > 32 chars', 'version-id-too-long', 'mariadb', ["op.execute('SELECT 1')"], { id: 'a'.repeat(40) }),
  up('locks', 'locked', 'postgresql', [
    'op.execute("SET lock_timeout = \'50ms\'")',
    'import os',
    'locker = sa.create_engine(os.environ["PLAIN_URL"]).connect()',
    "locker.execute(sa.text('LOCK TABLE invoice'))",
    `op.add_column('invoice', ${col('x')})`,
  ]),
  up('locks: statement timeout', 'locked', 'postgresql', [
    'op.execute("SET statement_timeout = \'50ms\'")',
    "op.execute('SELECT pg_sleep(5)')",
  ]),
  up('locks', 'locked', 'mariadb', [
    "op.execute('SET lock_wait_timeout = 1')",
    'import os',
    'locker = sa.create_engine(os.environ["PLAIN_URL"]).connect()',
    "locker.execute(sa.text('LOCK TABLES invoice WRITE'))",
    `op.add_column('invoice', ${col('x')})`,
  ]),
  up('locks', 'locked', 'sqlite', [
    'import os, sqlite3',
    'locker = sqlite3.connect(os.environ["PLAIN_URL"].replace("sqlite:///", ""), timeout=0)',
    'locker.execute("BEGIN EXCLUSIVE")',
    "op.execute('PRAGMA busy_timeout = 1')",
    `op.add_column('invoice', ${col('x')})`,
  ]),
  up('VARCHAR without length', 'mysql-length-needed', 'mariadb', [
    `op.add_column('invoice', ${col('x', 'sa.String()')})`,
  ]),
  up('concurrently in a transaction', 'in-transaction', 'postgresql', [
    "op.create_index('ix2', 'invoice', ['id'], postgresql_concurrently=True)",
  ]),
  up(
    'failed transaction',
    'table-missing',
    'postgresql',
    ['try:', "    op.execute('SELECT 1 FROM zz')", 'except Exception:', "    op.execute('SELECT 1')"],
    { notWith: ['asyncpg'] },
  ),
  up(
    'foreign key fails',
    'foreign-key-fails',
    'postgresql',
    ["op.create_foreign_key('fk', 'payment', 'invoice', ['invoice_id'], ['id'])"],
    { before: ['CREATE TABLE payment (invoice_id INTEGER)', 'INSERT INTO payment VALUES (9)'] },
  ),
  up(
    'foreign key fails',
    'foreign-key-fails',
    'mariadb',
    ["op.create_foreign_key('fk', 'payment', 'invoice', ['invoice_id'], ['id'])"],
    { before: ['CREATE TABLE payment (invoice_id INTEGER)', 'INSERT INTO payment VALUES (9)'] },
  ),
  up('name too long', 'name-too-long', 'postgresql', [`op.create_index('ix_${'a'.repeat(70)}', 'invoice', ['id'])`]),
  up('syntax', 'sql-syntax', 'postgresql', ["op.execute('ALTER TABLE invoice AUTO_INCREMENT = 7')"]),
  up('syntax', 'sql-syntax', 'mariadb', ["op.execute('CREATE INDEX CONCURRENTLY ix3 ON invoice (id)')"]),
  up('syntax', 'sql-syntax', 'sqlite', ["op.execute('SELECT FROM invoice')"]),
]

/** §6.3, cannot connect: by address. */
export const connectionProvocations: readonly (Provocation & { readonly url: string })[] = (
  [
    ['unable to open database file', 'no-database-file', 'sqlite:////nonexistent/shop.db'],
    ['Connection refused (psycopg2)', 'connection-refused', 'postgresql+psycopg2://app@127.0.0.1:1/shop'],
    ['Connection refused (psycopg)', 'connection-refused', 'postgresql+psycopg://app@127.0.0.1:1/shop'],
    ['Connection refused (asyncpg)', 'connection-refused', 'postgresql+asyncpg://app@127.0.0.1:1/shop'],
    ["Can't connect to MySQL server (pymysql)", 'connection-refused', 'mysql+pymysql://app@127.0.0.1:1/shop'],
    [
      "Can't connect to MySQL server (mysqlconnector)",
      'connection-refused',
      'mysql+mysqlconnector://app@127.0.0.1:1/shop',
    ],
    ['could not translate host name (psycopg2)', 'host-unknown', 'postgresql+psycopg2://app@db.invalid/shop'],
    ['could not translate host name (psycopg)', 'host-unknown', 'postgresql+psycopg://app@db.invalid/shop'],
    ['host name (asyncpg)', 'host-unknown', 'postgresql+asyncpg://app@db.invalid/shop'],
    ['host name (pymysql)', 'host-unknown', 'mysql+pymysql://app@db.invalid/shop'],
    ['host name (mysqlconnector)', 'host-unknown', 'mysql+mysqlconnector://app@db.invalid/shop'],
    ['database does not exist (psycopg2)', 'no-database', '{postgresql+psycopg2}/onehead_nodb'],
    ['database does not exist (psycopg)', 'no-database', '{postgresql+psycopg}/onehead_nodb'],
    ['database does not exist (asyncpg)', 'no-database', '{postgresql+asyncpg}/onehead_nodb'],
    ['1049 unknown database (pymysql)', 'no-database', '{mysql+pymysql}/onehead_nodb'],
    ['1049 unknown database (mysqlconnector)', 'no-database', '{mysql+mysqlconnector}/onehead_nodb'],
    ['role does not exist (psycopg2)', 'no-role', 'postgresql+psycopg2://onehead_nobody@{postgresql host}/postgres'],
    ['role does not exist (psycopg)', 'no-role', 'postgresql+psycopg://onehead_nobody@{postgresql host}/postgres'],
    ['role does not exist (asyncpg)', 'no-role', 'postgresql+asyncpg://onehead_nobody@{postgresql host}/postgres'],
    ['1045 access denied (pymysql)', 'access-denied', 'mysql+pymysql://onehead_nobody:wrong@{mysql host}/mysql'],
    [
      '1045 access denied (mysqlconnector)',
      'access-denied',
      'mysql+mysqlconnector://onehead_nobody:wrong@{mysql host}/mysql',
    ],
  ] as const
).map(([row, kind, url]) => ({ row, kind, url, files: project(line), steps: [alembic('current')] }))
