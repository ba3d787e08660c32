import * as fs from 'node:fs'
import { dirname } from 'node:path'

/** What of `node:fs` a repair uses. Handed in, so that a test can let any single step fail or be the last. */
export type Disk = Pick<
  typeof fs,
  | 'closeSync'
  | 'fchmodSync'
  | 'fchownSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'futimesSync'
  | 'lstatSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readFileSync'
  | 'realpathSync'
  | 'renameSync'
  | 'rmdirSync'
  | 'statSync'
  | 'unlinkSync'
  | 'writeSync'
>

export const realDisk: Disk = fs

/** What is known of a file before another takes its place. */
export interface FileStatus {
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly mtimeMs: number
}

export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error'
}

/** The bytes of a file, or null where there is none. Throws for anything else. */
export function readIfThere(disk: Disk, path: string): Uint8Array | null {
  try {
    return disk.readFileSync(path)
  } catch (error) {
    if (isAbsence(error)) return null
    throw error
  }
}

/**
 * Writes a new file to the platter, with the mode, owner and group of the one whose place it is going to take. Throws where
 * the file is there already.
 */
export function createDurably(disk: Disk, path: string, bytes: Uint8Array, like: FileStatus | null): void {
  const file = disk.openSync(path, 'wx', like === null ? 0o666 : 0o600)
  try {
    for (let at = 0; at < bytes.length; ) at += disk.writeSync(file, bytes, at)
    if (like !== null) takeAfter(disk, file, bytes, like)
    disk.fsyncSync(file)
  } finally {
    disk.closeSync(file)
  }
}

function takeAfter(disk: Disk, file: number, bytes: Uint8Array, like: FileStatus): void {
  const own = disk.fstatSync(file)
  if (own.uid !== like.uid || own.gid !== like.gid) {
    try {
      disk.fchownSync(file, like.uid, like.gid)
    } catch (error) {
      // Only root may give a file away; whoever else may write there has done so before.
      if (codeOf(error) !== 'EPERM') throw error
    }
  }
  disk.fchmodSync(file, like.mode & 0o7777)
  // Python takes compiled code for current when size and second of the source are as before.
  const second = Math.floor(own.mtimeMs / 1000)
  if (bytes.length === like.size && second === Math.floor(like.mtimeMs / 1000)) {
    disk.futimesSync(file, second + 1, second + 1)
  }
}

/** Makes what was created, renamed and removed in a directory survive a loss of power. */
export function syncDirectory(disk: Disk, path: string): void {
  try {
    const directory = disk.openSync(path, 'r')
    try {
      disk.fsyncSync(directory)
    } finally {
      disk.closeSync(directory)
    }
  } catch (error) {
    // Windows opens no directory, and some file systems sync none.
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EBADF'].includes(codeOf(error))) throw error
  }
}

/** Where a file of our own is written before it takes its place. */
export function halfWritten(path: string): string {
  return `${path}.tmp`
}

/** Replaces a file of our own as a whole. */
export function replaceDurably(disk: Disk, path: string, content: string | Uint8Array): void {
  const temporary = halfWritten(path)
  removeIfThere(disk, temporary)
  try {
    createDurably(disk, temporary, typeof content === 'string' ? Buffer.from(content) : content, null)
    disk.renameSync(temporary, path)
  } catch (error) {
    removeIfThere(disk, temporary)
    throw error
  }
  syncDirectory(disk, dirname(path))
}

/** A read-only file system refuses to remove even what is not there. */
export function removeIfThere(disk: Disk, path: string): void {
  try {
    disk.unlinkSync(path)
  } catch (error) {
    if (isThere(disk, path)) throw error
  }
}

/** True for a symlink that leads nowhere as well. */
export function isThere(disk: Disk, path: string): boolean {
  try {
    disk.lstatSync(path)
    return true
  } catch (error) {
    if (isAbsence(error)) return false
    throw error
  }
}

export function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error))
}
