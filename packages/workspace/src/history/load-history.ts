import {
  buildHistory,
  type Environment,
  type History,
  loadParser,
  type ParsedScript,
  readWithoutLibrary,
  type ScriptReading,
  scan,
  toScript,
  type UnreadableScript,
} from '@onehead/core'
import { type Content, type Entry, isFailure, type ReadFailure, type Snapshot } from '../snapshot/snapshot.js'
import type { ScriptListing } from './list-scripts.js'

/** The parser takes seconds for more; such a file is scanned, and parsed only with `--full`. */
export const MAX_PARSED_BYTES = 1024 * 1024

/** Which scripts go through the Python parser whatever the scanner says of them. */
export interface ReadingPolicy {
  readonly parse: (path: string) => boolean
  readonly full: boolean
  /** Asked once, with the paths of all that will be parsed: who else wants to see what the parser makes of them; null where nobody does. */
  readonly watchParser?: (paths: readonly string[]) => Promise<ParserWatcher | null>
}

/** Sees a script as it was parsed; null where it could not be. The tree is large, and nobody keeps it. */
export type ParserWatcher = (path: string, bytes: Uint8Array, parsed: ParsedScript | null) => void

export interface LoadedHistory {
  readonly history: History
  /** How many scripts were read by the scanner only, and how many went through the parser. */
  readonly scanned: number
  readonly parsed: number
}

/**
 * Reads the scripts of one environment: all through the scanner, and through the parser those that the policy names or
 * that the scanner finds suspicious. One unreadable file never stops the others.
 */
export async function loadHistory(
  snapshot: Snapshot,
  environment: Environment,
  listing: ScriptListing,
  policy: ReadingPolicy,
): Promise<LoadedHistory> {
  const entries = listing.files.filter(isEntry)
  // By place, not by path: a predicted merge may have two files of one name.
  const readings: (ScriptReading | UnreadableScript | undefined)[] = entries.map(() => undefined)
  const toParse: { readonly place: number; readonly path: string; readonly bytes: Uint8Array }[] = []
  let last = -1
  const visit = (entry: Entry, content: Content) => {
    const { path } = entry
    const place = entries[last + 1] === entry ? last + 1 : entries.indexOf(entry)
    last = place
    if (isFailure(content)) {
      readings[place] = notRead(path, content)
      return
    }
    const reading = scan(content)
    readings[place] = reading
    if (reading.suspicious !== true && !policy.parse(path)) return
    if (policy.full || content.length <= MAX_PARSED_BYTES) toParse.push({ place, path, bytes: content.slice() })
  }
  await snapshot.readAll(entries, visit)
  if (toParse.length > 0) {
    const watch = await policy.watchParser?.(toParse.map(({ path }) => path))
    for (const { place, path, bytes } of toParse) {
      const { reading, parsed } = readWithoutLibrary(bytes) ?? (await loadParser()).readWithTree(bytes)
      readings[place] = reading
      watch?.(path, bytes, parsed)
    }
  }
  let next = 0
  const files = listing.files.map((file) => {
    if (!isEntry(file)) return file
    const reading = readings[next++]
    if (reading === undefined) return notRead(file.path, { code: 'missing', message: 'it is not there any more' })
    return 'cause' in reading ? reading : toScript(file.path, reading)
  })
  const scanned = readings.filter((one) => one !== undefined && 'tier' in one && one.tier === 'scanned').length
  const notLoaded = listing.notLoaded === undefined ? {} : { notLoaded: listing.notLoaded }
  const said =
    listing.notes.length === 0
      ? environment
      : { ...environment, ...notLoaded, notes: [...environment.notes, ...listing.notes] }
  return { history: buildHistory(said, files, listing.loadedTwice), scanned, parsed: toParse.length }
}

function isEntry(file: Entry | UnreadableScript): file is Entry {
  return 'mode' in file
}

function notRead(path: string, failure: ReadFailure): UnreadableScript {
  const { code } = failure
  const cause = code === 'too-large' || code === 'not-downloaded' ? code : 'not-readable'
  const error =
    code === 'forbidden'
      ? { kind: 'PermissionError', revisions: [], message: `[Errno 13] Permission denied: '${path}'` }
      : null
  return {
    path,
    cause,
    error,
    detail: `this script was not read: ${failure.message}`,
    span: { start: 0, end: 0 },
    reading: null,
  }
}
