import { closeSync, constants, fstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { compareNames } from './order.js'
import { type Content, DirectoryUnreadable, type Entry, type ReadFailure, type Snapshot } from './snapshot.js'

/** Larger files are no migration scripts; reading one would only cost memory. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024

const FIRST_BUFFER_BYTES = 1024 * 1024

/** What is on disk now, below `root` (an absolute path). Synchronous; see the measurements of ways to read many small files. */
export interface WorkingTree extends Snapshot {
  readonly root: string
  list(directory: string): readonly Entry[] | null
  readAll(entries: readonly Entry[], visit: (entry: Entry, content: Content) => void): void
}

export function workingTree(root: string): WorkingTree {
  let buffer: Buffer | null = null
  const shared = () => {
    buffer ??= Buffer.allocUnsafe(FIRST_BUFFER_BYTES)
    return buffer
  }
  return {
    root,
    description: 'the working tree',
    list: (directory) => listDirectory(root, directory),
    readAll(entries, visit) {
      for (const entry of entries) visit(entry, readEntry(root, entry, shared))
    },
  }
}

function listDirectory(root: string, directory: string): readonly Entry[] | null {
  let names: import('node:fs').Dirent[]
  try {
    names = readdirSync(directory === '' ? root : join(root, directory), { withFileTypes: true })
  } catch (error) {
    // A directory that may not be read is not an empty one: the caller must be able to say so.
    if (failureOf(error).code === 'forbidden') throw new DirectoryUnreadable(directory)
    return null
  }
  const prefix = directory === '' ? '' : `${directory}/`
  names.sort((a, b) => compareNames(a.name, b.name))
  return names.map((name): Entry => ({ path: prefix + name.name, mode: modeOf(name), contentId: null }))
}

function modeOf(name: import('node:fs').Dirent): Entry['mode'] {
  if (name.isFile()) return 'file'
  if (name.isDirectory()) return 'directory'
  return name.isSymbolicLink() ? 'symlink' : 'other'
}

function readEntry(root: string, entry: Entry, shared: () => Buffer): Content {
  const path = `${root}/${entry.path}`
  try {
    if (entry.mode === 'symlink') return new Uint8Array(readlinkSync(path, { encoding: 'buffer' }))
    if (entry.mode !== 'file') return { code: 'failed', message: 'it is not a regular file' }
    return readRegularFile(path, shared())
  } catch (error) {
    return failureOf(error)
  }
}

function readRegularFile(path: string, buffer: Buffer): Content {
  // Non-blocking: a pipe that took the file's place since it was listed must not hang us.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    let length = 0
    for (;;) {
      const read = readSync(file, buffer, length, buffer.length - length, null)
      if (read === 0) return bytesOf(buffer, length)
      length += read
      if (length === buffer.length) return readLargeFile(file, buffer)
    }
  } finally {
    closeSync(file)
  }
}

/** Goes on where the shared buffer was too small. */
function readLargeFile(file: number, start: Buffer): Content {
  const size = fstatSync(file).size
  const tooLarge: ReadFailure = {
    code: 'too-large',
    message: `it is larger than ${MAX_FILE_BYTES / 1024 / 1024} MB`,
  }
  if (size > MAX_FILE_BYTES) return tooLarge
  const chunks: Buffer[] = [Buffer.from(start)]
  let length = start.length
  for (;;) {
    const chunk = Buffer.allocUnsafe(FIRST_BUFFER_BYTES)
    const read = readSync(file, chunk, 0, chunk.length, null)
    if (read === 0) return bytesOf(Buffer.concat(chunks, length), length)
    chunks.push(chunk.subarray(0, read))
    length += read
    if (length > MAX_FILE_BYTES) return tooLarge
  }
}

/** A plain view: `slice` of a Buffer would not copy, and whoever keeps one must copy. */
function bytesOf(buffer: Buffer, length: number): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, length)
}

function failureOf(error: unknown): ReadFailure {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT' || code === 'ENOTDIR') return { code: 'missing', message: 'it is not there any more' }
  if (code === 'EACCES' || code === 'EPERM') return { code: 'forbidden', message: 'it may not be read (permissions)' }
  return { code: 'failed', message: `it cannot be read (${code ?? 'unknown error'})` }
}
