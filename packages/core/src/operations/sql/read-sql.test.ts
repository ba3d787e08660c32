import { describe, expect, test } from 'vitest'
import { inShort } from '../../../../../test/support/operations.js'
import type { Operation } from '../operation.js'
import { hole } from '../values/value.js'
import { readSql } from './read-sql.js'

const context = {
  guard: null,
  dialects: [],
  excludedDialects: [],
  batch: false,
  autocommit: false,
  online: false,
  database: null,
}

/** What SQL does: its effect, the tables that it names, and the operations in it. */
function read(sql: string): [effect: string, tables: readonly string[] | null, ...operations: string[]] {
  const { effect, tables, operations } = readSql(sql)
  const inWords = operations.map((one) => {
    const guard = one.exists === true ? 'exists' : null
    return inShort({ ...one, context: { ...context, guard } } as unknown as Operation)
  })
  return [effect, tables, ...inWords]
}

describe('DDL is read as operations', () => {
  test.each([
    ['CREATE TABLE users (id int)', 'create_table users (id)'],
    [
      'create table if not exists crm."User" (id serial PRIMARY KEY, "Name" text)',
      'create_table crm.User (id, Name) if exists',
    ],
    [
      'CREATE TABLE t (a int, b int, PRIMARY KEY (a, b), CONSTRAINT uq UNIQUE (b))',
      'create_table t (a, b) primary (a, b) unique uq (b)',
    ],
    [
      'CREATE TABLE t (a int, FOREIGN KEY (a) REFERENCES crm.u (id) ON DELETE CASCADE)',
      'create_table t (a) foreign (a)',
    ],
    ['CREATE TABLE t AS SELECT 1', 'create_table t () ?columns'],
    ['CREATE TABLE t (LIKE u INCLUDING ALL)', 'create_table t () ?columns'],
    ['CREATE TABLE `t` (`a` int NOT NULL AUTO_INCREMENT, KEY `ix` (`a`)) ENGINE=InnoDB', 'create_table t (a) ?columns'],
    ['CREATE UNLOGGED TABLE [dbo].[t] ([a] int)', 'create_table dbo.t (a)'],
    ['DROP TABLE users', 'drop_table users'],
    ['DROP TABLE IF EXISTS crm.a CASCADE', 'drop_table crm.a if exists'],
    ["ALTER TABLE t ADD COLUMN a varchar(20) NOT NULL DEFAULT 'x'", "add_column t a varchar(20) not null = 'x'"],
    ['ALTER TABLE IF EXISTS ONLY crm.t ADD COLUMN IF NOT EXISTS a int', 'add_column crm.t a int if exists'],
    ['ALTER TABLE t ADD a int', 'add_column t a int'],
    ['ALTER TABLE t DROP COLUMN IF EXISTS a CASCADE', 'drop_column t a if exists'],
    ['ALTER TABLE t DROP a', 'drop_column t a'],
    ['ALTER TABLE t ALTER COLUMN a SET NOT NULL', 'alter_column t a not null'],
    ['ALTER TABLE t ALTER a DROP NOT NULL', 'alter_column t a null'],
    ['ALTER TABLE t ALTER COLUMN a TYPE numeric(10, 2) USING a::numeric', 'alter_column t a numeric(10, 2)'],
    [
      'ALTER TABLE t ALTER COLUMN a SET DATA TYPE timestamp with time zone',
      'alter_column t a timestamp with time zone',
    ],
    ['ALTER TABLE t ALTER COLUMN a SET DEFAULT now()', 'alter_column t a = now()'],
    ['ALTER TABLE t ALTER COLUMN a DROP DEFAULT', 'alter_column t a = '],
    ['ALTER TABLE t MODIFY COLUMN a varchar(9) NOT NULL', 'alter_column t a varchar(9) not null'],
    ['ALTER TABLE t CHANGE a b varchar(9)', 'alter_column t a to b varchar(9) null'],
    ['ALTER TABLE t RENAME TO u', 'rename_table t to u'],
    ['ALTER TABLE t RENAME COLUMN a TO b', 'alter_column t a to b'],
    ['ALTER TABLE t RENAME a TO b', 'alter_column t a to b'],
    ['ALTER TABLE t ADD CONSTRAINT uq UNIQUE (a, b)', 'create_constraint t unique uq (a, b)'],
    ['ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0) NOT VALID', 'create_constraint t check ck () not valid'],
    ['ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (id)', 'create_constraint t foreign (a) → u (id)'],
    ['ALTER TABLE t ADD PRIMARY KEY (a)', 'create_constraint t primary (a)'],
    ['ALTER TABLE t DROP CONSTRAINT IF EXISTS uq', 'drop_constraint t uq if exists'],
    ['ALTER TABLE t DROP FOREIGN KEY fk', 'drop_constraint t foreignkey fk'],
    ['ALTER TABLE t DROP PRIMARY KEY', 'drop_constraint t primary'],
    ['ALTER TABLE t DROP INDEX ix', 'drop_index t ix'],
    ['ALTER TABLE t ADD INDEX ix (a)', 'create_index t ix (a)'],
    ['CREATE INDEX ix ON t (a)', 'create_index t ix (a)'],
    [
      'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ix ON crm.t USING btree (a DESC, lower(b))',
      'create_index crm.t unique ix (a, …) concurrently if exists',
    ],
    ['CREATE INDEX ON t (a)', 'create_index t (a)'],
    ['DROP INDEX CONCURRENTLY IF EXISTS crm.ix', 'drop_index crm.… ix concurrently if exists'],
    ['DROP INDEX ix ON t', 'drop_index t ix'],
    ["CREATE TYPE crm.state AS ENUM ('a', 'it''s')", "create_type crm.state (a, it's)"],
    ['CREATE TYPE pair AS (a int, b int)', 'create_type pair'],
    ['DROP TYPE IF EXISTS state', 'drop_type state if exists'],
    ["ALTER TYPE state ADD VALUE IF NOT EXISTS 'b' AFTER 'a'", 'alter_type state (b) if exists'],
    ['ALTER TYPE state RENAME TO state_old', 'alter_type state () to state_old'],
    ["ALTER TYPE state RENAME VALUE 'a' TO 'b'", 'alter_type state ()'],
    ["COMMENT ON TABLE crm.t IS 'x'", 'table_comment crm.t'],
    ["COMMENT ON COLUMN t.a IS 'x'", 'alter_column t a'],
    ['RENAME TABLE a TO b', 'rename_table a to b'],
  ])('%s', (sql, expected) => {
    const [effect, , ...operations] = read(sql)
    expect([effect, operations]).toEqual(['ddl', [expected]])
  })

  test('several at once, each by itself', () => {
    expect(read('ALTER TABLE t ADD a int, DROP COLUMN b; DROP TABLE x, y;')).toEqual([
      'ddl',
      ['t', 'x', 'y'],
      'add_column t a int',
      'drop_column t b',
      'drop_table x',
      'drop_table y',
    ])
  })

  test.each([
    ['CREATE EXTENSION IF NOT EXISTS pgcrypto', 'ddl'],
    ['CREATE SCHEMA IF NOT EXISTS crm', 'ddl'],
    ['CREATE TEMP TABLE x AS SELECT 1', 'none'],
    ["COMMENT ON SCHEMA crm IS 'x'", 'none'],
    ['ALTER TABLE t VALIDATE CONSTRAINT ck', 'ddl'],
  ])('without leaving anything: %s', (sql, effect) => {
    expect(read(sql)).toEqual([effect, effect === 'ddl' && sql.includes('TABLE') ? ['t'] : []])
  })
})

describe('data', () => {
  test.each([
    ['UPDATE users SET a = 1', ['users']],
    ['UPDATE ONLY "Users" AS u SET a = 1 FROM firm f WHERE f.id = u.firm', ['Users', 'firm']],
    ['update crm.users set a = (select max(b) from other)', ['users', 'other']],
    ['DELETE FROM a USING b WHERE a.id = b.id', ['a', 'b']],
    ['INSERT INTO a (x) SELECT y FROM b JOIN c ON true', ['a', 'b', 'c']],
    ["INSERT INTO a VALUES ('x; DROP TABLE b')", ['a']],
    ['INSERT INTO a (x) VALUES (1) ON CONFLICT (x) DO UPDATE SET y = 2', ['a']],
    ['WITH found AS (SELECT id FROM b) UPDATE a SET x = 1 WHERE id IN (SELECT id FROM found)', ['b', 'a']],
    ['WITH found (id) AS (SELECT id FROM b), more AS (SELECT 1) DELETE FROM a USING found, more', ['b', 'a']],
    ['UPDATE a SET x = extract(epoch FROM y), z = substring(w FROM 2)', ['a']],
    ['UPDATE a SET x = 1 WHERE y IS DISTINCT FROM z', ['a']],
    ['UPDATE a SET x = v FROM unnest(array[1]) AS v', ['a']],
    ['UPDATE a -- not FROM b\nSET /* FROM c */ x = 1', ['a']],
    ['TRUNCATE TABLE a', ['a']],
    ['MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE', ['a', 'b']],
    ['SELECT 1; UPDATE a SET x = 1', ['a']],
    [`UPDATE a SET x = '${hole}'`, ['a']],
    [`UPDATE ${hole} SET x = 1`, null],
    [`UPDATE crm_${hole} SET x = 1`, null],
  ])('%s', (sql, tables) => {
    expect(read(sql)).toEqual(['data', tables])
  })
})

describe('nothing', () => {
  test.each([
    'SELECT 1',
    'SELECT * FROM a FOR UPDATE',
    "SELECT set_config('a', 'b', false)",
    'SET lock_timeout = 1000',
    'BEGIN; COMMIT',
    'PRAGMA foreign_keys=OFF',
    'WITH a AS (SELECT 1) SELECT * FROM a',
    '-- only a remark',
    '',
    '(SELECT 1)',
  ])('%s', (sql) => {
    expect(read(sql)[0]).toBe('none')
  })
})

describe('unknown, never nothing', () => {
  test.each([
    'CREATE VIEW v AS SELECT 1',
    'CREATE OR REPLACE FUNCTION f() RETURNS trigger AS $$ BEGIN DELETE FROM a; END $$ LANGUAGE plpgsql',
    'CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; UPDATE c SET d = 1; END',
    'DO $$ BEGIN DROP TABLE a; END $$',
    'SELECT my_function()',
    'SELECT a INTO b FROM c',
    'CALL clean_up()',
    'GRANT SELECT ON a TO b',
    'DROP VIEW v',
    'DROP EXTENSION pgcrypto',
    'ALTER SEQUENCE s RESTART',
    'ALTER INDEX a RENAME TO b',
    'ALTER TABLE t RENAME CONSTRAINT a TO b',
    'ALTER TABLE t OWNER TO me',
    'ALTER TABLE t ADD a int, ENABLE ROW LEVEL SECURITY',
    'CREATE SCHEMA crm',
    hole,
    `${hole} TABLE a`,
    'UPDATE a SET b = 1; SELECT my_function()',
    'ALTER',
    'CREATE TABLE',
    "'",
    ')',
  ])('%s', (sql) => {
    expect(read(sql)[0]).toBe('unknown')
  })

  test('what is understood beside it is listed all the same', () => {
    expect(read('ALTER TABLE t ADD a int, OWNER TO me')).toEqual(['unknown', ['t'], 'add_column t a int'])
  })
})

test('a name that only Python knows is not resolved', () => {
  expect(read(`DROP TABLE ${hole}`)).toEqual(['ddl', [], 'drop_table … ?table'])
  expect(read(`ALTER TABLE t ADD COLUMN a_${hole} int`)).toEqual([
    'ddl',
    ['t'],
    'add_column t int ?table'.replace('table', 'column'),
  ])
  expect(read(`CREATE TYPE s AS ENUM ('a', '${hole}')`)).toEqual(['ddl', [], 'create_type s ?values'])
})
