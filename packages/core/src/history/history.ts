import type { RevisionMap } from '../revision/revision-map.js'
import type { AlembicError, Script, UnreadableScript } from '../script/script.js'

/** One configuration and its script directory. Paths are workspace-relative with `/`. */
export interface Environment {
  /** What people call it; unique in the workspace. */
  readonly name: string
  /** The script directory. */
  readonly path: string
  /** The configuration file that declares it. */
  readonly config: string
  /** The INI section (`alembic` unless several), or `tool.alembic` for pyproject.toml. */
  readonly section: string
  readonly kind: 'alembic' | 'pyproject' | 'flask-migrate'
  /** The directory in which Alembic is run, the root as the empty text; absent where nobody has looked. */
  readonly cwd?: string
  /** In Alembic's order; only those that exist. */
  readonly versionLocations: readonly string[]
  readonly recursive: boolean
  /** Alembic then also loads compiled scripts, which a reader of sources cannot see. */
  readonly sourceless?: boolean
  /** SQLAlchemy's name of the database that `sqlalchemy.url` addresses; absent where it does not say. env.py may replace it. */
  readonly addressDialect?: string | null
  /** `file_template` after interpolation, when set. */
  readonly fileTemplate: string | null
  /** Things worth saying once per environment: which of two readings was taken, `sourceless`, … Lower case, no full stop. */
  readonly notes: readonly string[]
  /** Folders with scripts below the version locations that Alembic does not enter; absent where there is none, or nobody has looked. */
  readonly notLoaded?: readonly string[]
  readonly settings: EnvironmentSettings
}

/** What `onehead.json` says about one environment. */
export interface EnvironmentSettings {
  /** How many heads are right (default 1), or the branch labels of which each must have exactly one head. */
  readonly expectedHeads: number | readonly string[]
  /** Ids of parents that live in another package: not missing. */
  readonly externalRevisions: readonly string[]
  /** Ids of published revisions that were replaced on purpose (a squash, a clean-up): they may change or go. */
  readonly replacedRevisions?: readonly string[]
  /** Dialect names, empty = all. */
  readonly dialects: readonly string[]
  /** The file name convention that the rule `file-name` holds, or null. */
  readonly fileName: string | null
}

/** Everything known about one environment's history at one snapshot. Built whole, judged later. */
export interface History {
  readonly environment: Environment
  /** In Alembic's load order. */
  readonly scripts: readonly Script[]
  readonly unreadable: readonly UnreadableScript[]
  /** Real paths that were reached twice (`File … loaded twice! ignoring`). */
  readonly loadedTwice: readonly string[]
  readonly map: RevisionMap<Script>
  /** What Alembic raises while loading (file errors and map errors, the first in its own order); `null` if it loads. */
  readonly error: AlembicError | null
  /** True when heads and bases cannot be told: some `revision`/`down_revision` is unknown and Alembic might load it. */
  readonly uncertain: boolean
}

/** A configuration that names an environment but cannot be used: one broken file loses one environment, never the run. */
export interface BrokenEnvironment {
  readonly name: string
  readonly config: string
  readonly section: string
  /** What is wrong: lower case, no full stop. */
  readonly message: string
  /** Where in the configuration file. */
  readonly span: import('../text/span.js').Span
  readonly notes: readonly string[]
  /** Starts with a verb; null where nothing can be advised. */
  readonly help: string | null
  /** Does what `help` says; absent where no single command does. */
  readonly command?: string
  /** What Alembic raises for it, where it would. */
  readonly error: AlembicError | null
}
