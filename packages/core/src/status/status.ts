import type { BrokenEnvironment, Environment, History } from '../history/history.js'
import type { DatabaseRoute } from '../plan/database-route.js'
import type { DatabaseWay } from '../plan/plan.js'
import type { AlembicErrorReport } from '../report/report.js'
import { firstLine } from '../rules/support/words.js'
import type { Invocation } from './invocation.js'
import { findOverlapRoute } from './overlap-route.js'
import { type DatabaseStanding, findStanding } from './standing.js'
import type { Whereabouts } from './whereabouts.js'

/** What was asked of a database. */
export interface AskedDatabase {
  /** What env.py calls it where it has several, else null. */
  readonly name: string | null
  /** SQLAlchemy's word. */
  readonly dialect: string
  /** Without a password. */
  readonly address: string | null
  /** By the server's own word; for SQLite the absolute path of the file. */
  readonly database?: string | null
  /** False for a file that is not there yet: Alembic would make it. */
  readonly exists?: boolean
  /** env.py writes SQL instead of connecting: nobody knows where it stands. */
  readonly isOffline: boolean
  /** The rows of the version table. */
  readonly currentRevisions: readonly string[]
}

export interface RevisionNote {
  readonly revision: string
  readonly message: string
  /** Workspace-relative. */
  readonly path: string
}

/** A revision that a repair moved or renamed, and that this database may have run before. */
export interface MovedNote {
  readonly revision: string
  /** Its id then; the same unless it was renamed. */
  readonly formerly: string
  /** ISO 8601. */
  readonly when: string
  /** What a database that ran it before the move lacks. */
  readonly skipped: readonly string[]
  /** How such a database is put right; null where no row of commands is certain. */
  readonly way: DatabaseWay | null
}

/** A revision that no script here declares, and what git knows about it. */
export interface UnknownRevision {
  readonly revision: string
  /** False where nobody could look: no repository, objects that are not here. */
  readonly searched: boolean
  /** Null where git has no script that declares it, or where nobody looked. */
  readonly whereabouts: Whereabouts | null
}

export interface DatabaseStatus extends AskedDatabase {
  readonly standing: DatabaseStanding | { readonly kind: 'offline' }
  /** The rows with their scripts, where there are any. */
  readonly current: readonly (RevisionNote | { readonly revision: string })[]
  /** In the order of the upgrade; null where it cannot be told. */
  readonly pending: readonly RevisionNote[] | null
  readonly unknown: readonly UnknownRevision[]
  readonly moved: readonly MovedNote[]
  /** Of a database whose rows overlap: what puts it right. Null for others, and where nobody can tell. */
  readonly route: DatabaseRoute | null
}

/** Why a database could not be asked. */
export interface StatusFailure {
  /** Lower case or the child's own words; no full stop of ours. */
  readonly message: string
  readonly cause: string | null
  /** Starts with a verb. */
  readonly help: string | null
}

/** One environment in `status`. */
export interface EnvironmentStatus {
  readonly name: string
  readonly config: string
  /** Null for a configuration that cannot be used. */
  readonly environment: Environment | null
  /** How its Alembic is called; null where no Python has it. */
  readonly invocation: Invocation | null
  /** Null where Alembic refuses to load the scripts, or where it cannot be told. */
  readonly heads: readonly string[] | null
  readonly error: AlembicErrorReport | null
  /** Null where the databases were asked. */
  readonly failure: StatusFailure | null
  /** In env.py's order; empty after a failure. */
  readonly databases: readonly DatabaseStatus[]
}

/** A note of an earlier repair. */
export interface EarlierMove extends Omit<MovedNote, 'way'> {
  readonly ways: readonly DatabaseWay[]
}

/** What is known besides the history itself. */
export interface StatusFacts {
  readonly invocation: Invocation | null
  readonly heads: readonly string[] | null
  readonly error: AlembicErrorReport | null
  /** What repairs have moved in this environment. */
  readonly moves: readonly EarlierMove[]
  /** No entry: nobody could look. Null: git has no script that declares it. */
  readonly whereabouts: ReadonlyMap<string, Whereabouts | null>
}

/** Puts together where the databases of an environment stand. Pure. */
export function reportStatus(
  history: History,
  databases: readonly AskedDatabase[],
  { moves, whereabouts, ...facts }: StatusFacts,
): EnvironmentStatus {
  const { environment } = history
  const { name, config } = environment
  const reported = databases.map((database) => reportDatabase(history, database, moves, whereabouts))
  return { name, config, environment, ...facts, failure: null, databases: reported }
}

/** An environment whose databases nobody could ask. */
export function reportUnasked(
  environment: Environment | BrokenEnvironment,
  facts: Pick<StatusFacts, 'invocation' | 'heads' | 'error'>,
  failure: StatusFailure,
): EnvironmentStatus {
  const { name, config } = environment
  const whole = 'path' in environment ? environment : null
  return { name, config, environment: whole, ...facts, failure, databases: [] }
}

/** True where every database was asked, and Alembic could upgrade it or has nothing to do. */
export function isWell({ failure, error, databases }: EnvironmentStatus): boolean {
  return failure === null && error === null && databases.every(({ standing }) => WELL.includes(standing.kind))
}

const WELL: readonly DatabaseStatus['standing']['kind'][] = ['up-to-date', 'empty', 'behind', 'offline']

function reportDatabase(
  history: History,
  database: AskedDatabase,
  moves: readonly EarlierMove[],
  whereabouts: StatusFacts['whereabouts'],
): DatabaseStatus {
  const { map } = history
  const rows = database.currentRevisions
  const standing = database.isOffline ? ({ kind: 'offline' } as const) : findStanding(history, rows)
  const note = (id: string) => {
    const script = map.get(id)
    return script === undefined
      ? { revision: id }
      : { revision: id, message: firstLine(script.message), path: script.path }
  }
  const pending = 'pending' in standing ? standing.pending : standing.kind === 'up-to-date' ? [] : null
  const unknown = standing.kind === 'unknown' ? standing.unknown : []
  return {
    ...database,
    standing,
    current: rows.map(note),
    pending: pending?.map((id) => note(id) as RevisionNote) ?? null,
    unknown: unknown.map((revision) => ({
      revision,
      searched: whereabouts.has(revision),
      whereabouts: whereabouts.get(revision) ?? null,
    })),
    moved: findMoved(history, rows, moves),
    route: standing.kind === 'overlapping' ? findOverlapRoute(map, rows, moves) : null,
  }
}

/** Moves that concern a database with these rows: it has run what moved, or stands at an id that is no more. */
function findMoved({ map }: History, rows: readonly string[], moves: readonly EarlierMove[]): readonly MovedNote[] {
  const applied = map.ancestors(rows)
  return moves.flatMap(({ ways, ...move }) => {
    const isRenamed = move.formerly !== move.revision && rows.includes(move.formerly)
    if (!isRenamed && (move.skipped.length === 0 || !applied.has(move.revision))) return []
    const way =
      ways.find(({ at }) => rows.includes(at)) ??
      ways.findLast(({ at }) => applied.has(at) || rows.includes(at)) ??
      null
    return [{ ...move, way }]
  })
}
