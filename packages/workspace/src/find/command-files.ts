import { COMMAND_FOLDERS, type CommandFile, holdsCommands } from '@onehead/core'
import { DirectoryUnreadable, type Entry, isFailure, type Snapshot } from '../snapshot/snapshot.js'
import { isSkipped } from './usual.js'

/** What is longer was not written by hand. */
const MOST_BYTES = 1_000_000

/**
 * Files with commands of their own, in the root, in the folders that lead to these paths, and in the well-known ones beside them;
 * only those with the word in them. Nothing else of the workspace is listed.
 */
export async function findCommandFiles(
  snapshot: Snapshot,
  paths: readonly string[],
  word: string,
): Promise<readonly CommandFile[]> {
  const entries: Entry[] = []
  let level: readonly string[] = [...new Set(paths.flatMap(foldersAbove))]
  const seen = new Set(level)
  while (level.length > 0) {
    const listed = (await Promise.all(level.map((folder) => entriesOf(snapshot, folder)))).flat()
    entries.push(...listed.filter(({ mode, path }) => mode === 'file' && holdsCommands(path)))
    const below = listed.filter(({ mode, path }) => mode === 'directory' && isWellKnown(path) && !seen.has(path))
    level = below.map(({ path }) => path)
    for (const folder of level) seen.add(folder)
  }
  const found: CommandFile[] = []
  await snapshot.readAll(entries, ({ path }, content) => {
    if (isFailure(content) || content.length > MOST_BYTES || !includes(content, word)) return
    found.push({ path, content: content.slice() })
  })
  return found
}

/** The root, and every folder on the way to a file. */
function foldersAbove(path: string): readonly string[] {
  const parts = path.split('/')
  return parts.map((_, depth) => parts.slice(0, depth).join('/'))
}

function isWellKnown(path: string): boolean {
  return COMMAND_FOLDERS.has(path.slice(path.lastIndexOf('/') + 1)) && !isSkipped(`${path}/`)
}

function includes({ buffer, byteOffset, byteLength }: Uint8Array, word: string): boolean {
  return Buffer.from(buffer, byteOffset, byteLength).includes(word)
}

/** What may not be read is nobody's recipe. */
async function entriesOf(snapshot: Snapshot, folder: string): Promise<readonly Entry[]> {
  try {
    return (await snapshot.list(folder)) ?? []
  } catch (error) {
    if (error instanceof DirectoryUnreadable) return []
    throw error
  }
}
