import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UsageError } from '../errors.js'

/** A file that is being written, and what SQLite keeps beside it: its owner's process stands in its name. */
const UNFINISHED = /\.(\d+)\.part(?:-journal|-wal|-shm)?$/

/** Makes a folder that only its owner can look into, also where it was there already. */
export function makePrivateFolder(folder: string): void {
  makeLevels(folder)
  chmodSync(folder, 0o700)
}

/** Node's own way to make all of them never ends where a file system takes no new names (`/proc`). */
function makeLevels(folder: string, isSecond = false): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (isDirectory(folder)) return
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || isSecond || dirname(folder) === folder) throw error
    makeLevels(dirname(folder))
    makeLevels(folder, true)
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/**
 * Makes a folder of ours below the user's state folder.
 *
 * @throws UsageError where it cannot be made
 */
export function makeStateFolder(folder: string): void {
  try {
    makeLevels(folder)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new UsageError(`${folder} cannot be made (${message})`, { help: ELSEWHERE })
  }
}

/** Starts with a verb. */
export const ELSEWHERE = 'point XDG_STATE_HOME to a folder that you may write'

/** Makes an empty file that only its owner can read. Throws where there is one. */
export function makePrivateFile(path: string): void {
  closeSync(openSync(path, 'wx', 0o600))
}

export function unfinishedPath(path: string): string {
  return `${path}.${process.pid}.part`
}

/** Removes what runs that were killed have left. */
export function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) {
    const owner = UNFINISHED.exec(name)?.[1]
    if (owner !== undefined && !isRunning(Number(owner))) rmSync(join(folder, name), { force: true })
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Returns when the disk has it, not only the system's memory. */
export function flush(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

export function sizeOf(path: string): number {
  return statSync(path).size
}

/** Removes files; those that are gone already are no trouble. */
export function removeFiles(paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { force: true })
}
