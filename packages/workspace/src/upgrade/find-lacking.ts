import {
  type EnvironmentStatus,
  type History,
  type Made,
  madeBy,
  refuseMoved,
  type UpgradeRefusal,
} from '@onehead/core'
import { askDatabase } from '../alembic/ask-database.js'
import type { Runner } from '../alembic/runner.js'
import type { SourceReader } from '../use-cases/sources.js'

/** A revision that a repair has put below one that the database counts as run, and what it would have made there. */
interface Skipped {
  readonly revision: string
  readonly made: readonly Made[]
  /** It does something. */
  readonly counts: boolean
}

/**
 * Looks in the databases for what they would lack where they ran a revision before a repair moved it. Null where everything is there, or
 * where nothing was moved.
 */
export async function findLacking(
  history: History,
  runner: Runner,
  status: EnvironmentStatus,
  reader: SourceReader,
  x: readonly string[],
): Promise<UpgradeRefusal | null> {
  for (const [index, database] of status.databases.entries()) {
    const applied = history.map.ancestors(database.currentRevisions)
    for (const moved of database.moved.filter(({ skipped }) => skipped.length > 0)) {
      const skipped = await reader.complete(() =>
        moved.skipped.map((revision): Skipped => {
          const path = history.map.get(revision)?.path
          const counts = path === undefined || reader.operations(path)?.upgrade.isEmpty !== true
          return { revision, counts, made: madeBy(history, [revision], applied, reader.operations) }
        }),
      )
      const made = skipped.flatMap((one) => one.made)
      const lacking = made.length === 0 ? [] : await missing(runner, index, made, x)
      const isProven = lacking.length === 0 && skipped.every((one) => !one.counts || one.made.length > 0)
      if (!isProven) return refuseMoved(status, moved, lacking)
    }
  }
  return null
}

/** Those that are not there, as people call them. Everything where the database does not answer. */
async function missing(
  runner: Runner,
  index: number,
  made: readonly Made[],
  x: readonly string[],
): Promise<readonly string[]> {
  const { databases } = await askDatabase(runner, { x, tables: [...new Set(made.map(({ table }) => table))] })
  const columns = databases[index]?.columns ?? {}
  return made.flatMap(({ table, column }) => {
    const there = columns[table] ?? null
    if (there === null) return [`table ${table}`]
    return column === null || there.includes(column) ? [] : [`column ${table}.${column}`]
  })
}
