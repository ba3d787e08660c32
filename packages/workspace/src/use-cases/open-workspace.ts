import { type BrokenEnvironment, type Environment, nearest, type Span, shellWord } from '@onehead/core'
import { type Configuration, loadConfiguration } from '../configuration/index.js'
import { type Candidate, loadEnvironments } from '../environment/index.js'
import { UsageError } from '../errors.js'
import { findCandidates, findCandidatesInSnapshot, findScriptDirectories } from '../find/index.js'
import { hasUsualName, VENV_MARK } from '../find/usual.js'
import type { Repository } from '../git/repository.js'
import { createLinkResolver, type LinkResolver } from '../snapshot/links.js'
import type { Snapshot } from '../snapshot/snapshot.js'
import { workingTree } from '../snapshot/working-tree.js'

export interface WorkspaceOptions {
  /** Absolute path of the workspace root. */
  readonly root: string
  /** Names, paths or configuration files of the environments wanted (`config#section` for one of several); empty = all. */
  readonly environments?: readonly string[]
  /** Configuration files with unusual names, workspace-relative, each optionally `#section`. Given, nothing else is looked for. */
  readonly configs?: readonly string[]
}

/** A workspace with its environments found, nothing read yet. */
export interface OpenWorkspace {
  readonly snapshot: Snapshot
  readonly links: LinkResolver
  readonly configuration: Configuration
  readonly environments: readonly Environment[]
  readonly broken: readonly BrokenEnvironment[]
  /** Keys under `environments` of onehead.json that name nothing which was found. */
  readonly unmatchedKeys: readonly { readonly key: string; readonly span: Span }[]
  /** True when some environments were left out because others were named. */
  readonly selected: boolean
}

/** Where to look, for those who know more than the options say. */
export interface Opening {
  /** Instead of the working tree. */
  readonly snapshot?: Snapshot
  /** What gives the settings where `snapshot` has no onehead.json. */
  readonly settingsFrom?: Snapshot | null
  /** The repository, where somebody opened it already. */
  readonly repository?: Promise<Repository | null>
  /** Files that are neither tracked nor ignored, where somebody is finding them out; null where nobody could. */
  readonly untracked?: Promise<readonly string[] | null>
  /** Told of the settings before anything is looked for. */
  readonly configured?: (configuration: Configuration) => void
  /** Told of the environments that are known while others are still looked for. */
  readonly meanwhile?: (environments: readonly Environment[]) => void
}

/**
 * Finds the environments of the working tree, or of another snapshot. Throws `UsageError` for a broken onehead.json, a name that fits nothing, or
 * when there is no environment at all: "nothing to judge" is never "nothing wrong".
 */
export async function openWorkspace(options: WorkspaceOptions, opening: Opening = {}): Promise<OpenWorkspace> {
  const snapshot = opening.snapshot ?? workingTree(options.root)
  const root = opening.snapshot === undefined ? options.root : null
  const links = createLinkResolver(snapshot, root)
  const configuration = await loadSettings(snapshot, opening.settingsFrom ?? null)
  opening.configured?.(configuration)
  const named = options.configs ?? []
  const load = (candidates: readonly Candidate[]) =>
    loadEnvironments(snapshot, candidates, configuration, { root, links })
  const find = async () => {
    if (named.length > 0) return load(named.map(parseCandidate))
    if (root === null) return load(await findCandidatesInSnapshot(snapshot, configuration))
    const { repository, untracked } = opening
    if (untracked === undefined) return load(await findCandidates(root, configuration, snapshot, repository))
    // Nearly always all configurations are tracked: read those while git still looks for others.
    const tracked = await load(await findCandidates(root, configuration, snapshot, repository, []))
    opening.meanwhile?.(tracked.environments)
    const others = await untracked
    if (others !== null && !others.some((path) => mayMatter(path, configuration))) return tracked
    return load(await findCandidates(root, configuration, snapshot, repository, others))
  }
  const found = await find()
  const wanted = options.environments ?? []
  const all = [...found.environments, ...found.broken]
  const meant = wanted.length === 0 ? null : new Set(wanted.flatMap((name) => called(name, all)))
  const environments = found.environments.filter((environment) => meant?.has(environment) ?? true)
  const broken = found.broken.filter((environment) => meant?.has(environment) ?? true)
  if (environments.length + broken.length === 0) {
    const mayBeUndeclared = named.length === 0 && configuration.environments.include === null
    const undeclared = mayBeUndeclared
      ? await findScriptDirectories(root, configuration, snapshot, opening.repository).catch(() => [])
      : []
    const where = opening.snapshot?.description ?? null
    if (undeclared.length > 0) throw undeclaredFound(undeclared, await hasFile(snapshot, 'alembic.ini'), where)
    throw nothingFound(named, opening.snapshot)
  }
  return {
    snapshot,
    links,
    configuration,
    environments,
    broken,
    unmatchedKeys: found.unusedEnvironmentKeys,
    selected: wanted.length > 0 || named.length > 0,
  }
}

/** True for a file that could be a configuration, or keep others from being one. */
function mayMatter(path: string, { environments }: Configuration): boolean {
  return environments.include !== null || hasUsualName(path) || path.endsWith(VENV_MARK)
}

async function loadSettings(snapshot: Snapshot, other: Snapshot | null): Promise<Configuration> {
  const own = await loadConfiguration(snapshot)
  return own.path !== null || other === null ? own : loadConfiguration(other)
}

/** `db/alembic.ini#tenant` → configuration file and section. */
function parseCandidate(text: string): Candidate {
  const hash = text.lastIndexOf('#')
  const explicit = true
  return hash <= 0
    ? { config: text, explicit }
    : { config: text.slice(0, hash), section: text.slice(hash + 1), explicit }
}

type Named = Environment | BrokenEnvironment

/** Everything one may call an environment on the command line, most telling first. */
function namesOf(environment: Named): readonly string[] {
  const { name, config, section } = environment
  const directory = config.includes('/') ? config.slice(0, config.lastIndexOf('/')) : '.'
  const path = 'path' in environment ? [environment.path] : []
  return [name, ...path, config, `${config}#${section}`, directory]
}

/**
 * Those that somebody calls so: the one of that name, which other environments of its directory must not join; else, and where a
 * directory is written as one (`.`, `./billing`, `billing/`), all that lie there; else the only one whose name ends so
 * (`billing` for `services/billing`). Throws `UsageError` where there is none.
 */
function called(typed: string, all: readonly Named[]): readonly Named[] {
  const wanted = normalise(typed)
  const isDirectory = /^\.|\/$/.test(typed)
  const own = isDirectory ? [] : all.filter(({ name }) => name === wanted)
  const found = own.length > 0 ? own : all.filter((environment) => namesOf(environment).includes(wanted))
  if (found.length > 0) return found
  const ending = isDirectory ? [] : all.filter(({ name }) => name.endsWith(`/${wanted}`))
  if (ending.length !== 1) throw unknown(typed, all)
  return ending
}

/** `./services/billing/` → `services/billing`. */
function normalise(name: string): string {
  const trimmed = name.replace(/^(\.\/)+/, '').replace(/\/+$/, '')
  return trimmed === '' ? '.' : trimmed
}

function unknown(name: string, environments: readonly Named[]): UsageError {
  const names = environments.map((environment) => environment.name)
  const near = nearest(name, names)
  const listed = names.length <= 8 ? names.join(', ') : `${names.slice(0, 8).join(', ')} and ${names.length - 8} more`
  const help = near ? `did you mean ${near}?` : names.length > 0 ? `choose from: ${listed}` : null
  return new UsageError(`no environment is called "${name}"`, help ? { help } : {})
}

function nothingFound(named: readonly string[], snapshot: Snapshot | undefined): UsageError {
  if (snapshot !== undefined) {
    const what = named.length > 0 ? named.join(', ') : 'Alembic environment'
    return new UsageError(`no ${what} in ${snapshot.description}`, {
      help: 'only what is committed (with --staged: what is staged) is there; `onehead check` looks at the working tree',
    })
  }
  if (named.length > 0)
    return new UsageError(`no Alembic environment in ${named.join(', ')}`, {
      help: 'name a configuration file whose script_location exists, with the section after # if it is not [alembic]',
    })
  return new UsageError('no Alembic environment found', {
    help: 'run this where an alembic.ini, a pyproject.toml with [tool.alembic] or a Flask-Migrate folder is tracked, or name the configuration file: --config path/to/alembic.ini',
  })
}

/** A program may build its configuration itself; onehead runs none. */
function undeclaredFound(
  [first = '', ...others]: readonly string[],
  hasIni: boolean,
  where: string | null,
): UsageError {
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  const location = shellWord(`script_location = %(here)s/${first}`)
  return new UsageError(
    `no Alembic environment ${where === null ? 'found' : `in ${where}`}: no configuration names the script directory ${first || '.'}${more}`,
    {
      help:
        where !== null
          ? 'commit a configuration that names it'
          : hasIni
            ? `name it under [alembic] in alembic.ini: script_location = %(here)s/${first}`
            : `write one at the root, which Alembic can read as well: printf '%s\\n' '[alembic]' ${location} > alembic.ini`,
    },
  )
}

async function hasFile(snapshot: Snapshot, name: string): Promise<boolean> {
  return (await snapshot.list(''))?.some(({ path }) => path === name) ?? false
}
