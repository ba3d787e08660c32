import { writeFileSync } from 'node:fs'
import type { DatabaseFacts } from '../alembic/index.js'
import type { Runner } from '../alembic/runner.js'
import { locate } from './method-for.js'
import { emptyMysql } from './mysql-restorer.js'
import { runPsql } from './postgresql-restorer.js'
import { surroundingsOf } from './program.js'
import { runSqlite } from './sqlite.js'

/**
 * Drops everything that a database holds: tables, views, sequences, types, functions, Alembic's own table. The database stays, with what is
 * granted on it, its settings and its extensions.
 *
 * @throws BackupFailed; PostgreSQL and SQLite have dropped nothing then
 */
export async function emptyDatabase(runner: Runner, facts: DatabaseFacts): Promise<void> {
  const surroundings = surroundingsOf(runner)
  const found = locate(facts)
  if (found.kind === 'mysql') return emptyMysql(found.place, surroundings)
  if (found.kind === 'postgresql') {
    await runPsql(found.place, surroundings, found.place.database, EMPTY)
    return
  }
  const fresh = `${found.file}.onehead-empty`
  // A file without a byte is an empty database.
  writeFileSync(fresh, '', { mode: 0o600 })
  await runSqlite(runner.command, surroundings, 'replace', fresh, found.file)
}

/** Nobody is waited for longer than this. */
const WAIT = '10s'

/** In one transaction: all or nothing. What belongs to an extension stays, and so does the schema `public`. */
const EMPTY = `BEGIN;
SET LOCAL lock_timeout = '${WAIT}';
DO $onehead$
DECLARE
  statements text[];
  one text;
BEGIN
  SELECT array_agg(statement ORDER BY turn) INTO statements FROM (
    WITH own AS (
      SELECT oid, nspname FROM pg_namespace
      WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    ), extended AS (
      SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
    )
    SELECT 1 AS turn, format('DROP %s IF EXISTS %I.%I CASCADE', CASE relkind
        WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
        WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END, nspname, relname) AS statement
      FROM pg_class c JOIN own ON own.oid = relnamespace
      WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')
        AND NOT EXISTS (SELECT FROM extended WHERE classid = 'pg_class'::regclass AND objid = c.oid)
    UNION ALL
    SELECT 2, format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure)
      FROM pg_proc p JOIN own ON own.oid = pronamespace
      WHERE NOT EXISTS (SELECT FROM extended WHERE classid = 'pg_proc'::regclass AND objid = p.oid)
    UNION ALL
    SELECT 3, format('DROP %s IF EXISTS %I.%I CASCADE', CASE typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, nspname, typname)
      FROM pg_type t JOIN own ON own.oid = typnamespace
      WHERE typtype IN ('e', 'd', 'r')
        AND NOT EXISTS (SELECT FROM extended WHERE classid = 'pg_type'::regclass AND objid = t.oid)
    UNION ALL
    SELECT 4, format('DROP SCHEMA IF EXISTS %I CASCADE', nspname) FROM own
      WHERE nspname <> 'public'
        AND NOT EXISTS (SELECT FROM extended WHERE classid = 'pg_namespace'::regclass AND objid = own.oid)
        AND NOT EXISTS (SELECT FROM pg_extension WHERE extnamespace = own.oid)
  ) AS everything;
  FOREACH one IN ARRAY coalesce(statements, '{}') LOOP
    EXECUTE one;
  END LOOP;
END
$onehead$;
COMMIT`
