import type { GitObjects } from '../git/objects.js'
import { isZero, type RawChange } from '../git/raw-diff.js'
import { modeOf } from '../snapshot/commit.js'
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
 * Paths that differ between two trees and may concern a migration: a configuration file, a Python file in a folder with a
 * telling name, any other Python file that holds the word `revision`, a link. Reads tree objects that differ, and no blob
 * whose path tells enough. May name too many, never too few; `null`: so many that anything may be among them.
 *
 * @param isConfiguration further configuration files, by path
 */
export async function tellingChanges(
  objects: GitObjects,
  before: Snapshot,
  after: Snapshot,
  isConfiguration: (path: string) => boolean,
): Promise<readonly string[] | null> {
  const { look, found } = collect(objects, isConfiguration)
  return (await someChange(before, after, look)) ? null : found()
}

/** The same for what git has found to differ. Paths of both are relative to the workspace. */
export async function tellingAmong(
  objects: GitObjects,
  changes: readonly RawChange[],
  isConfiguration: (path: string) => boolean,
): Promise<readonly string[] | null> {
  const { look, found } = collect(objects, isConfiguration)
  const side = (path: string, mode: string, oid: string) =>
    isZero(oid) ? null : { path, mode: modeOf(mode), contentId: oid }
  const isTooMuch = changes.some(({ path, oldMode, oldOid, newMode, newOid }) =>
    look({ path, before: side(path, oldMode, oldOid), after: side(path, newMode, newOid) }),
  )
  return isTooMuch ? null : found()
}

interface Collected {
  /** True once it is too much to go on. */
  readonly look: (change: Change) => boolean
  readonly found: () => Promise<readonly string[]>
}

function collect(objects: GitObjects, isConfiguration: (path: string) => boolean): Collected {
  const telling: string[] = []
  const contents: Content[] = []
  const look = ({ path, before, after }: Change): boolean => {
    const word = path.endsWith('.py') ? REVISION : path.endsWith('pyproject.toml') ? ALEMBIC : null
    if (isLink(before) || isLink(after) || isSettings(path) || isConfiguration(path) || isMigration(path)) {
      telling.push(path)
    } else if (word !== null) {
      for (const side of [before, after]) if (side?.contentId) contents.push({ path, oid: side.contentId, word })
    }
    return telling.length + contents.length > MOST_FILES
  }
  return { look, found: async () => [...new Set([...telling, ...(await thoseThatHold(objects, contents))])] }
}

/** Whether there are any. */
export async function mayConcernMigrationsBetween(
  objects: GitObjects,
  before: Snapshot,
  after: Snapshot,
  isConfiguration: (path: string) => boolean,
): Promise<boolean> {
  const telling = await tellingChanges(objects, before, after, isConfiguration)
  return telling === null || telling.length > 0
}

/** A Python file whose folder says what it is. */
export function isMigration(path: string): boolean {
  return SCRIPT.test(path) && MIGRATION_FOLDER.test(path)
}

function isSettings(path: string): boolean {
  return CONFIGURATION.test(path)
}

interface Content {
  readonly path: string
  readonly oid: string
  /** What it must hold to be of interest. */
  readonly word: Buffer
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

async function thoseThatHold(objects: GitObjects, contents: readonly Content[]): Promise<string[]> {
  const found: string[] = []
  let index = 0
  await objects.readAll(
    contents.map(({ oid }) => oid),
    (_, object) => {
      const { path, word } = contents[index++]!
      // What cannot be read may be anything.
      if (object === null || holds(object.bytes, word)) found.push(path)
    },
  )
  return found
}

function holds(bytes: Uint8Array, word: Buffer): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(word)
}
