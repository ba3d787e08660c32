import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { findGitDirectories } from '../git/directories.js'
import type { PushRequest } from './fast-path.js'

/** What became of `ONEHEAD_SKIP`. */
export interface Bypass {
  /** True: nothing is judged. */
  readonly skipped: boolean
  /** One line to say, or null. */
  readonly notice: string | null
}

const NO_BYPASS: Bypass = { skipped: false, notice: null }

/**
 * `ONEHEAD_SKIP='why'` lets a push go unjudged and is recorded in `onehead/skipped.log` of the git directory; in CI it is
 * ignored, because nobody is there who could know why.
 *
 * @param now seconds since 1970
 */
export function bypass(request: PushRequest, now: number): Bypass {
  const { remote, branches } = request
  const pushed = branches.map(({ branch, localOid }) => ({ branch, commit: localOid }))
  return bypassHook({ ...request, hook: 'pre-push', what: 'push', details: { remote, branches: pushed } }, now)
}

/** A hook that may be told to judge nothing. */
export interface SkippableHook {
  /** Absolute. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly hook: string
  /** What is let go: `push`, `commit`, `merge`. */
  readonly what: string
  /** Recorded beside the reason. */
  readonly details: Readonly<Record<string, unknown>>
}

/** The same for any hook. */
export function bypassHook(hook: SkippableHook, now: number): Bypass {
  const why = hook.env.ONEHEAD_SKIP?.trim()
  if (!why) return NO_BYPASS
  if (isSet(hook.env.CI)) return { skipped: false, notice: 'ONEHEAD_SKIP is ignored in CI' }
  const recorded = record(hook, why, now)
  const told = recorded ? 'recorded' : 'which could not be recorded'
  return { skipped: true, notice: `this ${hook.what} was not judged: ONEHEAD_SKIP=${JSON.stringify(why)}, ${told}` }
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== '' && text !== '0' && text !== 'false'
}

function record({ cwd, env, hook, details }: SkippableHook, why: string, now: number): boolean {
  const directories = findGitDirectories(cwd, env)
  if (directories === null) return false
  const line = JSON.stringify({ at: new Date(now * 1000).toISOString(), hook, why, ...details })
  try {
    const folder = join(directories.common, 'onehead')
    mkdirSync(folder, { recursive: true })
    appendFileSync(join(folder, 'skipped.log'), `${line}\n`)
    return true
  } catch {
    return false
  }
}
