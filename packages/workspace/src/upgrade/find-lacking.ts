import {
  type DatabaseStatus,
  type EnvironmentStatus,
  type History,
  type Made,
  type MovedNote,
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

/** A revision that a database may have run before a repair moved it. */
interface Doubt {
  readonly moved: MovedNote
  /** What is not there, as people call it; empty where nobody can tell. */
  readonly lacking: readonly string[]
}

/** What is asked: a history, and its databases. */
type Question = readonly [
  history: History,
  runner: Runner,
  status: EnvironmentStatus,
  reader: SourceReader,
  x: readonly string[],
]

/**
 * Looks in the databases for what they would lack where they ran a revision before a repair moved it. Null where everything is there, or
 * where nothing was moved.
 */
export async function findLacking(...question: Question): Promise<UpgradeRefusal | null> {
  for await (const { moved, lacking } of findDoubts(...question)) return refuseMoved(question[2], moved, lacking)
  return null
}

/** The same status without moves that have left nothing to put right: everything that they have put below is there. */
export async function withoutProven(...question: Question): Promise<EnvironmentStatus> {
  const [, , status] = question
  if (!status.databases.some(mayBeProven)) return status
  const doubtful = new Set<MovedNote>()
  for await (const { moved } of findDoubts(...question)) doubtful.add(moved)
  const databases = status.databases.map((database) =>
    mayBeProven(database) ? { ...database, moved: database.moved.filter((one) => isOpen(one, doubtful)) } : database,
  )
  return { ...status, databases }
}

const mayBeProven = ({ standing, moved }: DatabaseStatus): boolean =>
  (standing.kind === 'up-to-date' || standing.kind === 'behind') && moved.some(({ skipped }) => skipped.length > 0)

const isOpen = (moved: MovedNote, doubtful: ReadonlySet<MovedNote>) => moved.skipped.length === 0 || doubtful.has(moved)

async function* findDoubts(...[history, runner, status, reader, x]: Question): AsyncGenerator<Doubt> {
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
      if (!isProven) yield { moved, lacking }
    }
  }
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
