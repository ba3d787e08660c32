import type { Declared } from './declare.js'
import {
  alembicError,
  type BrokenDraft,
  badVersions,
  broken,
  commandFor,
  type Draft,
  NOWHERE,
  noLocation,
  notPlaced,
  optionFailure,
  tomlFailure,
} from './drafts.js'
import { isPyproject, NOT_DOWNLOADED } from './files.js'
import { dependsOnCwd, type Location, locate, type Surroundings, usualPlaces } from './locate.js'
import { type AlembicOptions, readOptions } from './options.js'
import { type Loading, type Placement, placeScripts, surroundings } from './place.js'
import { hereOf, type Sources } from './sources.js'
import { join, parentOf, shown } from './tree.js'

/** Loads one declared environment. `forcedCwd` is what `onehead.json` says. */
export async function loadOne(loading: Loading, declared: Declared, forcedCwd: string | undefined): Promise<Draft> {
  const failed = await fileFailure(loading, declared)
  if (failed !== null) return failed
  const directory = parentOf(declared.config)
  const first = readOptions(await sourcesAt(loading, declared, directory), loading.pathSeparator)
  const location =
    declared.kind === 'flask-migrate'
      ? { value: hereOf(directory), config: declared.config, span: NOWHERE }
      : first.failure === null
        ? first.options.scriptLocation
        : first.scriptLocation
  if (location === null) return first.failure ? optionFailure(declared, first.failure, false) : noLocation(declared)
  const placed = await placeScripts(loading, declared, location.value, first.options, forcedCwd)
  const { cwd } = placed
  const tomlDirectory = tomlDirectoryOf(declared, cwd)
  const toml = tomlDirectory === null ? null : await loading.files.toml(tomlDirectory)
  if (toml?.kind === 'broken' && placed.location.kind === 'directory')
    return tomlFailure(declared, tomlDirectory!, toml)
  const sources = await sourcesAt(loading, declared, cwd)
  const reading = cwd === directory ? first : readOptions(sources, loading.pathSeparator)
  if (reading.failure !== null) return optionFailure(declared, reading.failure, placed.location.kind !== 'directory')
  if (placed.location.kind !== 'directory') return notPlaced(declared, location, placed.location)
  const own = surroundings(loading, cwd, reading.options.prependSysPath)
  const around: Surroundings = { ...own, guesses: usualPlaces(cwd, directory) }
  return withVersions(declared, sources, placed, reading.options, around)
}

/** A configuration file that cannot be read loses its environment. */
async function fileFailure({ files }: Loading, declared: Declared): Promise<BrokenDraft | null> {
  const { config } = declared
  if (isPyproject(config)) {
    const toml = await files.toml(parentOf(config))
    if (toml.kind === 'broken') return tomlFailure(declared, parentOf(config), toml)
    await files.load([join(parentOf(config), 'alembic.ini')])
  }
  const path = isPyproject(config) ? join(parentOf(config), 'alembic.ini') : config
  const failure = files.ini(path)?.failure
  if (!failure) return null
  const { kind, message, help, span } = failure
  // Python's ConfigParser passes over what it may not read, so that Alembic's own error is about something else.
  const error = kind === 'OSError' || kind === NOT_DOWNLOADED ? null : alembicError(kind, message)
  return { ...broken(declared, message, span, help, error), ...commandFor(kind), config: path }
}

/** What Alembic reads when it is run in `cwd` with this configuration. */
async function sourcesAt({ files }: Loading, declared: Declared, cwd: string): Promise<Sources> {
  const { config, section, kind } = declared
  const directory = parentOf(config)
  const iniPath = kind === 'pyproject' ? join(directory, 'alembic.ini') : config
  const ini = files.ini(iniPath)?.ini ?? null
  const tomlDirectory = tomlDirectoryOf(declared, cwd)
  const toml = tomlDirectory === null ? null : await files.toml(tomlDirectory)
  return {
    ini: ini && {
      config: iniPath,
      here: hereOf(directory),
      // Flask-Migrate makes the section where it is missing; then `[DEFAULT]` counts.
      ini: kind === 'flask-migrate' ? { ...ini, sections: new Map([[section, new Map()], ...ini.sections]) } : ini,
      section: kind === 'pyproject' ? 'alembic' : section,
    },
    toml:
      toml?.kind === 'read'
        ? { config: join(tomlDirectory!, 'pyproject.toml'), here: hereOf(tomlDirectory!), alembic: toml.alembic }
        : null,
  }
}

/** Alembic reads the pyproject.toml of the directory it is run in, or the one it is given; Flask-Migrate none. */
function tomlDirectoryOf({ kind, config }: Declared, cwd: string): string | null {
  if (kind === 'flask-migrate') return null
  return kind === 'pyproject' ? parentOf(config) : cwd
}

/** The environment, once its script directory is known: its version locations as Alembic has them. */
async function withVersions(
  declared: Declared,
  sources: Sources,
  placed: Placement,
  options: AlembicOptions,
  around: Surroundings,
): Promise<Draft> {
  const { cwd } = placed
  const scripts = placed.location as Location & { kind: 'directory' }
  const items = options.versionLocations?.value ?? [`${hereOf(scripts.path)}/versions`]
  const versionLocations: string[] = []
  const missing: string[] = []
  const guessed = new Set<string>()
  for (const item of items) {
    const found = await locate(item, around)
    if (found.kind === 'directory') {
      versionLocations.push(found.path)
      if (found.note) guessed.add(found.note)
    } else if (found.kind === 'missing') missing.push(found.message)
    else return badVersions(declared, options.versionLocations, found)
  }
  const notes = [...placed.notes, ...versionNotes(declared, cwd, options, around), ...guessed, ...options.notes]
  if (options.versionLocations !== null) notes.push(...missingNotes(missing, versionLocations.length))
  const { config, section, kind } = declared
  const { recursive, fileTemplate, sourceless, addressDialect } = options
  const own = { path: scripts.path, config, section, kind, versionLocations, recursive, fileTemplate, notes }
  const environment = {
    ...own,
    ...(sourceless ? { sourceless } : {}),
    ...(addressDialect === null ? {} : { addressDialect }),
  }
  return { declared, cwd, sources, locationCount: items.length, environment }
}

function versionNotes(declared: Declared, cwd: string, options: AlembicOptions, around: Surroundings): string[] {
  const { value: scripts = '' } = options.scriptLocation ?? {}
  const items = options.versionLocations?.value ?? []
  const usual = declared.kind === 'flask-migrate' ? parentOf(parentOf(declared.config)) : parentOf(declared.config)
  if (cwd === usual || (scripts !== '' && dependsOnCwd(scripts, around.prependSysPath))) return []
  if (!items.some((item) => dependsOnCwd(item, around.prependSysPath))) return []
  return [`version_locations are relative to where Alembic is run: taken from ${shown(cwd)}`]
}

function missingNotes(missing: readonly string[], found: number): string[] {
  if (missing.length === 0) return []
  const all = found === 0 ? ', so there are no revisions' : ''
  const more = missing.length > 3 ? ` (and ${missing.length - 3} more)` : ''
  return [`of version_locations Alembic skips what is not there${all}: ${missing.slice(0, 3).join('; ')}${more}`]
}
