import type { AlembicError, Environment, Span } from '@onehead/core'
import { type Configuration, entriesFor } from '../configuration/index.js'
import { type Declared, TOML_SECTION } from './declare.js'
import { type ConfigurationFiles, isPyproject } from './files.js'
import { dependsOnCwd, type Location, locate, type Surroundings, usualPlaces, withoutRoot } from './locate.js'
import { type AlembicOptions, type Placed, readOptions } from './options.js'
import { hereOf, type Sources } from './sources.js'
import type { TomlReading } from './toml.js'
import { join, parentOf, shown, type Tree, upwards } from './tree.js'

/** What the whole run knows. */
export interface Loading {
  readonly tree: Tree
  readonly files: ConfigurationFiles
  readonly configuration: Configuration
  readonly root: string | null
  readonly pathSeparator: ':' | ';'
}

export interface FoundDraft {
  readonly declared: Declared
  readonly cwd: string
  readonly environment: Omit<Environment, 'name' | 'settings'>
}

export interface BrokenDraft {
  readonly declared: Declared
  /** The file at fault, which may be the pyproject.toml that Alembic reads as well. */
  readonly config: string
  readonly message: string
  readonly span: Span
  readonly help: string | null
  readonly error: AlembicError | null
  readonly notes: readonly string[]
  /** True where there is just no script directory: a template, a fixture, or a slip. */
  readonly absent: boolean
}

export type Draft = FoundDraft | BrokenDraft

const NOWHERE: Span = { start: 0, end: 0 }
/** Relative version locations that are looked at to tell where Alembic is run. */
const TELLING = 50

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
  const prependSysPath = first.options?.prependSysPath ?? []
  const placed = await placeScripts(loading, declared, location.value, first.options, forcedCwd)
  const { cwd } = placed
  const tomlDirectory = tomlDirectoryOf(declared, cwd)
  const toml = tomlDirectory === null ? null : await loading.files.toml(tomlDirectory)
  if (toml?.kind === 'broken' && placed.location.kind === 'directory')
    return tomlFailure(declared, tomlDirectory!, toml)
  const reading =
    cwd === directory ? first : readOptions(await sourcesAt(loading, declared, cwd), loading.pathSeparator)
  if (reading.failure !== null) return optionFailure(declared, reading.failure, placed.location.kind !== 'directory')
  if (placed.location.kind !== 'directory') return notPlaced(declared, location, placed.location)
  const around: Surroundings = { ...surroundings(loading, cwd, prependSysPath), guesses: usualPlaces(cwd, directory) }
  return withVersions(declared, cwd, placed, reading.options, around)
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
  const { kind, message, span } = failure
  return { ...broken(declared, message, span, null, alembicError(kind, message)), config: path }
}

function tomlFailure(declared: Declared, directory: string, toml: TomlReading & { kind: 'broken' }): BrokenDraft {
  const { kind, message, help, span } = toml.failure
  const draft = broken(declared, message, span, help, alembicError(kind, message))
  return { ...draft, config: join(directory, 'pyproject.toml') }
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

function surroundings(loading: Loading, cwd: string, prependSysPath: readonly string[]): Surroundings {
  return { tree: loading.tree, root: loading.root, cwd, prependSysPath, guesses: [] }
}

interface Placement {
  readonly cwd: string
  readonly location: Location
  readonly notes: readonly string[]
}

/**
 * Finds the script directory, and with it the directory in which Alembic is run: relative locations start there.
 * Tried are what `onehead.json` says, or else the directory of the configuration and those above it; a directory that
 * looks like a script directory is taken before one that merely exists.
 */
async function placeScripts(
  loading: Loading,
  declared: Declared,
  location: string,
  options: AlembicOptions | null,
  forcedCwd: string | undefined,
): Promise<Placement> {
  const directory = parentOf(declared.config)
  const prependSysPath = options?.prependSysPath ?? []
  const at = (cwd: string) => locate(location, surroundings(loading, cwd, prependSysPath))
  if (declared.kind === 'flask-migrate' || !dependsOnCwd(location, prependSysPath)) {
    const cwd = forcedCwd ?? (await cwdOfVersions(loading, declared, options))
    return withGuesses(loading, declared, location, prependSysPath, { cwd, location: await at(cwd), notes: [] })
  }
  const cwds = forcedCwd === undefined ? upwards(directory) : [forcedCwd]
  const readings: { cwd: string; location: Location; looksRight: boolean }[] = []
  for (const cwd of cwds) {
    const found = await at(cwd)
    const looksRight = found.kind === 'directory' && (await loading.tree.looksLikeScriptDirectory(found.path))
    readings.push({ cwd, location: found, looksRight })
  }
  const there = readings.filter((reading) => reading.location.kind === 'directory')
  const right = there.filter((reading) => reading.looksRight)
  const competing = right.length > 0 ? right : location === '' ? [] : there
  const chosen = competing[0] ?? (await configured(loading, at))
  if (chosen === null) {
    const telling = readings.find((reading) => reading.location.kind === 'outside') ?? readings[0]!
    const nothing =
      location === '' ? { kind: 'missing' as const, message: 'script_location is empty' } : telling.location
    const placement: Placement = { cwd: telling.cwd, location: nothing, notes: [] }
    return withGuesses(loading, declared, location, prependSysPath, placement)
  }
  const notes = forcedCwd === undefined ? cwdNotes(location, directory, chosen, competing) : []
  return { cwd: chosen.cwd, location: chosen.location, notes }
}

function cwdNotes(
  location: string,
  directory: string,
  chosen: { readonly cwd: string; readonly location: Location },
  competing: readonly { readonly cwd: string; readonly location: Location }[],
): string[] {
  const others = competing.slice(1).map((reading) => shown((reading.location as { path: string }).path))
  const path = shown((chosen.location as { path: string }).path)
  if (others.length > 0) {
    return [
      `script_location "${location}" is relative to where Alembic is run: taken as ${path} (run in ${shown(chosen.cwd)}), not ${others.join(' or ')}; "cwd" in onehead.json decides`,
    ]
  }
  if (chosen.cwd === directory) return []
  return [
    `script_location "${location}" is relative to where Alembic is run: taken as ${path} (run in ${shown(chosen.cwd)})`,
  ]
}

/** A `cwd` of an entry that is written under the script directory which it leads to. */
async function configured(
  { configuration }: Loading,
  at: (cwd: string) => Promise<Location>,
): Promise<{ cwd: string; location: Location } | null> {
  for (const { key, settings } of configuration.environments.entries) {
    if (settings.cwd === undefined) continue
    const location = await at(settings.cwd)
    if (location.kind === 'directory' && location.path === (key === '.' ? '' : key))
      return { cwd: settings.cwd, location }
  }
  return null
}

/** Where nothing says in which directory a package lies, the usual places are tried. */
async function withGuesses(
  loading: Loading,
  declared: Declared,
  location: string,
  prependSysPath: readonly string[],
  placement: Placement,
): Promise<Placement> {
  if (placement.location.kind !== 'no-package') return placement
  const guesses = usualPlaces(placement.cwd, parentOf(declared.config))
  const around: Surroundings = { ...surroundings(loading, placement.cwd, prependSysPath), guesses }
  const found = await locate(location, around)
  const note = found.kind === 'directory' ? found.note : null
  return { ...placement, location: found, notes: [...placement.notes, ...(note ? [note] : [])] }
}

/** Where the scripts' place does not tell in which directory Alembic is run, relative version locations may. */
async function cwdOfVersions(loading: Loading, declared: Declared, options: AlembicOptions | null): Promise<string> {
  const directory = parentOf(declared.config)
  const isFlask = declared.kind === 'flask-migrate'
  const usual = isFlask ? parentOf(directory) : directory
  const prependSysPath = options?.prependSysPath ?? []
  const items = options?.versionLocations?.value ?? []
  const relative = items.filter((item) => dependsOnCwd(item, prependSysPath)).slice(0, TELLING)
  if (relative.length === 0) return usual
  let best = { cwd: usual, count: 0 }
  for (const cwd of new Set([usual, ...upwards(directory)])) {
    const around = surroundings(loading, cwd, prependSysPath)
    let count = 0
    for (const item of relative) if ((await locate(item, around)).kind === 'directory') count++
    if (count > best.count) best = { cwd, count }
  }
  return best.cwd
}

/** The environment, once its script directory is known: its version locations as Alembic has them. */
async function withVersions(
  declared: Declared,
  cwd: string,
  placed: Placement,
  options: AlembicOptions,
  around: Surroundings,
): Promise<Draft> {
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
  const { recursive, fileTemplate, sourceless } = options
  const own = { path: scripts.path, config, section, kind, versionLocations, recursive, fileTemplate, notes }
  return { declared, cwd, environment: sourceless ? { ...own, sourceless } : own }
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

type Unplaced = Exclude<Location, { kind: 'directory' }>

function notPlaced(declared: Declared, location: Placed<string>, found: Unplaced): BrokenDraft {
  const draft = broken(
    declared,
    `script_location: ${found.message}`,
    location.span,
    helpFor(found),
    errorFor(found, location),
  )
  return { ...draft, config: location.config, absent: found.kind === 'missing' }
}

function badVersions(declared: Declared, locations: Placed<unknown> | null, found: Unplaced): BrokenDraft {
  const { config, span } = locations ?? { config: declared.config, span: NOWHERE }
  const draft = broken(declared, `version_locations: ${found.message}`, span, helpFor(found), errorFor(found, null))
  return { ...draft, config }
}

function helpFor(found: Unplaced): string | null {
  switch (found.kind) {
    case 'missing':
      return 'write the directory relative to the file: %(here)s/…; or say in onehead.json where Alembic is run ("cwd")'
    case 'outside':
      return 'write it relative to the file: %(here)s/…; onehead only reads below the workspace root'
    case 'no-package':
      return 'name the directory of the package in prepend_sys_path, or write %(here)s/… instead of package:directory'
  }
}

function errorFor(found: Unplaced, location: Placed<string> | null): AlembicError | null {
  if (found.kind === 'no-package') return alembicError('ModuleNotFoundError', found.pythonMessage)
  if (found.kind === 'outside' || location === null) return null
  const message = `Path doesn't exist: ${withoutRoot(location.value)}.  Please use the 'init' command to create a new scripts folder.`
  return alembicError('CommandError', message)
}

function optionFailure(
  declared: Declared,
  failure: { kind: string; message: string; help: string | null; span: Span; config: string; raises: boolean },
  absent: boolean,
): BrokenDraft {
  const error = failure.raises ? alembicError(failure.kind, failure.message) : null
  return { ...broken(declared, failure.message, failure.span, failure.help, error), config: failure.config, absent }
}

function noLocation(declared: Declared): BrokenDraft {
  const message =
    declared.section === TOML_SECTION
      ? '[tool.alembic] has no script_location'
      : `[${declared.section}] has no script_location`
  const error = alembicError('CommandError', "No 'script_location' key found in configuration.")
  const help = 'write script_location = %(here)s/migrations, with the name of the script directory'
  return { ...broken(declared, message, NOWHERE, help, error), absent: true }
}

function broken(
  declared: Declared,
  message: string,
  span: Span,
  help: string | null,
  error: AlembicError | null,
): BrokenDraft {
  return { declared, config: declared.config, message, span, help, error, notes: [], absent: false }
}

function alembicError(kind: string, message: string): AlembicError {
  return { kind, revisions: [], message }
}

/** True where `onehead.json` has a key for this environment. */
export function isNamed(configuration: Configuration, { config, section }: Declared): boolean {
  return entriesFor(configuration, { config, section }).length > 0
}
