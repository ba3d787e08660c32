import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { lastUpdated, ownFetchMark } from '../git/age.js'
import type { GitDirectories } from '../git/directories.js'
import type { Target } from '../git/target.js'
import { type OperatorSettings, trackingRef } from './operator.js'
import { quietFetch } from './quiet-fetch.js'

/** A push waits no longer than this for news. */
export const LONGEST_FETCH_MS = 4000
/** With `auto`, news of the last minutes are new enough, in seconds. */
export const FRESH = 10 * 60

export interface Refreshed {
  /** True where the remote was asked and has answered. */
  readonly fetched: boolean
  /** Why it has not, in words; null where it was not asked or has answered. */
  readonly failure: string | null
}

/**
 * Asks the remote what the target is today, if the operator wants that: bounded, without a prompt, without touching anything
 * but the remote-tracking ref. A failure is never a reason to stop.
 *
 * @param now seconds since 1970
 */
export async function refreshTarget(
  root: string,
  target: Target,
  settings: OperatorSettings,
  directories: GitDirectories | null,
  now: number,
): Promise<Refreshed> {
  const place = remoteOf(target, settings)
  if (settings.fetch === 'never' || place === null || target.why === 'pushed-branch') return NOT_ASKED
  const updated = directories === null ? null : lastUpdated(directories, target.ref)
  if (settings.fetch === 'auto' && updated !== null && now - updated < FRESH) return NOT_ASKED
  const failure = await quietFetch(root, settings, {
    args: ['--', place.remote, `+refs/heads/${place.branch}:${target.ref}`],
    timeoutMs: LONGEST_FETCH_MS,
  })
  if (failure !== null) return { fetched: false, failure }
  if (directories !== null) touch(ownFetchMark(directories.common, target.ref))
  return { fetched: true, failure: null }
}

const NOT_ASKED: Refreshed = { fetched: false, failure: null }

/** The remote and branch behind a target, where a fetch would put it exactly there. */
function remoteOf(target: Target, settings: OperatorSettings): { remote: string; branch: string } | null {
  const names = [...settings.remotes.keys()].filter((name) => target.name.startsWith(`${name}/`))
  const remote = names.sort((a, b) => b.length - a.length)[0]
  if (remote === undefined || remote.startsWith('-')) return null
  const branch = target.name.slice(remote.length + 1)
  return trackingRef(settings, remote, branch) === target.ref ? { remote, branch } : null
}

function touch(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, '')
  } catch {
    // Then the next push asks once more.
  }
}
