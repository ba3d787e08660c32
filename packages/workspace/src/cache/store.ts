import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

/**
 * Values by key, one file each, named after a checksum of the key, which stands in the file: concurrent writers write the same.
 * What cannot be read is a miss, what cannot be written is not kept: nothing ever fails because of the cache. Checksums, not
 * hashes: whoever could forge a file here could as well change the hooks beside it, and a push has no time to load more.
 */
export interface Store {
  get(key: string): unknown
  put(key: string, value: unknown): void
  /** Removes what nobody has used for long, and the oldest beyond the bound; at most once a day. */
  sweep(): void
}

/** Raised when files of an older form could be misread. */
const FORM = 'v2'
const MOST_BYTES = 64 * 1024 * 1024
/** Of one value: more is read no faster than it is found again. */
const MOST_CHARACTERS = 1024 * 1024
const DAY = 24 * 60 * 60 * 1000
const LONGEST_UNUSED = 30 * DAY

/** Where the cache lies below git's common directory: shared by worktrees, out of every commit's reach. */
export function cacheDirectory(common: string): string {
  return join(common, 'onehead', 'cache')
}

/** @param directory absolute; need not exist */
export function openStore(directory: string, bounds: { readonly mostBytes?: number } = {}): Store {
  const home = join(directory, FORM)
  const pathOf = (key: string): string => {
    const sum = checksum(key)
    return join(home, sum.slice(0, 2), `${sum.slice(2)}-${key.length}`)
  }
  return {
    get(key) {
      try {
        return parse(readAndTouch(pathOf(key)), key)
      } catch {
        return undefined
      }
    },
    put(key, value) {
      const path = pathOf(key)
      const temporary = `${path}.${process.pid}.${process.hrtime.bigint()}.tmp`
      const text = JSON.stringify([key, value])
      if (text.length > MOST_CHARACTERS) return
      try {
        mkdirSync(join(path, '..'), { recursive: true })
        writeFileSync(temporary, `${checksum(text)}\n${text}`, { flag: 'wx' })
        renameSync(temporary, path)
      } catch {
        removeQuietly(temporary)
      }
    },
    sweep() {
      try {
        if (isDue(join(home, 'swept'))) removeOld(home, bounds.mostBytes ?? MOST_BYTES)
      } catch {
        // Another one is at it, or nothing may be removed.
      }
    },
  }
}

/** Removes everything, of any form; returns how many bytes were freed. Rejects nothing that is not ours. */
export function clearStore(directory: string): number {
  const bytes = filesBelow(directory).reduce((sum, file) => sum + file.size, 0)
  rmSync(directory, { recursive: true, force: true })
  return bytes
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0')
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Then it was never there, or stays: it is swept one day.
  }
}

/** Marks a file as used, once a day at most. */
function readAndTouch(path: string): string {
  const file = openSync(path, 'r')
  try {
    const text = readFileSync(file, 'utf8')
    const now = Date.now()
    if (now - fstatSync(file).mtimeMs > DAY) utimesSync(path, now / 1000, now / 1000)
    return text
  } finally {
    closeSync(file)
  }
}

/** A checksum of the rest is in front, so that a file that was cut or changed is seen; two keys may share a name. */
function parse(text: string, key: string): unknown {
  const end = text.indexOf('\n')
  const body = text.slice(end + 1)
  if (checksum(body) !== text.slice(0, end)) return undefined
  const [own, value] = JSON.parse(body)
  return own === key ? value : undefined
}

function isDue(mark: string): boolean {
  if (existsSync(mark) && Date.now() - statSync(mark).mtimeMs < DAY) return false
  writeFileSync(mark, '')
  return true
}

function removeOld(home: string, mostBytes: number): void {
  const now = Date.now()
  const files = filesBelow(home).sort((a, b) => b.mtimeMs - a.mtimeMs)
  let kept = 0
  for (const { path, size, mtimeMs } of files) {
    const isLeftOver = path.endsWith('.tmp') && now - mtimeMs > DAY
    kept += size
    if (isLeftOver || now - mtimeMs > LONGEST_UNUSED || kept > mostBytes) rmSync(path, { force: true })
  }
}

function filesBelow(directory: string): { path: string; size: number; mtimeMs: number }[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name)
      const stat = statSync(path, { throwIfNoEntry: false })
      return stat === undefined ? [] : [{ path, size: stat.size, mtimeMs: stat.mtimeMs }]
    })
}
