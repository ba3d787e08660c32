import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { RepairGit } from '../apply/index.js'
import type { GitDirectories } from '../git/directories.js'
import { mergeBase } from '../git/merge-base.js'
import { runGit } from '../git/process.js'
import type { GitProgress } from './progress.js'

/**
 * What git is asked to do before any file of a repair is written. A run that is killed in between leaves a merge that nobody else
 * has begun, or a rebased branch: the next run finds it here, goes on with it, and `undo` can take it back.
 */
export function noteBringing({ own }: GitDirectories, git: RepairGit): void {
  const path = pathIn(own)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, JSON.stringify(git))
}

/** To be called when the files are written, or git is as it was. */
export function forgetBringing({ own }: GitDirectories): void {
  rmSync(pathIn(own), { force: true })
}

/** What an earlier run had begun and is still just so; null where there is nothing, or somebody has gone on since. */
export async function findBrought(
  root: string,
  directories: GitDirectories,
  progress: GitProgress,
  head: string,
): Promise<RepairGit | null> {
  const note = readNote(directories)
  if (note === null || note.target === null) return null
  if (note.kind === 'rebase') return (await wasJustRebased(root, progress, note, head)) ? note : null
  if (note.kind !== 'merge' || note.headBefore !== head) return null
  return progress.kind === 'merge' && progress.merging.length === 1 && progress.merging[0] === note.target ? note : null
}

/** A rebase leaves nothing open: git's own record tells that it was the last thing that happened, and from where. */
async function wasJustRebased(root: string, progress: GitProgress, note: RepairGit, head: string): Promise<boolean> {
  if (progress.kind !== null || note.headBefore === null) return false
  const last = await runGit(root, ['reflog', 'show', '--max-count=1', '--format=%gs', 'HEAD', '--'])
  const origin = await runGit(root, ['rev-parse', '--verify', '--quiet', 'ORIG_HEAD'])
  const isLast = /^rebase\b.*\(finish\)|^rebase finished/.test(last.stdout.toString('utf8'))
  const isFromThere = origin.stdout.toString('latin1').trim() === note.headBefore
  return isLast && isFromThere && (await mergeBase(root, note.target!, head)) === note.target
}

function readNote({ own }: GitDirectories): RepairGit | null {
  try {
    return JSON.parse(readFileSync(pathIn(own), 'utf8')) as RepairGit
  } catch {
    return null
  }
}

function pathIn(own: string): string {
  return join(own, 'onehead', 'bringing.json')
}
