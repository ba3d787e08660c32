import type { GitObjects } from '../git/objects.js'
import { runGit } from '../git/process.js'
import { contentsOf, modeOf } from './commit.js'
import { compareNames } from './order.js'
import type { Entry, Snapshot } from './snapshot.js'

/** Git could not tell what is staged. */
export class IndexUnreadable extends Error {
  constructor(reason: string) {
    super(`git cannot read the index: ${reason}`)
    this.name = 'IndexUnreadable'
  }
}

/**
 * What is staged below `cwd` (absolute, in a working tree): the tree that `git commit` would make. Honours
 * `GIT_INDEX_FILE`. Of an unmerged path our side stands, else the other one. Throws `IndexUnreadable`.
 */
export async function indexSnapshot(cwd: string, objects: GitObjects): Promise<Snapshot> {
  const { code, stdout, stderr } = await runGit(cwd, ['ls-files', '--stage', '-z'])
  if (code !== 0) throw new IndexUnreadable(stderr.split('\n')[0] ?? '')
  const staged = parseStaged(stdout.toString('utf8'))
  for (const path of await intendedOnly(cwd, staged)) staged.delete(path)
  return flatSnapshot(objects, staged.values(), 'the index')
}

/** `<mode> <id> <stage>\t<path>` between NULs. */
function parseStaged(output: string): Map<string, Entry> {
  const staged = new Map<string, Entry>()
  const stages = new Map<string, string>()
  for (const line of output.split('\0')) {
    const tab = line.indexOf('\t')
    if (tab === -1) continue
    const [mode = '', oid = '', stage = ''] = line.slice(0, tab).split(' ')
    const path = line.slice(tab + 1)
    if (stage === '1' || (stage === '3' && stages.has(path))) continue
    if (stage !== '0') stages.set(path, stage)
    staged.set(path, { path, mode: modeOf(mode), contentId: oid })
  }
  return staged
}

const EMPTY_BLOBS = new Set([
  'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391',
  '473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813',
])

/** `git add --intent-to-add` puts a path with an empty file into the index that no commit would have. */
async function intendedOnly(cwd: string, staged: ReadonlyMap<string, Entry>): Promise<readonly string[]> {
  const isCandidate = ({ path, contentId }: Entry) =>
    EMPTY_BLOBS.has(contentId ?? '') && path.endsWith('.py') && !path.endsWith('/__init__.py')
  if (![...staged.values()].some(isCandidate)) return []
  const args = ['diff', '--name-only', '-z', '--relative', '--no-renames', '--no-ext-diff', '--diff-filter=A']
  const { stdout } = await runGit(cwd, [...args, '--ignore-submodules=all', '--'])
  return stdout.toString('utf8').split('\0')
}

/** A snapshot from all of its files; directories follow from the paths. */
function flatSnapshot(objects: GitObjects, files: Iterable<Entry>, description: string): Snapshot {
  const directories = new Map<string, Map<string, Entry>>([['', new Map()]])
  const within = (directory: string): Map<string, Entry> => {
    let entries = directories.get(directory)
    if (entries === undefined) {
      entries = new Map()
      directories.set(directory, entries)
      within(parentOf(directory)).set(directory, { path: directory, mode: 'directory', contentId: null })
    }
    return entries
  }
  for (const file of files) within(parentOf(file.path)).set(file.path, file)
  const sorted = new Map<string, readonly Entry[]>()
  const list = (directory: string): readonly Entry[] | null => {
    const entries = directories.get(directory)
    if (entries === undefined) return null
    const known = sorted.get(directory) ?? [...entries.values()].sort((a, b) => compareNames(a.path, b.path))
    sorted.set(directory, known)
    return known
  }
  const entryAt = (path: string) => directories.get(parentOf(path))?.get(path) ?? null
  return { description, list, readAll: contentsOf(objects, async (path) => entryAt(path)) }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}
