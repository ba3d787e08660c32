import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runGit } from '../git/process.js'
import type { Place } from './place.js'

/** How git stands at one moment, as far as taking a repair back depends on it. */
export interface GitState {
  /** Full id; null on an unborn branch. */
  readonly head: string | null
  /** `refs/heads/…`; null where HEAD is detached. */
  readonly branch: string | null
  /** The files in which git keeps a merge that is in progress, by name; empty where none is. */
  readonly merge: Readonly<Record<string, string>>
  /** A rebase, cherry-pick or revert is in progress. */
  readonly busy: string | null
  /** What the index says of the files asked for: `mode oid stage`, by path from the top; none for a file that it does not know. */
  readonly entries: Readonly<Record<string, readonly string[]>>
  /** How the index differs from HEAD, as git prints it, by path from the top; without files in conflict. */
  readonly staged: Readonly<Record<string, string>>
  /** Files in conflict, from the top. */
  readonly unmerged: readonly string[]
}

/**
 * Reads it; null outside git. Changes nothing.
 *
 * @param targets paths from the top
 */
export async function readGitState(place: Place, targets: readonly string[]): Promise<GitState | null> {
  if (place.git === null) return null
  const { own } = place.git
  const [head, branch, entries, staged] = await Promise.all([
    word(place, ['rev-parse', '--verify', '--quiet', 'HEAD']),
    word(place, ['symbolic-ref', '--quiet', 'HEAD']),
    readEntries(place, targets),
    readStaged(place),
  ])
  return { head, branch, merge: readMerge(own), busy: busyWith(own), entries, ...staged }
}

async function word(place: Place, args: readonly string[]): Promise<string | null> {
  const { code, stdout } = await runGit(place.top, args)
  const text = stdout.toString('utf8').trim()
  return code === 0 && text !== '' ? text : null
}

const MERGE_FILES = ['MERGE_HEAD', 'MERGE_MODE', 'MERGE_MSG'] as const

function readMerge(own: string): Record<string, string> {
  if (!existsSync(join(own, 'MERGE_HEAD'))) return {}
  const there = MERGE_FILES.filter((name) => existsSync(join(own, name)))
  return Object.fromEntries(there.map((name) => [name, readFileSync(join(own, name), 'utf8')]))
}

const WORK: Readonly<Record<string, string>> = {
  'rebase-merge': 'rebase',
  'rebase-apply': 'rebase',
  CHERRY_PICK_HEAD: 'cherry-pick',
  REVERT_HEAD: 'revert',
}

function busyWith(own: string): string | null {
  const mark = Object.keys(WORK).find((name) => existsSync(join(own, name)))
  return mark === undefined ? null : WORK[mark]!
}

/** The entries of the index for these paths; several for a file in conflict. */
export async function readEntries(place: Place, targets: readonly string[]): Promise<Record<string, string[]>> {
  const entries: Record<string, string[]> = Object.fromEntries(targets.map((target) => [target, []]))
  if (targets.length === 0) return entries
  const lines = await nulLines(place, ['--literal-pathspecs', 'ls-files', '--stage', '-z', '--', ...targets])
  for (const line of lines) {
    const tab = line.indexOf('\t')
    entries[line.slice(tab + 1)]?.push(line.slice(0, tab))
  }
  return entries
}

/** `mode oid` of these paths in a commit. */
export async function readTreeEntries(
  place: Place,
  commit: string,
  targets: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (targets.length === 0) return new Map()
  const lines = await nulLines(place, ['--literal-pathspecs', 'ls-tree', '-z', '--full-tree', commit, '--', ...targets])
  return new Map(
    lines.map((line) => {
      const [mode, , oid] = line.split(/[ \t]/, 3)
      return [line.slice(line.indexOf('\t') + 1), `${mode} ${oid}`]
    }),
  )
}

async function readStaged(place: Place): Promise<Pick<GitState, 'staged' | 'unmerged'>> {
  const staged: Record<string, string> = {}
  const unmerged: string[] = []
  const fields = await nulLines(place, [
    'diff',
    '--cached',
    '--raw',
    '-z',
    '--no-renames',
    '--no-abbrev',
    '--no-ext-diff',
  ])
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [facts = '', path = ''] = fields.slice(at, at + 2)
    if (facts.endsWith(' U')) unmerged.push(path)
    else staged[path] = facts
  }
  return { staged, unmerged }
}

async function nulLines(place: Place, args: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await runGit(place.top, args)
  if (code !== 0) throw new Error(`git ${args.join(' ')} failed: ${stderr.trim()}`)
  return stdout.toString('utf8').split('\0').filter(Boolean)
}
