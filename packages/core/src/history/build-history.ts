import { constructionError, RevisionMap } from '../revision/revision-map.js'
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
  const scripts: Script[] = []
  const unreadable: UnreadableScript[] = []
  for (const file of files) {
    if (isScript(file)) scripts.push(file)
    else unreadable.push(file)
  }
  const map = new RevisionMap(scripts, { external: new Set(environment.settings.externalRevisions) })
  return {
    environment,
    scripts,
    unreadable,
    loadedTwice,
    map,
    error: firstFileError(files) ?? map.error,
    uncertain: unreadable.some((file) => file.error === null),
  }
}

/** Alembic loads file by file and stops at the first that fails: on its own, or as a revision (self-loop, reserved character). */
function firstFileError(files: readonly (Script | UnreadableScript)[]): AlembicError | null {
  for (const file of files) {
    const error = isScript(file) ? constructionError(file) : file.error
    if (error !== null) return error
  }
  return null
}
