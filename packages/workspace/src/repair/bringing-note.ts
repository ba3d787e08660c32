import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { RepairGit } from '../apply/index.js'
import type { GitDirectories } from '../git/directories.js'
import type { GitProgress } from './progress.js'

/**
 * What git is asked to do before any file of a repair is written. A run that is killed in between leaves a merge that nobody else
 * has begun: the next run finds it here, goes on with it, and `undo` can take it back.
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

/** What an earlier run had begun and is still open just so; null where there is nothing, or somebody has gone on since. */
export function findBrought(directories: GitDirectories, progress: GitProgress, head: string | null): RepairGit | null {
  const note = readNote(directories)
  if (note?.kind !== 'merge' || note.headBefore !== head || note.target === null) return null
  return progress.kind === 'merge' && progress.merging.length === 1 && progress.merging[0] === note.target ? note : null
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
