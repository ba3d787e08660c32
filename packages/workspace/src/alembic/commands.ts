import { readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type AskOptions, askDatabase } from './ask-database.js'
import type { RunFailure } from './failure.js'
import { type AlembicOptions, type AlembicRun, runAlembic } from './run-alembic.js'
import type { Runner } from './runner.js'

export interface RevisionWish {
  readonly message: string | null
  readonly revisionId?: string
  readonly branchLabel?: string
  /** Compare the models with the database (`flask db migrate`). */
  readonly autogenerate?: boolean
  /** The revision to follow; Alembic's `head` by default. */
  readonly head?: string
  readonly splice?: boolean
  readonly versionPath?: string
  /** Not known to Flask-Migrate. */
  readonly dependsOn?: readonly string[]
}

export interface MergeWish {
  readonly revisions: readonly string[]
  readonly message: string | null
  readonly revisionId?: string
  readonly branchLabel?: string
}

export interface WrittenScripts {
  readonly run: AlembicRun
  /** Workspace-relative, in order; empty where nothing was written ("no changes"), also after a failure that left nothing. */
  readonly paths: readonly string[]
}

/** `alembic revision`: the script it wrote is found by comparing the version locations before and after. */
export function revisionWithAlembic(
  runner: Runner,
  wish: RevisionWish,
  options?: AlembicOptions,
): Promise<WrittenScripts> {
  const { message, revisionId, branchLabel, autogenerate, head, splice, versionPath, dependsOn = [] } = wish
  const isFlask = runner.form === 'flask'
  const args = [
    ...(autogenerate && !isFlask ? ['--autogenerate'] : []),
    ...(message === null ? [] : ['-m', message]),
    ...(revisionId === undefined ? [] : ['--rev-id', revisionId]),
    ...(branchLabel === undefined ? [] : ['--branch-label', branchLabel]),
    ...(head === undefined ? [] : ['--head', head]),
    ...(splice ? ['--splice'] : []),
    ...(versionPath === undefined ? [] : ['--version-path', versionPath]),
    ...dependsOn.flatMap((one) => ['--depends-on', one]),
  ]
  return writing(runner, autogenerate && isFlask ? 'migrate' : 'revision', args, options)
}

/** `alembic merge`, with the project's own template, file names and hooks. Give at least two revisions: Alembic asks for none. */
export function mergeWithAlembic(runner: Runner, wish: MergeWish, options?: AlembicOptions): Promise<WrittenScripts> {
  const { revisions, message, revisionId, branchLabel } = wish
  const args = [
    ...(message === null ? [] : ['-m', message]),
    ...(revisionId === undefined ? [] : ['--rev-id', revisionId]),
    ...(branchLabel === undefined ? [] : ['--branch-label', branchLabel]),
    ...revisions,
  ]
  return writing(runner, 'merge', args, options)
}

async function writing(
  runner: Runner,
  subcommand: string,
  args: readonly string[],
  options: AlembicOptions = {},
): Promise<WrittenScripts> {
  const before = listScripts(runner)
  const run = await runAlembic(runner, subcommand, args, options)
  const after = listScripts(runner)
  const paths = [...after].filter(([path, state]) => before.get(path) !== state).map(([path]) => path)
  return { run, paths: paths.sort() }
}

/** Every `.py` below the version locations, however deep a `file_template` puts it, with what changes when it is written again. */
function listScripts({ root, environment }: Runner): ReadonlyMap<string, string> {
  // The default location may only come to be with its first script.
  const usual = `${environment.path}/versions`
  const found = new Map<string, string>()
  for (const location of new Set([...environment.versionLocations, usual])) {
    for (const path of pythonFiles(join(root, location))) {
      const { mtimeNs, size } = statSync(path, { bigint: true })
      found.set(relative(root, path).replaceAll('\\', '/'), `${mtimeNs} ${size}`)
    }
  }
  return found
}

function pythonFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.py'))
      .map((entry) => join(entry.parentPath, entry.name))
  } catch {
    return []
  }
}

export interface MoveOptions extends AlembicOptions {
  /** Print the statements instead of running them. */
  readonly sql?: boolean
}

/** `alembic upgrade`. */
export function upgrade(runner: Runner, revision: string, options: MoveOptions = {}): Promise<AlembicRun> {
  return runAlembic(runner, 'upgrade', [...(options.sql ? ['--sql'] : []), revision], options)
}

/** `alembic downgrade`. */
export function downgrade(runner: Runner, revision: string, options: MoveOptions = {}): Promise<AlembicRun> {
  // A relative revision begins with a minus, and is no option.
  const target = revision.startsWith('-') ? ['--', revision] : [revision]
  return runAlembic(runner, 'downgrade', [...(options.sql ? ['--sql'] : []), ...target], options)
}

export interface StampOptions extends MoveOptions {
  /** Empty the version table first: the only way where it holds an id that no script has. */
  readonly purge?: boolean
}

/** `alembic stamp`: runs nothing, only writes the version table. */
export function stamp(runner: Runner, revision: string, options: StampOptions = {}): Promise<AlembicRun> {
  const flags = [...(options.purge ? ['--purge'] : []), ...(options.sql ? ['--sql'] : [])]
  return runAlembic(runner, 'stamp', [...flags, revision], options)
}

/** The rows of every version table that env.py leads to, in its order; or why nobody could tell. */
export async function currentRevisions(
  runner: Runner,
  options: AskOptions = {},
): Promise<readonly (readonly string[])[] | RunFailure> {
  const { databases, failure } = await askDatabase(runner, options)
  return failure ?? databases.map((one) => one.currentRevisions)
}
