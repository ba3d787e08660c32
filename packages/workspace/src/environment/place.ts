import type { Configuration } from '../configuration/index.js'
import type { Declared } from './declare.js'
import type { ConfigurationFiles } from './files.js'
import { dependsOnCwd, type Location, locate, type Surroundings, usualPlaces } from './locate.js'
import type { AlembicOptions } from './options.js'
import { parentOf, shown, type Tree, upwards } from './tree.js'

/** What the whole run knows. */
export interface Loading {
  readonly tree: Tree
  readonly files: ConfigurationFiles
  readonly configuration: Configuration
  readonly root: string | null
  readonly pathSeparator: ':' | ';'
}

/** Relative version locations that are looked at to tell where Alembic is run. */
const TELLING = 50

/** Where the scripts are, and where Alembic is run. */
export interface Placement {
  readonly cwd: string
  readonly location: Location
  readonly notes: readonly string[]
}

/**
 * Finds the script directory, and with it the directory in which Alembic is run: relative locations start there.
 * Tried are what `onehead.json` says, or else the directory of the configuration and those above it; a directory that
 * looks like a script directory is taken before one that merely exists.
 */
export async function placeScripts(
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
    `script_location "${location}" is relative to where Alembic is run: taken as ${path} (run in ${shown(chosen.cwd)}); "cwd": "${chosen.cwd || '.'}" in onehead.json says so`,
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

export function surroundings(loading: Loading, cwd: string, prependSysPath: readonly string[]): Surroundings {
  return { tree: loading.tree, root: loading.root, cwd, prependSysPath, guesses: [] }
}
