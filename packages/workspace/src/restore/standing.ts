import { realpathSync } from 'node:fs'
import type { RestoredStanding } from '@onehead/core'
import { askDatabase } from '../alembic/ask-database.js'
import type { DatabaseFacts } from '../alembic/index.js'
import type { Runner } from '../alembic/runner.js'

/** What a place holds; also with Alembic's own table. */
export interface Held extends RestoredStanding {
  readonly tables: number
}

/** Counting rows takes its time in a large database. */
const PATIENCE_MS = 600_000

/**
 * What stands in the place of a database, by the project's own Alembic: its env.py is led there. Null where it cannot be asked, and where
 * it would not be led.
 *
 * @param index of the database in the order of env.py
 */
export async function askPlace(
  runner: Runner,
  facts: DatabaseFacts,
  index: number,
  place: string,
  x: readonly string[],
): Promise<Held | null> {
  const elsewhere = facts.database === null || place === facts.database ? {} : { [facts.database]: place }
  const { databases, failure } = await askDatabase(runner, { x, counts: true, elsewhere, timeoutMs: PATIENCE_MS })
  const found = databases[index]
  if (failure !== null || found?.database == null || found.rowCounts == null) return null
  if (followed(found.database) !== followed(place)) return null
  const own = [found.versionTableSchema, found.versionTable].filter((part) => part !== null).join('.')
  const counted = Object.entries(found.rowCounts)
  const rows = Object.fromEntries(counted.filter(([name]) => name !== own))
  return { revisions: found.currentRevisions, rows, tables: counted.length }
}

function followed(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** What is wrong with what was restored, or null. */
export function findDifference(held: Held, tables: number, recorded: readonly string[] | null): string | null {
  if (held.tables < tables) return `the backup has ${tables} tables, and ${held.tables} are there`
  if (recorded === null || [...recorded].sort().join() === [...held.revisions].sort().join()) return null
  const say = (rows: readonly string[]) => rows.join(' and ') || 'base'
  return `the backup was taken at ${say(recorded)}, and it stands at ${say(held.revisions)}`
}
