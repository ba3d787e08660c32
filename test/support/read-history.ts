import { buildHistory } from '../../packages/core/src/history/build-history.js'
import type { Environment, EnvironmentSettings, History } from '../../packages/core/src/history/history.js'
import { scan, toScript } from '../../packages/core/src/script/index.js'

/** Path → bytes, in Alembic's load order. */
export type Files = ReadonlyMap<string, Uint8Array>

export interface HistorySetting extends Partial<EnvironmentSettings> {
  readonly kind?: Environment['kind']
  readonly path?: string
  readonly config?: string
  readonly fileTemplate?: string | null
  readonly loadedTwice?: readonly string[]
}

/** A history from scripts in memory, read as `check` reads them. */
export function readHistory(files: Files, setting: HistorySetting = {}): History {
  const read = [...files].map(([path, content]) => toScript(path, scan(content).reading))
  return buildHistory(exampleEnvironment(setting), read, setting.loadedTwice ?? [])
}

export function exampleEnvironment(setting: HistorySetting = {}): Environment {
  const path = setting.path ?? 'migrations'
  const flask = setting.kind === 'flask-migrate'
  return {
    name: 'billing',
    path,
    config: setting.config ?? (flask ? `${path}/alembic.ini` : 'alembic.ini'),
    section: 'alembic',
    kind: setting.kind ?? 'alembic',
    versionLocations: [`${path}/versions`],
    recursive: false,
    fileTemplate: setting.fileTemplate ?? null,
    notes: [],
    settings: {
      expectedHeads: setting.expectedHeads ?? 1,
      externalRevisions: setting.externalRevisions ?? [],
      dialects: setting.dialects ?? [],
      fileName: setting.fileName ?? null,
    },
  }
}
