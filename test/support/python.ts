import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The Python worlds that tests compare with. Each is a virtual environment below `.cache/python`, made on first use. */
const worlds = {
  plain: [],
  'alembic-1.20': ['alembic==1.20.0', 'SQLAlchemy==2.1.1'],
  'alembic-1.8': ['alembic==1.8.1', 'SQLAlchemy==1.4.54'],
  'flask-migrate': ['Flask-Migrate==4.1.0', 'alembic==1.20.0', 'SQLAlchemy==2.0.44'],
} as const

export type PythonWorld = keyof typeof worlds

export type Provisioned = { readonly python: string; readonly reason: null } | { readonly python: null; readonly reason: string }

const cache = fileURLToPath(new URL('../../.cache/python/', import.meta.url))

/**
 * The interpreter of a world, or the reason why this machine cannot have it (no Python 3, no registry).
 * Safe to call from several test workers at once: one makes it, the others wait.
 */
export function providePython(world: PythonWorld): Provisioned {
  const home = join(cache, world)
  const python = join(home, 'bin', 'python')
  const ready = join(home, `ready-${worlds[world].join('+') || 'plain'}`)
  mkdirSync(cache, { recursive: true })
  while (!existsSync(ready)) {
    const lock = `${home}.lock`
    if (!takeLock(lock)) {
      spawnSync('sleep', ['0.2'])
      continue
    }
    try {
      if (existsSync(ready)) break
      rmSync(home, { recursive: true, force: true })
      execFileSync('python3', ['-m', 'venv', home], { stdio: 'pipe' })
      if (worlds[world].length > 0) {
        const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...worlds[world]]
        execFileSync(python, pip, { stdio: 'pipe' })
      }
      writeFileSync(ready, '')
    } catch (error) {
      rmSync(home, { recursive: true, force: true })
      return { python: null, reason: `no Python world "${world}": ${String((error as Error).message).split('\n')[0]}` }
    } finally {
      rmSync(lock, { recursive: true, force: true })
    }
  }
  return { python, reason: null }
}

/** A lock older than ten minutes was left by a killed run. */
function takeLock(path: string): boolean {
  try {
    mkdirSync(path)
    return true
  } catch {
    try {
      if (Date.now() - statSync(path).mtimeMs > 600_000) rmSync(path, { recursive: true, force: true })
    } catch {
      // The owner released it between the two calls.
    }
    return false
  }
}
