import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { GitDirectories } from './directories.js'

/**
 * When a remote-tracking ref was last known to be what the remote has, in seconds since 1970: its reflog, a fetch that found
 * nothing new, or a fetch of ours. `null` where nothing tells. Reads files only.
 *
 * @param ref full: `refs/remotes/origin/main`
 */
export function lastUpdated({ own, common }: GitDirectories, ref: string): number | null {
  const branch = ref.split('/').slice(3).join('/')
  const remoteHead = `${ref.split('/').slice(0, 3).join('/')}/HEAD`
  const known = [
    lastReflogTime(join(common, 'logs', ref)),
    // A clone writes no other reflog.
    lastReflogTime(join(common, 'logs', remoteHead)),
    fetchHeadTime(join(own, 'FETCH_HEAD'), branch),
    modified(ownFetchMark(common, ref)),
  ].filter((time) => time !== null)
  return known.length === 0 ? null : Math.max(...known)
}

/** A file that is touched when a fetch of ours, which leaves `FETCH_HEAD` alone, has succeeded. */
export function ownFetchMark(common: string, ref: string): string {
  return join(common, 'onehead', 'fetched', encodeURIComponent(ref))
}

/** The time in the last line: `<old> <new> <name> <mail> <seconds> <zone>\t<why>`. */
function lastReflogTime(path: string): number | null {
  try {
    const file = openSync(path, 'r')
    try {
      const { size } = fstatSync(file)
      const buffer = Buffer.alloc(Math.min(size, 8192))
      readSync(file, buffer, 0, buffer.length, Math.max(0, size - buffer.length))
      const last = buffer.toString('latin1').trimEnd().split('\n').at(-1) ?? ''
      const seconds = /> (\d+) [-+]\d{4}(?:\t|$)/.exec(last)?.[1]
      return seconds === undefined ? null : Number(seconds)
    } finally {
      closeSync(file)
    }
  } catch {
    return null
  }
}

/** Fetching what is there already leaves no reflog entry, but names the branch here. */
function fetchHeadTime(path: string, branch: string): number | null {
  try {
    return readFileSync(path, 'utf8').includes(`branch '${branch}' of `) ? modified(path) : null
  } catch {
    return null
  }
}

function modified(path: string): number | null {
  try {
    return Math.floor(statSync(path).mtimeMs / 1000)
  } catch {
    return null
  }
}
