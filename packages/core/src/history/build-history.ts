import { RevisionMap } from '../revision/revision-map.js'
import type { AlembicError, Script, UnreadableScript } from '../script/script.js'
import type { Environment, History } from './history.js'

/** Tells a script that was read from one that could not be. */
export function isScript(file: Script | UnreadableScript): file is Script {
  return 'revision' in file
}

/**
 * Puts the files of one environment together, in Alembic's load order. Nothing is judged here: what is wrong is
 * recorded, all of it.
 */
export function buildHistory(
  environment: Environment,
  files: readonly (Script | UnreadableScript)[],
  loadedTwice: readonly string[],
): History {
  const scripts = files.filter(isScript)
  const unreadable = files.filter((file) => !isScript(file)) as UnreadableScript[]
  const map = new RevisionMap(scripts.map(withIds), { external: new Set(environment.settings.externalRevisions) })
  return {
    environment,
    scripts,
    unreadable,
    loadedTwice,
    map,
    error: firstFileError(files, map) ?? map.error,
    uncertain: unreadable.some((file) => file.error === null),
  }
}
