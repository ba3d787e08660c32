import { dirname, join } from 'node:path'
import { shimPath } from '../alembic/shim.js'
import { BackupFailed } from './failure.js'
import type { Method } from './method.js'
import { type Program, runProgram, type Surroundings } from './program.js'
import { shellCommand } from './shell-command.js'

/** Runs our Python file about SQLite; what it prints. */
export function runSqlite(
  python: readonly string[],
  surroundings: Surroundings,
  ...args: readonly string[]
): Promise<string> {
  const [command = '', ...words] = python
  const program: Program = { names: [command], packages: 'Python' }
  return runProgram(program, [...words, join(dirname(shimPath()), 'onehead_sqlite.py'), ...args], surroundings)
}

/**
 * SQLite's online backup, by the project's own Python: it is there, it can read what Alembic writes, and no driver has to be installed.
 *
 * @param file absolute
 * @param python the words that start it
 */
export function sqliteMethod(file: string, python: readonly string[], surroundings: Surroundings): Method {
  const run = (...args: readonly string[]) => runSqlite(python, surroundings, ...args)
  return {
    kind: 'sqlite',
    extension: '.sqlite',
    dump: async (path) => void (await run('copy', file, path)),
    async verify(path) {
      try {
        const answer = await run('check', path)
        return (JSON.parse(answer.trim().split('\n').at(-1)!) as { tables: number }).tables
      } catch (error) {
        if (!(error instanceof BackupFailed) || error.kind !== 'failed') throw error
        if (error.message === 'file is not a database')
          throw new BackupFailed('foreign', `${path} is no database of SQLite`)
        throw new BackupFailed(
          'damaged',
          `the copy of ${file} does not read back (${error.message})`,
          'see whether the database itself is whole: PRAGMA integrity_check',
        )
      }
    },
    async restore(path) {
      const place = `${file}.restored`
      // A log of the old file would be played into the new one.
      const logs = ['', '-wal', '-shm', '-journal'].map((end) => file + end)
      return {
        toNewPlace: { place, commands: [shellCommand(['cp', path, place])] },
        inPlace: [shellCommand(['rm', '-f', ...logs]), shellCommand(['cp', path, file])],
      }
    },
  }
}
