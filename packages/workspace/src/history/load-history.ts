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

/** What the scanner makes of scripts. */
export interface ScannedScripts {
  readonly entries: readonly Entry[]
  /** By place, as the entries, and not by path: a predicted merge may have two files of one name. */
  readonly readings: (ScriptReading | UnreadableScript | undefined)[]
  /** By place as well: the bytes of those that go through the parser. */
  readonly toParse: Map<number, Uint8Array>
}

/** Reads scripts through the scanner, and keeps those for the parser that the policy names or that the scanner finds suspicious. */
export async function scanScripts(
  snapshot: Snapshot,
  listing: ScriptListing,
  policy: ReadingPolicy,
): Promise<ScannedScripts> {
  const entries = listing.files.filter(isEntry)
  const scanned: ScannedScripts = { entries, readings: entries.map(() => undefined), toParse: new Map() }
  await scanInto(scanned, snapshot, entries, policy)
  return scanned
}

async function scanInto(
  { entries, readings, toParse }: ScannedScripts,
  snapshot: Snapshot,
  wanted: readonly Entry[],
  policy: ReadingPolicy,
): Promise<void> {
  let last = -1
  await snapshot.readAll(wanted, (entry: Entry, content: Content) => {
    const { path } = entry
    const place = entries[last + 1] === entry ? last + 1 : entries.indexOf(entry)
    last = place
    toParse.delete(place)
    if (isFailure(content)) {
      readings[place] = notRead(path, content)
      return
    }
    const reading = scan(content)
    readings[place] = reading
    if (reading.suspicious !== true && !policy.parse(path)) return
    if (policy.full || content.length <= MAX_PARSED_BYTES) toParse.set(place, content.slice())
  })
}

/**
 * Reads the scripts of one environment: all through the scanner, and through the parser those that the policy names or
 * that the scanner finds suspicious. One unreadable file never stops the others.
 *
 * @param ahead the same scripts as the scanner saw them before anybody knew what the policy names
 */
export async function loadHistory(
  snapshot: Snapshot,
  environment: Environment,
  listing: ScriptListing,
  policy: ReadingPolicy,
  ahead: ScannedScripts | null = null,
): Promise<LoadedHistory> {
  const { entries, readings, toParse } = ahead ?? (await scanScripts(snapshot, listing, policy))
  if (ahead !== null) {
    const named = entries.filter(({ path }) => policy.parse(path))
    await scanInto(ahead, snapshot, named, policy)
  }
  if (toParse.size > 0) {
    const watch = await policy.watchParser?.([...toParse.keys()].map((place) => entries[place]!.path))
    for (const [place, bytes] of toParse) {
      const { reading, parsed } = readWithoutLibrary(bytes) ?? (await loadParser()).readWithTree(bytes)
      readings[place] = reading
      watch?.(entries[place]!.path, bytes, parsed)
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
  return { history: buildHistory(said, files, listing.loadedTwice), scanned, parsed: toParse.size }
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
