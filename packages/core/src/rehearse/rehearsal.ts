import type { Severity } from '../rules/rule.js'
import type { DataDifference, SchemaDifference, SchemaItem } from './schema.js'

/** What the copy was made from. `empty`: a new database without anything. */
export type RehearsalSource = 'copy' | 'dump' | 'empty'

/** A database of an environment, and what stood in for it. */
export interface RehearsedDatabase {
  /** What env.py calls it where it has several, else null. */
  readonly name: string | null
  readonly dialect: string
  /** Of the original: host and database, or a file; never a password. */
  readonly original: string
  /** The copy: a database on the same server, or a file. */
  readonly copy: string
  /** `template` and `file` copy at once, `dump` through a dump; `empty` is new. */
  readonly method: 'template' | 'dump' | 'file' | 'empty'
  /** The rows of its version table when the rehearsal began. */
  readonly from: readonly string[]
  /** Still there: `--keep`. */
  readonly isKept: boolean
}

/** `differs`: it ran, and what it left is not what it should be; `irreversible`: its script says that there is no way back. */
export type StepOutcome = 'well' | 'differs' | 'failed' | 'irreversible' | 'skipped'

export interface RehearsedRevision {
  readonly database: string | null
  readonly revision: string
  readonly message: string
  /** Workspace-relative; null for a script that comes from another branch. */
  readonly path: string | null
  readonly up: StepOutcome
  readonly down: StepOutcome
  readonly upAgain: StepOutcome
}

export type RehearsalFindingKind =
  /** A step raised. */
  | 'fails'
  /** After up and down the schema is not what it was. */
  | 'not-restored'
  /** After up and down rows or values are not what they were. */
  | 'data-not-restored'
  /** What the second up makes is not what the first made. */
  | 'differs-again'
  /** The script says that there is no way back. */
  | 'irreversible'
  /** Two branches make another schema in the other order, or run in one order only. */
  | 'order-matters'
  /** Models and schema differ, as `alembic check` says it. */
  | 'models-differ'
  /** The schema is not the one in the file. */
  | 'schema-differs'
  /** The original is not as it was: somebody changed it meanwhile, or env.py did. */
  | 'original-changed'

export interface RehearsalFinding {
  readonly kind: RehearsalFindingKind
  readonly severity: Severity
  readonly database: string | null
  readonly revision: string | null
  readonly step: 'up' | 'down' | 'up-again' | null
  /** Workspace-relative, with the line that it is about; null where no file is to blame. */
  readonly path: string | null
  readonly line: number | null
  /** Lower case, no full stop. */
  readonly message: string
  readonly differences: readonly PlacedDifference[]
  readonly data: readonly DataDifference[]
  /** Of a document that differs: `- ` and `+ ` with their lines. */
  readonly lines: readonly string[]
  /** The statement that failed, where it is known. */
  readonly statement: string | null
  readonly cause: string | null
  /** Starts with a verb. */
  readonly help: string | null
}

/** A difference, with the place in the script that made it where that is known. */
export interface PlacedDifference extends SchemaDifference {
  readonly path: string | null
  readonly line: number | null
}

/** Why an environment is not rehearsed, or why it ended before its end. */
export interface RehearsalRefusal {
  /** Stable, for programs. */
  readonly kind:
    | 'scripts'
    | 'no-python'
    | 'unasked'
    | 'database'
    | 'remote'
    | 'not-the-copy'
    | 'copy'
    | 'permission'
    | 'disk-full'
    | 'dump'
    | 'environment'
    | 'timeout'
    | 'stopped'
  /** Lower case, no full stop. */
  readonly message: string
  readonly notes: readonly string[]
  /** Starts with a verb. */
  readonly help: string | null
  /** One runnable command for the workspace root, or null. */
  readonly command: string | null
}

/** Both orders of branches that come together. */
export interface RehearsedBranches {
  readonly database: string | null
  /** The ends of the branches, in the order of the first run. */
  readonly heads: readonly string[]
  /** The ref whose scripts were added, or null. */
  readonly mergedWith: string | null
  readonly outcome: 'same' | 'differs' | 'failed'
}

/** The schema of one database after its last revision. */
export interface RehearsedSchema {
  readonly database: string | null
  readonly items: readonly SchemaItem[]
}

export interface RehearsedEnvironment {
  readonly name: string
  /** Workspace-relative script directory; null where the configuration cannot be used. */
  readonly path: string | null
  readonly config: string
  readonly section: string | null
  readonly source: RehearsalSource
  /** Why it is not a copy of the database, where nobody asked for that; else null. */
  readonly because: string | null
  readonly databases: readonly RehearsedDatabase[]
  /** In the order of the upgrade. */
  readonly revisions: readonly RehearsedRevision[]
  readonly findings: readonly RehearsalFinding[]
  readonly branches: readonly RehearsedBranches[]
  /** `none`: env.py has no models; `unasked`: it did not come so far. */
  readonly models: 'equal' | 'differ' | 'none' | 'unasked'
  readonly schemas: readonly RehearsedSchema[]
  /** Copies that an earlier run had left, and that are gone now; or that could not be dropped. What became of a file with the schema. */
  readonly notes: readonly string[]
  /** True where the original was asked before and after and stands as it stood; null where nobody could ask. */
  readonly isUntouched: boolean | null
  readonly refusal: RehearsalRefusal | null
}

/** True where nobody has to do anything. With `strict`, warnings count too. */
export function isRehearsedWell({ refusal, findings }: RehearsedEnvironment, strict = false): boolean {
  const counts = ({ severity }: RehearsalFinding) => severity === 'error' || (strict && severity === 'warn')
  return refusal === null && !findings.some(counts)
}
