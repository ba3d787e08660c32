import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { BackupFailed } from './failure.js'

/** Whose backups. */
export interface Owner {
  /** The workspace; absolute. */
  readonly root: string
  readonly environment: { readonly name: string; readonly path: string }
}

/**
 * Where the backups of one environment lie; absolute. By default where a user's programs keep what should survive, away from
 * every working tree: `$XDG_STATE_HOME/onehead/backups/<workspace>/<environment>`.
 *
 * @param configured `backup.directory` of onehead.json: relative to the workspace, or with `~/`
 * @throws BackupFailed `place` where that lies in the workspace
 */
export function backupFolder({ root, environment }: Owner, env: NodeJS.ProcessEnv, configured?: string): string {
  const base =
    configured === undefined ? join(stateHome(env), 'onehead', 'backups') : resolve(root, expanded(configured, env))
  const way = relative(followed(root), followed(base))
  if (!isAbsolute(way) && way.split(sep)[0] !== '..') {
    const help = 'choose a directory outside of it with "backup": {"directory": "…"} in onehead.json'
    throw new BackupFailed(
      'place',
      `${base} lies in the workspace, where a backup would be committed or cleaned away`,
      help,
    )
  }
  return join(base, named(basename(root), root), named(environment.name, environment.path))
}

/** Where locks lie that a database has no words for; absolute. */
export function lockFolder(env: NodeJS.ProcessEnv): string {
  return join(stateHome(env), 'onehead', 'locks')
}

/** Where a path leads, also one of which only the beginning is there yet. */
function followed(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return dirname(path) === path ? path : join(followed(dirname(path)), basename(path))
  }
}

function expanded(path: string, env: NodeJS.ProcessEnv): string {
  return path.replace(/^~(?=\/|$)/, env.HOME ?? homedir())
}

function stateHome(env: NodeJS.ProcessEnv): string {
  if (env.XDG_STATE_HOME?.startsWith('/')) return env.XDG_STATE_HOME
  if (process.platform === 'win32' && env.LOCALAPPDATA) return env.LOCALAPPDATA
  return join(env.HOME ?? homedir(), '.local', 'state')
}

/** A name that a person knows again, and that no two things share: `shop-1f2e3d4c`. */
export function named(name: string, identity: string): string {
  const readable =
    name
      .replace(/[^\w.-]+/g, '-')
      .replace(/^[-.]+/, '')
      .slice(0, 60) || 'database'
  return `${readable}-${createHash('sha256').update(identity).digest('hex').slice(0, 8)}`
}
