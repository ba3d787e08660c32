import { buildHistory } from '../../packages/core/src/history/build-history.js'
import type { Environment, EnvironmentSettings, History } from '../../packages/core/src/history/history.js'
import { loadParser, scan, toScript } from '../../packages/core/src/script/index.js'
import type { Script, UnreadableScript } from '../../packages/core/src/script/script.js'

/** Path → bytes. */
export type Files = ReadonlyMap<string, Uint8Array>

export interface HistorySetting extends Partial<EnvironmentSettings> {
  readonly kind?: Environment['kind']
  readonly path?: string
  readonly config?: string
  readonly fileTemplate?: string | null
  readonly loadedTwice?: readonly string[]
  /** Through the Python parser, as `check --full` reads. */
  readonly full?: boolean
}

const parser = await loadParser()

/** A history from scripts in memory (with ASCII names, so that sorting is Alembic's), read as `check` reads them. */
export function readHistory(files: Files, setting: HistorySetting = {}): History {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1))
  const read = sorted.map(([path, content]) => readScript(path, content, setting.full))
  return buildHistory(exampleEnvironment(setting), read, setting.loadedTwice ?? [])
}

export function readScript(path: string, content: Uint8Array, full = false): Script | UnreadableScript {
  return toScript(path, full ? parser.read(content) : scan(content))
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
      replacedRevisions: setting.replacedRevisions ?? [],
      dialects: setting.dialects ?? [],
      fileName: setting.fileName ?? null,
    },
  }
}
