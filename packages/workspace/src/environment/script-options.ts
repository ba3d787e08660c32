import type { Environment } from '@onehead/core'
import type { Configuration } from '../configuration/index.js'
import type { Snapshot } from '../snapshot/snapshot.js'
import { readIniOption } from './interpolation.js'
import { type LoadOptions, loadConfigured, openLoading } from './load.js'
import { OptionError, OptionValues } from './option-values.js'
import type { Sources } from './sources.js'
import { isTable } from './toml.js'

/** The options that decide what a new script looks like; `check` never asks for them. */
export interface ScriptOptions {
  /** Where Alembic is run, workspace-relative. */
  readonly cwd: string
  /** After interpolation; null where unset. */
  readonly fileTemplate: string | null
  /** `truncate_slug_length`: 0 where unset, null where only Python can tell. */
  readonly slugLength: number | null
  readonly timezone: string | null
  readonly outputEncoding: string | null
  /** Names of the post-write hooks, in order. */
  readonly hooks: readonly string[]
  /** Whether `env.py` is run for every new script; null where Alembic itself would stop at the value. */
  readonly revisionEnvironment: boolean | null
  /** How many version locations are configured, those that do not exist included. */
  readonly locationCount: number
}

/** Reads them again from the snapshot; null where the environment is not there any more. */
export async function readScriptOptions(
  snapshot: Snapshot,
  environment: Environment,
  configuration: Configuration,
  options: LoadOptions = {},
): Promise<ScriptOptions | null> {
  const { config, section, kind } = environment
  const loading = openLoading(snapshot, configuration, options)
  await loading.files.load([config])
  const draft = await loadConfigured(loading, { config, section, kind, explicit: true })
  if (!('environment' in draft)) return null
  const { cwd, sources, locationCount } = draft
  const values = new OptionValues(sources)
  return {
    cwd,
    fileTemplate: draft.environment.fileTemplate,
    slugLength: slugLength(values),
    timezone: values.text('timezone')?.value ?? null,
    outputEncoding: values.text('output_encoding')?.value ?? null,
    hooks: hookNames(sources, values),
    revisionEnvironment: revisionEnvironment(values),
    locationCount,
  }
}

function slugLength(values: OptionValues): number | null {
  const value = values.find('truncate_slug_length')?.value ?? 0
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value < 0 ? null : value
  const text = String(value).trim()
  return /^\+?\d{1,9}$/.test(text) ? Number(text) : null
}

/** A section for them in the INI hides those of `[tool.alembic]`. */
function hookNames({ ini }: Sources, values: OptionValues): readonly string[] {
  if (ini?.ini.sections.has('post_write_hooks')) {
    const names = readIniOption(ini.ini, 'post_write_hooks', 'hooks', ini.here)?.value ?? ''
    return names.split(/, *| +/).filter((name) => name !== '')
  }
  const tables = values.findToml('post_write_hooks')?.value ?? []
  if (!Array.isArray(tables)) return ['post_write_hooks']
  return tables.map((table) => (isTable(table) && typeof table.name === 'string' ? table.name : 'post_write_hooks'))
}

/** SQLAlchemy's `asbool`. */
function revisionEnvironment(values: OptionValues): boolean | null {
  try {
    const value = values.find('revision_environment')?.value ?? false
    if (typeof value !== 'string') return value !== false && value !== 0
    const text = value.trim().toLowerCase()
    if (['true', 'yes', 'on', 'y', 't', '1'].includes(text)) return true
    return ['false', 'no', 'off', 'n', 'f', '0'].includes(text) ? false : null
  } catch (error) {
    if (error instanceof OptionError) return null
    throw error
  }
}
