import type { Profile, Span } from '@onehead/core'
import { UsageError } from '../errors.js'
import { type Content, DirectoryUnreadable, type Entry, isFailure, type Snapshot } from '../snapshot/snapshot.js'
import {
  CONFIGURATION_PATH,
  type Configuration,
  defaultConfiguration,
  type EnvironmentConfiguration,
  type EnvironmentEntry,
} from './configuration.js'
import { type JsonText, parseJson } from './json-text.js'

/** `onehead.json` after validation: what the schema promises. */
interface Written {
  readonly target?: string
  readonly targets?: Readonly<Record<string, string>>
  readonly published?: readonly string[]
  readonly releaseTags?: string | readonly string[]
  readonly policy?: Configuration['policy']
  readonly rules?: Configuration['rules']
  readonly profile?: Profile
  readonly dialects?: readonly string[]
  readonly baseline?: string
  readonly environments?: Readonly<Record<string, unknown>>
}

type WrittenEnvironment = Omit<EnvironmentConfiguration, 'dialect'> & { readonly dialect?: string | readonly string[] }

/**
 * Reads `onehead.json` at the root of a snapshot; all defaults where there is none. It is data: nothing is executed.
 * Throws `UsageError` with `path:line:column` for broken JSON, an unknown key, or a value of the wrong type.
 */
export async function loadConfiguration(snapshot: Snapshot): Promise<Configuration> {
  const bytes = await readRootFile(snapshot, CONFIGURATION_PATH)
  if (bytes === null) return defaultConfiguration
  const json = await parseJson(CONFIGURATION_PATH, bytes)
  const { validateConfiguration } = await import('./validate.js')
  await validateConfiguration(json)
  return complete(json)
}

/** A file by its path, or null where it is absent. Throws `UsageError` where it is there and cannot be read. */
export async function readRootFile(snapshot: Snapshot, path: string): Promise<Uint8Array | null> {
  const directory = path.slice(0, Math.max(0, path.lastIndexOf('/')))
  const entries = await listFolder(snapshot, directory)
  const entry = entries?.find((one) => one.path === path)
  if (entry === undefined) return null
  if (entry.mode !== 'file') {
    throw new UsageError(`${path} is not a regular file`, { place: `${path}:1:1`, help: 'make it a file, not a link' })
  }
  let read: Content | undefined
  await snapshot.readAll([entry], (_, content) => {
    read = isFailure(content) ? content : content.slice()
  })
  if (read !== undefined && !isFailure(read)) return read
  throw new UsageError(`${path} cannot be read: ${read?.message ?? 'it vanished'}`, { place: `${path}:1:1` })
}

async function listFolder(snapshot: Snapshot, directory: string): Promise<readonly Entry[] | null> {
  try {
    return await snapshot.list(directory)
  } catch (error) {
    if (!(error instanceof DirectoryUnreadable)) throw error
    const shown = directory === '' ? 'the workspace root' : directory
    throw new UsageError(`${shown} may not be read (permissions)`)
  }
}

function complete(json: JsonText): Configuration {
  const written = json.value as Written
  const { include, exclude, ...others } = (written.environments ?? {}) as Record<string, unknown>
  refusePatterns(json, ['environments', 'include'], include, true)
  refusePatterns(json, ['environments', 'exclude'], exclude, true)
  refusePatterns(json, ['releaseTags'], written.releaseTags, false)
  refusePatterns(json, ['published'], written.published, false)
  const entries = Object.entries(others).map(([key, value]) => entryOf(json, key, value as WrittenEnvironment))
  return {
    path: json.path,
    target: written.target ?? null,
    targets: written.targets ?? {},
    published: written.published ?? [],
    releaseTags: listOf(written.releaseTags) ?? defaultConfiguration.releaseTags,
    policy: written.policy ?? defaultConfiguration.policy,
    rules: written.rules ?? {},
    ruleSpans: ruleSpans(json, written),
    profile: written.profile ?? defaultConfiguration.profile,
    dialects: written.dialects ?? [],
    baseline: insideWorkspace(json, ['baseline'], written.baseline) ?? defaultConfiguration.baseline,
    environments: {
      include: (include as readonly string[] | undefined) ?? null,
      exclude: (exclude as readonly string[] | undefined) ?? [],
      entries,
    },
  }
}

function entryOf(json: JsonText, key: string, value: WrittenEnvironment): EnvironmentEntry {
  const span = json.keySpan(['environments', key])
  const { dialect, cwd, ...rest } = value
  const directory = insideWorkspace(json, ['environments', key, 'cwd'], cwd)
  const settings: EnvironmentConfiguration = {
    ...rest,
    ...(directory === undefined ? {} : { cwd: directory === '.' ? '' : directory }),
    ...(dialect === undefined ? {} : { dialect: listOf(dialect)! }),
  }
  return { key: cleanPath(key)!, span, settings }
}

/** The path, cleaned. Throws `UsageError` where it leads out of the workspace. */
function insideWorkspace(json: JsonText, location: readonly string[], path: string | undefined): string | undefined {
  const clean = cleanPath(path)
  if (clean === undefined || !(clean.startsWith('/') || clean.split('/').includes('..'))) return clean
  throw new UsageError(`"${location.at(-1)}" leaves the workspace`, {
    place: json.placeOf(location),
    help: 'write a path relative to the workspace root',
  })
}

/** A name that fits nearly may be tried in as many ways as it has characters, for each of these. */
const MOST_STARS = 4

/** Throws `UsageError` for a pattern that leaves the workspace, or that would keep git or us busy for ever. */
function refusePatterns(json: JsonText, location: readonly string[], written: unknown, arePaths: boolean): void {
  const patterns = listOf(written as string | readonly string[] | undefined) ?? []
  for (const [index, pattern] of patterns.entries()) {
    const segments = pattern.split('/')
    const place = () => json.placeOf(typeof written === 'string' ? location : [...location, index])
    if (arePaths && (pattern.startsWith('/') || segments.includes('..'))) {
      const help = 'write it relative to the workspace root'
      throw new UsageError(`"${pattern}" leaves the workspace`, { place: place(), help })
    }
    const starsIn = (segment: string) => (segment === '**' ? 0 : segment.split('*').length - 1)
    const spans = segments.filter((segment) => segment === '**').length
    if (spans <= MOST_STARS && segments.every((segment) => starsIn(segment) <= MOST_STARS)) continue
    const help = `at most ${MOST_STARS} * in a name, and ${MOST_STARS} ** in a pattern`
    throw new UsageError(`"${pattern}" has too many wildcards`, { place: place(), help })
  }
}

function ruleSpans(json: JsonText, written: Written): { rule: string; span: Span }[] {
  const spans = Object.keys(written.rules ?? {}).map((rule) => ({ rule, span: json.keySpan(['rules', rule]) }))
  for (const [key, value] of Object.entries(written.environments ?? {})) {
    if (Array.isArray(value)) continue
    for (const rule of Object.keys((value as WrittenEnvironment).rules ?? {})) {
      spans.push({ rule, span: json.keySpan(['environments', key, 'rules', rule]) })
    }
  }
  return spans
}

function listOf(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof value === 'string' ? [value] : value
}

/** `./services//billing/` → `services/billing`; the root is `.`. */
function cleanPath(path: string): string
function cleanPath(path: string | undefined): string | undefined
function cleanPath(path: string | undefined): string | undefined {
  if (path === undefined) return undefined
  const kept = path.split('/').filter((segment) => segment !== '.' && segment !== '')
  const joined = kept.join('/')
  return path.startsWith('/') ? `/${joined}` : joined === '' ? '.' : joined
}
