import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Provocation, ProvokingStep } from './provoking.js'

const driver = fileURLToPath(new URL('provoke.py', import.meta.url))

/** A provocation with its own folder and database. */
export interface Case extends Provocation {
  readonly url: string
  /** The same database by a driver that is synchronous, for the steps in between. */
  readonly plainUrl: string
  /** Statements that make the database empty. */
  readonly reset: readonly string[]
}

export interface Provoked {
  readonly status: number | null
  /** Of the last step, both streams. */
  readonly output: string
}

/** Runs all of them in one Python, each command in a fork of it. Throws where that Python itself fails. */
export function provoke(python: string, folder: string, cases: readonly Case[]): readonly Provoked[] {
  const work = cases.map(({ files, steps, env = {}, url, plainUrl, reset }, index) => {
    const place = join(folder, `case${index}`)
    mkdirSync(place)
    const sqlite = `sqlite:///${place}/shop.db`
    const own = { DATABASE_URL: url || sqlite, PLAIN_URL: plainUrl || sqlite, PYTHONDONTWRITEBYTECODE: '1', ...env }
    return { folder: place, files, env: own, steps: joined(reset, steps) }
  })
  const { status, stdout, stderr, error } = spawnSync(python, [driver], {
    input: JSON.stringify(work),
    encoding: 'utf8',
    cwd: folder,
    timeout: 400_000,
    maxBuffer: 256 << 20,
    env: { ...process.env, FLASK_APP: '', COLUMNS: '100', LC_ALL: 'C.UTF-8' },
  })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

/** Each step is a process: what empties the database goes into the first that writes to it. */
function joined(reset: readonly string[], [first, ...rest]: readonly ProvokingStep[]): readonly object[] {
  if (first === undefined || reset.length === 0) return first === undefined ? [] : [first, ...rest]
  return 'sql' in first ? [{ sql: [...reset, ...first.sql] }, ...rest] : [{ sql: reset }, first, ...rest]
}
