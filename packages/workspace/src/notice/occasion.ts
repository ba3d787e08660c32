import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Occasion } from '@onehead/core'
import type { GitDirectories } from '../git/directories.js'
import { isOid } from '../git/objects.js'

/** Hooks that only tell. */
export type MessengerName = 'post-merge' | 'post-rewrite' | 'post-checkout' | 'post-commit'

/** A hook as git has started it. */
export interface HookCall {
  readonly name: MessengerName
  readonly args: readonly string[]
  /** Absolute. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Two moments to compare, by names that git understands. */
export interface Moments {
  readonly occasion: Occasion
  /** A commit: a full id, `HEAD`, `ORIG_HEAD`; `first-parent`: of `now`, where that is a merge. */
  readonly before: string | 'first-parent'
  /** A commit, or what is staged on top of `before`. */
  readonly now: string | 'index'
  /** What `git checkout` takes to go back; null: the id of `before`. */
  readonly wayBack: string | null
  /** True in the middle of a rebase: what is missing now may come back with the commits that are still to be applied. */
  readonly isHalfWay: boolean
}

/**
 * Which two commits a hook is about; `null` where it is about nothing that could bring revisions. Looks at files of the git
 * directory only. Which hook fires when, and what is old and new then, was tried with git 2.39: see docs/hooks.md.
 */
export function momentsOf(call: HookCall, directories: GitDirectories): Moments | null {
  const { own } = directories
  const has = (name: string) => existsSync(join(own, name))
  const rebase = ['rebase-merge', 'rebase-apply'].find(has) ?? null
  switch (call.name) {
    case 'post-merge':
      // A rebase that keeps merges makes them itself; post-rewrite tells of all of it.
      return rebase === null ? merged(argumentOf(call, 0, 'PRE_COMMIT_IS_SQUASH_MERGE') === '1') : null
    case 'post-commit':
      return rebase !== null || isAmending(own) ? null : { ...merged(false), before: 'first-parent' }
    case 'post-rewrite':
      return argumentOf(call, 0, 'PRE_COMMIT_REWRITE_COMMAND') === 'rebase' ? rebased(own, rebase) : null
    case 'post-checkout':
      return has('BISECT_LOG') ? null : switched(call, rebase !== null || isRebaseStart(own))
  }
}

function merged(isSquash: boolean): Moments {
  const common = { wayBack: null, isHalfWay: false }
  // After a squash HEAD has not moved: what came in is staged.
  return isSquash
    ? { ...common, occasion: 'squash', before: 'HEAD', now: 'index' }
    : { ...common, occasion: 'merge', before: 'ORIG_HEAD', now: 'HEAD' }
}

/** Git keeps where the rebase began in its own folder; `ORIG_HEAD` says so too unless somebody moved it on the way. */
function rebased(own: string, rebase: string | null): Moments {
  const kept = rebase === null ? '' : firstLineOf(join(own, rebase, 'orig-head'))
  return {
    occasion: 'rebase',
    before: isOid(kept) ? kept : 'ORIG_HEAD',
    now: 'HEAD',
    wayBack: null,
    isHalfWay: false,
  }
}

function switched(call: HookCall, inRebase: boolean): Moments | null {
  const before = argumentOf(call, 0, 'PRE_COMMIT_FROM_REF')
  const now = argumentOf(call, 1, 'PRE_COMMIT_TO_REF')
  const isBranch = argumentOf(call, 2, 'PRE_COMMIT_CHECKOUT_TYPE') === '1'
  // A clone and a new worktree come from nothing; a stash and `switch -c` go nowhere.
  if (!isBranch || !isOid(before) || !isOid(now) || before === now || /^0+$/.test(before)) return null
  return {
    occasion: inRebase ? 'rebase' : 'switch',
    before,
    now,
    wayBack: inRebase ? null : '-',
    isHalfWay: inRebase,
  }
}

/** What git gives a hook, or the variable in which the pre-commit framework hands it on. */
function argumentOf({ args, env }: HookCall, index: number, variable: string): string {
  return args[index] ?? env[variable] ?? ''
}

/** `git commit --amend` of a merge is no new merge; only the reflog tells. */
function isAmending(own: string): boolean {
  return /\tcommit \(amend\)/.test(lastLineOf(join(own, 'logs', 'HEAD')))
}

/** With `--apply` a rebase moves HEAD before it makes its folder; with `pull --rebase` the first word is another. */
function isRebaseStart(own: string): boolean {
  return /\t[^\t]*\(start\): checkout /.test(lastLineOf(join(own, 'logs', 'HEAD')))
}

function lastLineOf(path: string): string {
  return read(path).trimEnd().split('\n').at(-1) ?? ''
}

function firstLineOf(path: string): string {
  return read(path).split('\n', 1)[0] ?? ''
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
