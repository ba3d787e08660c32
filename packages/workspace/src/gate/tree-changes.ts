import type { GitObjects } from '../git/objects.js'
import { treeSnapshot } from '../snapshot/commit.js'
import type { Entry, Snapshot } from '../snapshot/snapshot.js'

/** A name that one of two trees has otherwise than the other. */
interface Change {
  readonly path: string
  readonly before: Entry | null
  readonly after: Entry | null
}

/** More files than this are not looked into one by one: judging all at once is then no slower. */
const MOST_FILES = 4000

const MIGRATION_FOLDER = /(?:^|\/)[^/]*(?:versions?|migrations?|alembic)[^/]*\//i
const SCRIPT = /\.py[co]?$/
const CONFIGURATION = /(?:\.ini|\.cfg|(?:^|\/)onehead[^/]*\.json)$/i

/**
 * Whether what differs between two trees may concern a migration: a configuration file, a Python file in a folder with a
 * telling name, any other Python file that holds the word `revision`, a link. Reads tree objects that differ, and no blob
 * whose path tells enough. May say yes too often, never no too often.
 *
 * @param isConfiguration further configuration files, by path
 */
export async function mayConcernMigrations(
  objects: GitObjects,
  before: string | null,
  after: string | null,
  isConfiguration: (path: string) => boolean,
): Promise<boolean> {
  const tree = (oid: string | null) => treeSnapshot(objects, oid, 'a tree')
  return mayConcernMigrationsBetween(objects, tree(before), tree(after), isConfiguration)
}

/** The same for any two snapshots of one repository, such as a commit and what is staged on top of it. */
export async function mayConcernMigrationsBetween(
  objects: GitObjects,
  before: Snapshot,
  after: Snapshot,
  isConfiguration: (path: string) => boolean,
): Promise<boolean> {
  const contents: { readonly oid: string; readonly word: Buffer }[] = []
  const isTelling = ({ path, before, after }: Change): boolean => {
    if (isLink(before) || isLink(after)) return true
    if (CONFIGURATION.test(path) || isConfiguration(path)) return true
    if (SCRIPT.test(path) && MIGRATION_FOLDER.test(path)) return true
    const word = path.endsWith('.py') ? REVISION : path.endsWith('pyproject.toml') ? ALEMBIC : null
    if (word === null) return false
    for (const side of [before, after]) if (side?.contentId) contents.push({ oid: side.contentId, word })
    return contents.length > MOST_FILES
  }
  const found = await someChange(before, after, isTelling)
  return found || anyHolds(objects, contents)
}

const REVISION = Buffer.from('revision')
const ALEMBIC = Buffer.from('alembic')

function isLink(entry: Entry | null): boolean {
  return entry?.mode === 'symlink'
}

/** Walks both trees together, level by level, where they differ; stops at the first change that will do. */
async function someChange(before: Snapshot, after: Snapshot, test: (change: Change) => boolean): Promise<boolean> {
  let level = ['']
  while (level.length > 0) {
    const listings = await Promise.all(level.map((directory) => differences(before, after, directory)))
    const below: string[] = []
    for (const change of listings.flat()) {
      const isDirectory = change.before?.mode === 'directory' || change.after?.mode === 'directory'
      if (isDirectory) below.push(change.path)
      // A file in the place of a directory is a change of its own.
      const file = { path: change.path, before: fileOf(change.before), after: fileOf(change.after) }
      if ((file.before !== null || file.after !== null) && test(file)) return true
    }
    level = below
  }
  return false
}

function fileOf(entry: Entry | null): Entry | null {
  return entry?.mode === 'directory' ? null : entry
}

async function differences(before: Snapshot, after: Snapshot, directory: string): Promise<Change[]> {
  const [old, now] = await Promise.all([before.list(directory), after.list(directory)])
  const changes: Change[] = []
  const known = new Map((old ?? []).map((entry) => [entry.path, entry]))
  for (const entry of now ?? []) {
    const other = known.get(entry.path) ?? null
    known.delete(entry.path)
    if (other?.contentId !== entry.contentId || other.mode !== entry.mode) {
      changes.push({ path: entry.path, before: other, after: entry })
    }
  }
  for (const entry of known.values()) changes.push({ path: entry.path, before: entry, after: null })
  return changes
}

async function anyHolds(
  objects: GitObjects,
  contents: readonly { readonly oid: string; readonly word: Buffer }[],
): Promise<boolean> {
  let found = false
  let index = 0
  await objects.readAll(
    contents.map(({ oid }) => oid),
    (_, object) => {
      const { word } = contents[index++]!
      // What cannot be read may be anything.
      if (object === null) found = true
      else if (!found)
        found = Buffer.from(object.bytes.buffer, object.bytes.byteOffset, object.bytes.length).includes(word)
    },
  )
  return found
}
