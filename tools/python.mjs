/**
 * Real Python and real Alembic for whatever compares with them: differential tests, the benchmark.
 * Each world is a virtual environment below `.cache/python`, made on first use with `venv` and `pip`.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const worlds = {
  plain: [],
  'alembic-1.20': ['alembic==1.20.0', 'SQLAlchemy==2.1.1'],
  'alembic-1.13': ['alembic==1.13.3', 'SQLAlchemy==2.0.44'],
  'alembic-1.8': ['alembic==1.8.1', 'SQLAlchemy==1.4.54'],
  'flask-migrate': ['Flask-Migrate==4.1.0', 'alembic==1.20.0', 'SQLAlchemy==2.0.44'],
  databases: [
    'Flask-Migrate==4.1.0',
    'alembic==1.20.0',
    'SQLAlchemy==2.1.1',
    'psycopg[binary]==3.3.9',
    'psycopg2-binary==2.9.13',
    'PyMySQL==1.2.4',
  ],
  'databases-drivers': [
    'Flask-Migrate==4.1.0',
    'alembic==1.20.0',
    'SQLAlchemy[asyncio]==2.1.1',
    'psycopg[binary]==3.3.9',
    'psycopg2-binary==2.9.13',
    'PyMySQL==1.2.4',
    'asyncpg==0.32.0',
    'mysql-connector-python==26.10.0',
  ],
  'databases-1.8': ['alembic==1.8.1', 'SQLAlchemy==1.4.54', 'psycopg2-binary==2.9.13', 'PyMySQL==1.2.4'],
  'pre-commit': ['pre-commit==4.7.0'],
  uv: ['uv==0.13.8'],
}

/** @typedef {keyof typeof worlds} PythonWorld */
/** @typedef {{ readonly python: string, readonly reason: null } | { readonly python: null, readonly reason: string }} Provisioned */

const cache = fileURLToPath(new URL('../.cache/python/', import.meta.url))

/**
 * The interpreter of a world, or the reason why this machine cannot have it (no Python 3, no registry).
 * Safe to call from several processes at once: one makes it, the others wait.
 * @param {PythonWorld} world
 * @returns {Provisioned}
 */
export function providePython(world) {
  const home = join(cache, world)
  const python = join(home, 'bin', 'python')
  const ready = join(home, `ready-${worlds[world].join('+') || 'plain'}`)
  const refusal = `${home}.refused`
  mkdirSync(cache, { recursive: true })
  while (!existsSync(ready)) {
    const lock = `${home}.lock`
    if (!takeLock(lock)) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
      continue
    }
    try {
      if (existsSync(ready)) break
      const known = recentReason(refusal)
      if (known) return { python: null, reason: known }
      rmSync(home, { recursive: true, force: true })
      execFileSync('python3', ['-m', 'venv', home], { stdio: 'pipe' })
      if (worlds[world].length > 0) {
        const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...worlds[world]]
        execFileSync(python, pip, { stdio: 'pipe' })
      }
      writeFileSync(ready, '')
    } catch (error) {
      rmSync(home, { recursive: true, force: true })
      const reason = `no Python world "${world}": ${lastWords(error)}`
      writeFileSync(refusal, reason)
      return { python: null, reason }
    } finally {
      rmSync(lock, { recursive: true, force: true })
    }
  }
  return { python, reason: null }
}

/** Why it failed a moment ago: dozens of test files must not each wait for the same unreachable registry. */
function recentReason(refusal) {
  try {
    return Date.now() - statSync(refusal).mtimeMs < 120_000 ? readFileSync(refusal, 'utf8') : null
  } catch {
    return null
  }
}

/** The last line that the failed command wrote, which is where pip and venv say why. */
function lastWords(error) {
  const written = String(error.stderr ?? '')
    .trim()
    .split('\n')
    .at(-1)
  return written || String(error.message).split('\n')[0] || 'unknown'
}

/** A lock older than ten minutes was left by a killed run. */
function takeLock(path) {
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
