import { describe, expect, it } from 'vitest'
import { isRuleName } from '../rules/registry.js'
import { knownErrors } from './catalogue/index.js'
import { recogniseErrors } from './recognise.js'

const kinds = (text: string) => recogniseErrors(text).errors.map(({ known }) => known.kind)
const first = (text: string) => recogniseErrors(text).errors[0]

/** As SQLAlchemy wraps what a driver says. */
const wrapped = (said: string, statement: string, type = 'sqlalchemy.exc.ProgrammingError') =>
  `Traceback (most recent call last):\n  File "versions/aa02.py", line 9, in upgrade\n    op.execute()\n${type}: ${said}\n\n[SQL: ${statement}]\n(Background on this error at: https://sqlalche.me/e/20/f405)\n`

describe('a text is known', () => {
  it('as Alembic breaks and indents it on a terminal', () => {
    const text =
      "  FAILED: Multiple head revisions are present for given argument\n  'head'; please specify a specific target revision,\n  '<branchname>@head' to narrow to a specific head, or 'heads' for all\n  heads\n"
    expect(kinds(text)).toEqual(['multiple-heads'])
    const narrow =
      "  FAILED: Can't proceed with --\n  autogenerate option; environment script\n  /app/migrations/env.py does not provide a MetaData\n"
    expect(first(narrow)).toMatchObject({ known: { kind: 'no-metadata' }, subject: { path: '/app/migrations/env.py' } })
  })

  it('in colours, with line ends of Windows, times and names before each line', () => {
    const lines = [
      'Traceback (most recent call last):',
      '  File "/app/migrations/versions/aa02.py", line 9, in upgrade',
      '    op.create_table()',
      '\x1b[31msqlalchemy.exc.OperationalError: (sqlite3.OperationalError) table invoice already exists\x1b[0m',
      '[SQL: CREATE TABLE invoice (id INTEGER)]',
    ]
    const prefixes = [
      '2026-01-05T10:00:01.1234567Z ',
      '2026-01-05T10:00:01.123456Z 01O ',
      '[2026-01-05 10:00:01,123] ',
      'web-1  | ',
      '#12 3.456 ',
      '2026-01-05T10:00:01.123456+00:00 app[release.1234]: ',
      'E   ',
      '    ',
      '> ',
    ]
    for (const prefix of prefixes) {
      const found = first(lines.map((line) => `${prefix}${line}`).join('\r\n'))
      expect([prefix, found?.known.kind, found?.statement, found?.frames]).toEqual([
        prefix,
        'table-exists',
        'CREATE TABLE invoice (id INTEGER)',
        [{ path: '/app/migrations/versions/aa02.py', line: 9, inside: 'upgrade' }],
      ])
    }
  })

  it.each([
    // PostgreSQL in other languages: the class of the driver tells, and the statement.
    [
      '(psycopg2.errors.DuplicateTable) Relation »invoice« existiert bereits',
      'CREATE TABLE invoice (id INT)',
      'table-exists',
    ],
    [
      '(psycopg.errors.DuplicateTable) la relation « ix1 » existe déjà',
      'CREATE INDEX ix1 ON invoice (id)',
      'index-exists',
    ],
    [
      '(psycopg2.errors.DuplicateColumn) колонка "due" отношения "invoice" уже существует',
      'ALTER TABLE invoice ADD COLUMN due DATE',
      'column-exists',
    ],
    [
      '<class \'asyncpg.exceptions.UndefinedTableError\'>: リレーション"invoice"は存在しません',
      'SELECT * FROM invoice',
      'table-missing',
    ],
    [
      '(psycopg2.errors.NotNullViolation) la colonne « due » contient des valeurs NULL',
      'ALTER TABLE invoice ADD COLUMN due DATE NOT NULL',
      'not-null-without-default',
    ],
    [
      '(psycopg2.errors.NotNullViolation) la colonne « due » contient des valeurs NULL',
      'ALTER TABLE invoice ALTER COLUMN due SET NOT NULL',
      'null-values',
    ],
    [
      '(psycopg2.errors.UndefinedObject) Constraint »cc« existiert nicht',
      'ALTER TABLE invoice DROP CONSTRAINT cc',
      'constraint-missing',
    ],
    [
      '(psycopg2.errors.DependentObjectsStillExist) kann Tabelle invoice nicht löschen',
      'DROP TABLE invoice',
      'has-dependents',
    ],
    ['(psycopg2.errors.DeadlockDetected) Verklemmung entdeckt', 'ALTER TABLE invoice ADD x INT', 'locked'],
    [
      "(pg8000.dbapi.ProgrammingError) {'S': 'FEHLER', 'C': '42P07', 'M': 'Relation existiert bereits'}",
      'CREATE TABLE invoice (id INT)',
      'table-exists',
    ],
    // MySQL 8, and mysqlclient.
    [
      '(MySQLdb.OperationalError) (1050, "Table \'invoice\' already exists")',
      'CREATE TABLE invoice (id INT)',
      'table-exists',
    ],
    [
      '(MySQLdb._exceptions.OperationalError) (1060, "Duplicate column name \'due\'")',
      'ALTER TABLE invoice ADD COLUMN due DATE',
      'column-exists',
    ],
    [
      "(pymysql.err.OperationalError) (1091, \"Can't DROP 'due'; check that column/key exists\")",
      'ALTER TABLE invoice DROP COLUMN due',
      'column-missing',
    ],
    [
      "(pymysql.err.OperationalError) (1091, \"Can't DROP 'ix1'; check that column/key exists\")",
      'DROP INDEX ix1 ON invoice',
      'index-missing',
    ],
    [
      '(pymysql.err.OperationalError) (3940, "Constraint \'cc\' does not exist.")',
      'ALTER TABLE invoice DROP CONSTRAINT cc',
      'constraint-missing',
    ],
    [
      "(pymysql.err.OperationalError) (3730, \"Cannot drop table 'invoice' referenced by a foreign key constraint 'fk' on table 'payment'.\")",
      'DROP TABLE invoice',
      'has-dependents',
    ],
    [
      '(pymysql.err.OperationalError) (1553, "Cannot drop index \'ix1\': needed in a foreign key constraint")',
      'DROP INDEX ix1 ON payment',
      'has-dependents',
    ],
    [
      "(pymysql.err.DataError) (1138, 'Invalid use of NULL value')",
      'ALTER TABLE invoice MODIFY due DATE NOT NULL',
      'null-values',
    ],
    [
      "(mysql.connector.errors.ProgrammingError) 1146 (42S02): Table 'shop.invoice' doesn't exist",
      'SELECT 1 FROM invoice',
      'table-missing',
    ],
    [
      "(pymysql.err.OperationalError) (1213, 'Deadlock found when trying to get lock; try restarting transaction')",
      'UPDATE invoice SET id = 1',
      'locked',
    ],
  ])('in every language and by every driver: %s', (said, statement, kind) => {
    expect(kinds(wrapped(said, statement))).toEqual([kind])
  })

  it('with the names that stand in the statement, where the text has them in another language', () => {
    const text = wrapped(
      '(psycopg2.errors.DuplicateColumn) Spalte »due« von Relation »invoice« existiert bereits',
      'ALTER TABLE invoice ADD COLUMN due DATE',
    )
    expect(first(text)?.subject).toEqual({ table: 'invoice', column: 'due' })
  })

  it.each([
    ['### "Database is not up to date"', 'database-behind'],
    ['### "Target database is not up to date"', 'database-behind'],
    ['### "Can\'t locate revision identified by..."', 'unknown-revision'],
    ["Can't locate revision", 'unknown-revision'],
    ['Multiple heads', 'multiple-heads'],
    ['## Multiple Head Revisions Issue', 'multiple-heads'],
    ['### **1. Multiple Head Revisions in Migrations**', 'multiple-heads'],
    ['### 3️⃣ If You Still Get Multiple Heads (and You Will)', 'multiple-heads'],
    ['### Scenario 1: After Merging Upstream', 'multiple-heads'],
    ['### Scenario 3: CI/CD Failure', 'multiple-heads'],
    ['### "Constraint already exists" after merge', 'constraint-exists'],
    ['2. **Table/Column Already Exists**', 'table-exists'],
    ['3. **Missing Table/Column**', 'column-missing'],
    ['1. **Table Name Inconsistency**', 'table-missing'],
    ['2. **Missing Existence Checks**', 'table-exists'],
    ['3. **Index Creation**', 'column-missing'],
    ['### **2. NOT NULL Constraint Issue**', 'not-null-without-default'],
    ['## Complete Database Reset (Last Resort)', 'reset-database'],
  ])('as the heading of a guide: %s', (heading, kind) => {
    expect(kinds(heading)).toContain(kind)
  })

  it('as a part that was copied out of a window', () => {
    expect(kinds('relation "invoice" already exists')).toEqual(['table-exists'])
    expect(kinds('(1050, "Table \'invoice\' already exists")')).toEqual(['table-exists'])
    expect(kinds('ERROR:  42P07: Relation existiert bereits')).toEqual(['table-exists'])
    expect(kinds("KeyError: 'zzzz'")).toEqual(['missing-down-revision'])
  })
})

describe('of several errors', () => {
  it('the one that names its reason comes before what follows from it', () => {
    const text = [
      "Error: While importing 'app', an ImportError was raised:",
      '',
      'Traceback (most recent call last):',
      '  File "app.py", line 1, in <module>',
      '    import billing',
      "ModuleNotFoundError: No module named 'billing'",
      '',
      'Usage: flask [OPTIONS] COMMAND [ARGS]...',
      '',
      "Error: No such command 'db'.",
    ].join('\n')
    expect(kinds(text)).toEqual(['no-module', 'no-flask-migrate'])
  })

  it('the driver counts, not what wraps it, and the first of a chain', () => {
    const text = `Traceback (most recent call last):
  File "env.py", line 3, in run
    cursor.execute()
psycopg2.errors.UndefinedTable: relation "users" does not exist

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "env.py", line 4, in run
    op.execute()
sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedTable) relation "users" does not exist
[SQL: SELECT * FROM users]

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "env.py", line 5, in run
    op.execute()
sqlalchemy.exc.InternalError: (psycopg2.errors.InFailedSqlTransaction) current transaction is aborted, commands ignored until end of transaction block
`
    expect(kinds(text)).toEqual(['table-missing'])
    expect(first(text)?.statement).toBe('SELECT * FROM users')
  })

  it('a warning comes before the error that it leads to, and says the same once', () => {
    const text =
      'base.py:1: UserWarning: Revision zzzz referenced from zzzz -> cccc (head), m cccc is not present\n  util.warn()\nTraceback (most recent call last):\n  File "/x/alembic/script/revision.py", line 1, in _revision_map\n    down = map_[x]\nKeyError: \'zzzz\'\n'
    expect(kinds(text)).toEqual(['missing-down-revision'])
    expect(kinds(`UserWarning: Revision aa02 is present more than once\nFAILED: Multiple heads are present`)).toEqual([
      'duplicate-revision',
      'multiple-heads',
    ])
  })

  it('what was overcome by waiting comes last', () => {
    const refused = 'psycopg2.OperationalError: connection to server at "db", port 5432 failed: Connection refused\n'
    expect(kinds(`${refused}${refused}FAILED: Multiple heads are present`)).toEqual([
      'multiple-heads',
      'connection-refused',
    ])
    expect(kinds(refused)).toEqual(['connection-refused'])
  })
})

describe('nothing is invented', () => {
  it.each(['Segmentation fault', '', '   ', '1 passed in 0.03s', 'git status'])('of %s', (text) => {
    expect(recogniseErrors(text)).toMatchObject({ errors: [], unknown: [] })
  })

  it('where the error is another one', () => {
    const text =
      'Traceback (most recent call last):\n  File "env.py", line 1, in <module>\n    raise RuntimeError("Multiple heads are present")\nRuntimeError: no such tenant\n'
    expect(recogniseErrors(text)).toMatchObject({ errors: [], unknown: ['RuntimeError: no such tenant'] })
    const key =
      "Traceback (most recent call last):\n  File \"/app/billing.py\", line 1, in total\n    rates['vat']\nKeyError: 'vat'\n"
    expect(recogniseErrors(key)).toMatchObject({ errors: [], unknown: ["KeyError: 'vat'"] })
  })

  it('and both are said where only one is known', () => {
    const text =
      'FAILED: Multiple heads are present\nTraceback (most recent call last):\n  File "a.py", line 1, in b\n    c()\nRuntimeError: no tenant\n'
    expect(recogniseErrors(text)).toMatchObject({
      errors: [{ known: { kind: 'multiple-heads' } }],
      unknown: ['RuntimeError: no tenant'],
    })
  })
})

describe('the catalogue', () => {
  it('names only rules that exist, and has the form of messages', () => {
    for (const { kind, cause, cure, rules, patterns } of knownErrors) {
      expect(kind).toMatch(/^[a-z]+(-[a-z]+)*$/)
      expect(cause, kind).toMatch(/^(?:[A-Z]|env\.py)[\s\S]*\.$/)
      expect(cure, kind).toMatch(/^[a-z`][\s\S]*[^.]$/)
      expect(
        rules.filter((name) => !isRuleName(name)),
        kind,
      ).toEqual([])
      expect(patterns.length, kind).toBeGreaterThan(0)
    }
  })

  it('has a bound on every repetition, so that no text takes long', () => {
    const unbounded = knownErrors.flatMap(({ kind, patterns, statement, frames }) =>
      [...patterns, statement, frames].flatMap((pattern) => {
        // Without what is escaped, and without what stands in brackets.
        const bare = (pattern?.source ?? '').replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x')
        return /[*+]|\{\d+,\}/.test(bare) ? [`${kind}: ${pattern}`] : []
      }),
    )
    expect(unbounded).toEqual([])
  })
})
