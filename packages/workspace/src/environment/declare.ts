import { type ConfigurationFiles, type IniFile, isPyproject } from './files.js'
import type { Ini } from './ini.js'
import type { TomlReading } from './toml.js'
import { join, nameOf, parentOf, type Tree } from './tree.js'

/** A configuration file to look into. Paths are workspace-relative with `/`. */
export interface Candidate {
  readonly config: string
  /** Only this section of an INI. */
  readonly section?: string
  /** Somebody named it: then it is an environment or a broken one, never nothing. */
  readonly explicit?: boolean
}

/** One environment that a configuration file speaks of; whether it is there is not known yet. */
export interface Declared {
  readonly config: string
  readonly section: string
  readonly kind: 'alembic' | 'pyproject' | 'flask-migrate'
  readonly explicit: boolean
}

export const TOML_SECTION = 'tool.alembic'
const DEFAULT_SECTION = 'alembic'

/**
 * The environments that the candidates declare, each once.
 *
 * An INI declares one for every section with a `script_location` of its own; where `[DEFAULT]` has it, for `[alembic]`
 * and for every section that says where its scripts or its database are. Without any, it declares what the pyproject.toml
 * beside it does, or it is Flask-Migrate's, if it lies in a script directory. A pyproject.toml declares one unless the
 * `alembic.ini` beside it already says where the scripts are (Alembic asks the INI first).
 */
export async function declare(
  candidates: readonly Candidate[],
  files: ConfigurationFiles,
  tree: Tree,
): Promise<readonly Declared[]> {
  const found = new Map<string, Declared>()
  for (const { config, section, explicit = false } of candidates) {
    const declared = isPyproject(config)
      ? await declareToml(config, files, explicit)
      : await declareIni(config, section, files, tree, explicit)
    for (const one of declared) {
      const key = `${one.config}#${one.section}`
      const known = found.get(key)
      found.set(key, known ? { ...one, explicit: known.explicit || one.explicit } : one)
    }
  }
  return [...found.values()]
}

async function declareToml(config: string, files: ConfigurationFiles, explicit: boolean): Promise<Declared[]> {
  const directory = parentOf(config)
  const toml = await files.toml(directory)
  const one: Declared = { config, section: TOML_SECTION, kind: 'pyproject', explicit }
  if (explicit || (toml.kind === 'broken' && toml.claims)) return [one]
  if (!locatesScripts(toml)) return []
  const beside = join(directory, 'alembic.ini')
  await files.load([beside])
  const ini = files.ini(beside)?.ini
  return ini && hasOption(ini, DEFAULT_SECTION, 'script_location') ? [] : [one]
}

async function declareIni(
  config: string,
  section: string | undefined,
  files: ConfigurationFiles,
  tree: Tree,
  explicit: boolean,
): Promise<Declared[]> {
  const file = files.ini(config)
  if (file === null) return []
  const name = section ?? DEFAULT_SECTION
  if (section !== undefined || file.ini === null) return [{ config, section: name, kind: 'alembic', explicit }]
  const sections = sectionsWithScripts(file)
  if (sections.length > 0) return sections.map((one) => ({ config, section: one, kind: 'alembic', explicit }))
  const directory = parentOf(config)
  const toml = await files.toml(directory)
  if (locatesScripts(toml)) {
    return [{ config: join(directory, 'pyproject.toml'), section: TOML_SECTION, kind: 'pyproject', explicit }]
  }
  if (nameOf(config) === 'alembic.ini' && (await tree.looksLikeScriptDirectory(directory))) {
    return [{ config, section: name, kind: 'flask-migrate', explicit }]
  }
  return explicit ? [{ config, section: name, kind: 'alembic', explicit }] : []
}

function locatesScripts(toml: TomlReading): boolean {
  return toml.kind === 'read' && Object.hasOwn(toml.alembic.values, 'script_location')
}

function hasOption(ini: Ini, section: string, option: string): boolean {
  const options = ini.sections.get(section)
  return options !== undefined && (options.has(option) || ini.defaults.has(option))
}

function sectionsWithScripts({ ini }: IniFile): string[] {
  const all = [...ini!.sections]
  const own = all.filter(([, options]) => options.has('script_location')).map(([name]) => name)
  if (!ini!.defaults.has('script_location')) return own
  const engines = new Set((ini!.sections.get(DEFAULT_SECTION)?.get('databases')?.raw ?? '').split(/,\s*/))
  return all
    .filter(([name, options]) => {
      if (name === DEFAULT_SECTION || own.includes(name)) return true
      return !engines.has(name) && (options.has('version_locations') || options.has('sqlalchemy.url'))
    })
    .map(([name]) => name)
}
