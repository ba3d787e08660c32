import { chmodSync, copyFileSync, existsSync, rmSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { BackupFailed } from './failure.js'
import { flush } from './keep.js'
import type { Surroundings } from './program.js'
import type { Restorer } from './restorer.js'
import { shellCommand } from './shell-command.js'
import { runSqlite } from './sqlite.js'

/** What may lie beside a file of SQLite, and belongs to it. */
const LOGS = ['-wal', '-shm', '-journal']

/** @param file absolute */
export function sqliteRestorer(file: string, python: readonly string[], surroundings: Surroundings): Restorer {
  const run = (...args: readonly string[]) => runSqlite(python, surroundings, ...args)
  const remove = async (place: string) => {
    for (const path of [place, ...LOGS.map((end) => place + end)]) rmSync(path, { force: true })
  }
  return {
    database: file,
    typedName: basename(file),
    beside: `${file}.restored`,
    scratch: `${file}.onehead-restoring`,
    placeOf: (typed) => resolve(dirname(file), typed),
    exists: async (place) => existsSync(place),
    async load(backup, place) {
      try {
        copyFileSync(backup, place)
        chmodSync(place, 0o600)
        await run('check', place)
        flush(place)
      } catch (error) {
        await remove(place)
        throw asFailure(error, place)
      }
    },
    remove,
    async connected() {
      if (!existsSync(file)) return 0
      return (JSON.parse(await run('users', file)) as { users: number }).users
    },
    async swap() {
      await run('replace', this.scratch, file)
      return { replaced: null }
    },
    isAtomic: true,
    look: (place) => shellCommand(['sqlite3', place, '.tables']),
    discard: (place) => shellCommand(['rm', place]),
  }
}

function asFailure(error: unknown, place: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (error instanceof BackupFailed || code === undefined) return error
  if (code !== 'ENOSPC') return new BackupFailed('place', `${place} cannot be written (${message})`)
  return new BackupFailed('disk-full', `no space is left for ${place}`, 'make room')
}
