import { delimiter } from 'node:path'
import type { BrokenEnvironment, Environment, Span } from '@onehead/core'
import { type Configuration, entriesFor, environmentConfigurationFor, settingsFor } from '../configuration/index.js'
import { UsageError } from '../errors.js'
import { createLinkResolver, type LinkResolver } from '../snapshot/links.js'
import { compareNames } from '../snapshot/order.js'
import { DirectoryUnreadable, type Entry, type Snapshot } from '../snapshot/snapshot.js'
import { type Candidate, type Declared, declare } from './declare.js'
import { type BrokenDraft, type Draft, type FoundDraft, unreadable } from './drafts.js'
import { ConfigurationFiles } from './files.js'
import { loadOne } from './load-one.js'
import { uniqueNames } from './names.js'
import type { Loading } from './place.js'
import { join, parentOf, Tree } from './tree.js'

export interface LoadOptions {
  /** The absolute path of the workspace, for absolute locations; without it they are "outside". */
  readonly root?: string | null
  /** Shared with other readers of the same snapshot, so that directories are listed once. */
  readonly links?: LinkResolver
  /** Python's `os.pathsep`; this machine's by default. */
  readonly pathSeparator?: ':' | ';'
}

export interface LoadedEnvironments {
  /** By script directory, then configuration, then section, in code-point order. */
  readonly environments: readonly Environment[]
  /** By configuration, then section. */
  readonly broken: readonly BrokenEnvironment[]
  /** Keys under `environments` of `onehead.json` that name nothing which was found. */
  readonly unusedEnvironmentKeys: readonly { readonly key: string; readonly span: Span }[]
}

/**
 * The environments that these configuration files declare, read without Python and without git.
 *
 * A configuration whose script directory is not there is no environment (a template, a fixture), but it is a broken one
 * where somebody counts on it: when it was named (`explicit`, or by a key of `onehead.json`), when it lies in a script
 * directory (`env.py` or `versions` beside it), or when a script directory below it belongs to nobody else. A file that
 * cannot be parsed, an option that stops Alembic, and a location outside the workspace are always broken.
 *
 * Throws `UsageError` for an explicit candidate that does not exist.
 */
export async function loadEnvironments(
  snapshot: Snapshot,
  candidates: readonly Candidate[],
  configuration: Configuration,
  options: LoadOptions = {},
): Promise<LoadedEnvironments> {
  const loading = openLoading(snapshot, configuration, options)
  const { tree, files } = loading
  const cleaned = candidates.map((candidate) => ({ ...candidate, config: candidate.config.replace(/^(\.\/)+/, '') }))
  await files.load(cleaned.map(({ config }) => config))
  await refuseMissing(cleaned, loading)
  const drafts: Draft[] = []
  for (const declared of await declare(cleaned, files, tree)) drafts.push(await loadOrSay(loading, declared))
  const kept = await withoutLinks(drafts, tree)
  const found = kept.filter((draft): draft is FoundDraft => 'environment' in draft)
  const claimed = new Set(found.map(({ environment }) => environment.path))
  const broken: BrokenDraft[] = []
  for (const draft of kept) {
    if ('message' in draft && (await isWorthSaying(loading, draft, claimed))) broken.push(draft)
  }
  return complete(configuration, found, broken)
}

/** What reads configuration files of a snapshot, nothing read yet. */
export function openLoading(snapshot: Snapshot, configuration: Configuration, options: LoadOptions): Loading {
  const root = options.root?.replaceAll('\\', '/') ?? null
  const tree = new Tree(snapshot, options.links ?? createLinkResolver(snapshot, root))
  const files = new ConfigurationFiles(tree)
  const pathSeparator = options.pathSeparator ?? (delimiter === ';' ? ';' : ':')
  return { tree, files, configuration, root, pathSeparator }
}

async function refuseMissing(candidates: readonly Candidate[], { tree }: Loading): Promise<void> {
  for (const { config, explicit } of candidates) {
    if (!explicit || (await tree.resolve(config)).kind !== 'missing') continue
    throw new UsageError(`there is no configuration file ${config}`, { help: 'name it relative to the workspace root' })
  }
}

/** A directory on the way that may not be read: nobody can tell what is there. */
async function loadOrSay(loading: Loading, declared: Declared): Promise<Draft> {
  try {
    return await loadConfigured(loading, declared)
  } catch (error) {
    if (!(error instanceof DirectoryUnreadable)) throw error
    return unreadable(declared, error.message)
  }
}

/** Loads, and once more when `onehead.json` has a `cwd` under a key that is only known after the first time. */
export async function loadConfigured(loading: Loading, declared: Declared): Promise<Draft> {
  const { configuration } = loading
  const { cwd } = environmentConfigurationFor(configuration, declared)
  const draft = await loadOne(loading, declared, cwd)
  if (!('environment' in draft) || cwd !== undefined) return draft
  const { path } = draft.environment
  const later = environmentConfigurationFor(configuration, { ...declared, path, name: directoryName(draft) })
  // Also where that is what was found out: then nothing has to be said of it any more.
  return later.cwd === undefined ? draft : loadOne(loading, declared, later.cwd)
}

/**
 * A configuration that is a link to another one says nothing new, unless `%(here)s` or the section leads elsewhere from
 * where the link lies.
 */
async function withoutLinks(drafts: readonly Draft[], tree: Tree): Promise<readonly Draft[]> {
  const known = new Set(drafts.map((draft) => meaning(draft.declared.config, draft)))
  const kept: Draft[] = []
  for (const draft of drafts) {
    const { config, explicit } = draft.declared
    const real = explicit ? null : await tree.resolve(config).catch(() => null)
    const isLink = real?.kind === 'found' && real.path !== config
    if (!isLink || !known.has(meaning(real.path, draft))) kept.push(draft)
  }
  return kept
}

function meaning(config: string, draft: Draft): string {
  const { section } = draft.declared
  if (!('environment' in draft)) return JSON.stringify([config, section, draft.message])
  const { path, versionLocations, recursive } = draft.environment
  return JSON.stringify([config, section, path, versionLocations, recursive])
}

async function isWorthSaying(loading: Loading, draft: BrokenDraft, claimed: ReadonlySet<string>): Promise<boolean> {
  const { declared, absent } = draft
  if (!absent || declared.explicit || entriesFor(loading.configuration, declared).length > 0) return true
  const directory = parentOf(declared.config)
  if (!claimed.has(directory) && (await loading.tree.looksLikeScriptDirectory(directory))) return true
  for (const [name, entry] of await loading.tree.names(directory)) {
    const below = join(directory, name)
    if (entry.mode !== 'directory' || claimed.has(below)) continue
    const names = await loading.tree.names(below).catch(() => new Map<string, Entry>())
    if (names.has('env.py') && (names.has('script.py.mako') || names.get('versions')?.mode === 'directory')) return true
  }
  return false
}

/** The directory of the app. */
function directoryName(draft: Draft): string {
  const { config, kind } = draft.declared
  const directory = parentOf(config)
  const path = 'environment' in draft ? draft.environment.path : config
  return (kind === 'flask-migrate' ? parentOf(directory) : directory) || path || '.'
}

function complete(
  configuration: Configuration,
  found: readonly FoundDraft[],
  broken: readonly BrokenDraft[],
): LoadedEnvironments {
  const all: readonly Draft[] = [...[...found].sort(byPath), ...[...broken].sort(byConfig)]
  const derived = uniqueNames(all.map((draft) => ({ ...nameable(draft), wanted: directoryName(draft) })))
  const identities = all.map((draft, index) => ({ ...nameable(draft), name: derived[index]! }))
  const configured = identities.map((identity) => environmentConfigurationFor(configuration, present(identity)))
  const names = uniqueNames(
    identities.map((identity, index) => ({ ...identity, wanted: configured[index]!.name ?? identity.name })),
  )
  const used = new Set(identities.flatMap((identity) => entriesFor(configuration, present(identity))))
  const environments: Environment[] = []
  const brokenEnvironments: BrokenEnvironment[] = []
  for (const [index, draft] of all.entries()) {
    const name = names[index]!
    const settings = settingsFor(configuration, present(identities[index]!))
    if ('environment' in draft) environments.push({ name, ...draft.environment, cwd: draft.cwd, settings })
    else brokenEnvironments.push(brokenEnvironment(name, draft))
  }
  const unusedEnvironmentKeys = configuration.environments.entries.filter((entry) => !used.has(entry))
  return {
    environments,
    broken: brokenEnvironments,
    unusedEnvironmentKeys: unusedEnvironmentKeys.map(({ key, span }) => ({ key, span })),
  }
}

function nameable(draft: Draft): { config: string; section: string; path: string | null } {
  const { config, section } = draft.declared
  return { config, section, path: 'environment' in draft ? draft.environment.path : null }
}

function present(identity: { config: string; section: string; path: string | null; name: string }) {
  const { path, ...rest } = identity
  return path === null ? rest : { ...rest, path }
}

function brokenEnvironment(name: string, draft: BrokenDraft): BrokenEnvironment {
  const { config, message, span, notes, help, command, error, declared } = draft
  const said = { name, config, section: declared.section, message, span, notes, help, error }
  return command === undefined ? said : { ...said, command }
}

function byPath(a: FoundDraft, b: FoundDraft): number {
  return compareNames(a.environment.path, b.environment.path) || byConfig(a, b)
}

function byConfig(a: Draft, b: Draft): number {
  return compareNames(a.declared.config, b.declared.config) || compareNames(a.declared.section, b.declared.section)
}
