import {
  loadOperationsReader,
  loadTreeReader,
  type OperationsReader,
  type ScriptOperations,
  type SourceLines,
} from '@onehead/core'
import { MAX_PARSED_BYTES, type ParserWatcher } from '../history/load-history.js'
import { isFailure, type Snapshot } from '../snapshot/snapshot.js'

const NOTHING = new Uint8Array(0)

/** Reads single files again for those who must show or edit them. */
export interface SourceReader {
  /** Empty where there is nothing to read, or nothing yet: see `complete`. */
  bytes(path: string): Uint8Array
  /** What a script does: null where it cannot be parsed, and where nothing can be told yet. The first question loads the parser. */
  operations(path: string): ScriptOperations | null
  readonly lines: SourceLines
  /**
   * Gives what `work` gives once everything it asks for could be given. Git answers later, and so does the parser, so that
   * pure work which asks for them is done again when they are there.
   */
  complete<T>(work: () => T): Promise<T>
  /** Keeps what the scripts named do, from trees that are there anyway: nothing is parsed for it a second time. */
  watchParser(isWanted: (path: string) => boolean, paths: readonly string[]): Promise<ParserWatcher | null>
  forget(): void
}

/** Few files, so nothing is kept for long: `forget` after each environment. */
export function sourceReader(snapshot: Snapshot): SourceReader {
  const kept = new Map<string, Uint8Array>()
  const missed = new Set<string>()
  const told = new Map<string, ScriptOperations | null>()
  let reader: OperationsReader | null = null
  let readerMissed = false

  function bytes(path: string): Uint8Array {
    const known = kept.get(path)
    if (known !== undefined) return known
    const answered = read([path])
    if (answered instanceof Promise) missed.add(path)
    return kept.get(path) ?? NOTHING
  }

  function operations(path: string): ScriptOperations | null {
    const known = told.get(path)
    if (known !== undefined) return known
    const content = bytes(path)
    if (reader === null) readerMissed = true
    if (reader === null || content === NOTHING) return null
    const read = content.length > MAX_PARSED_BYTES ? null : reader(content)
    told.set(path, read)
    return read
  }

  function read(paths: readonly string[]): void | Promise<void> {
    const entries = paths.map((path) => ({ path, mode: 'file' as const, contentId: null }))
    return snapshot.readAll(entries, ({ path }, content) => {
      kept.set(path, isFailure(content) ? NOTHING : content.slice())
    })
  }

  async function complete<T>(work: () => T): Promise<T> {
    for (;;) {
      missed.clear()
      readerMissed = false
      const result = work()
      if (missed.size === 0 && !readerMissed) return result
      if (readerMissed) reader = await loadOperationsReader()
      await read([...missed])
    }
  }

  async function watchParser(
    isWanted: (path: string) => boolean,
    paths: readonly string[],
  ): Promise<ParserWatcher | null> {
    // Most runs judge nothing new: then what reads operations is not even loaded.
    if (!paths.some(isWanted)) return null
    const ofTree = await loadTreeReader()
    const seen = new Set<string>()
    return (path, content, parsed) => {
      // A predicted merge may have two files of one name; which of them is meant, the snapshot says.
      if (seen.has(path)) {
        kept.delete(path)
        told.delete(path)
        return
      }
      seen.add(path)
      if (content.length > MAX_PARSED_BYTES || !isWanted(path)) return
      kept.set(path, content)
      told.set(path, parsed && ofTree(parsed))
    }
  }

  const lines: SourceLines = (path) => {
    const content = bytes(path)
    return content === NOTHING ? null : decode(content).split(/\r\n|\r|\n/)
  }

  function forget(): void {
    kept.clear()
    told.clear()
  }

  return { bytes, operations, lines, complete, watchParser, forget }
}

/** For showing only: what is not UTF-8 is shown byte by byte. */
function decode(content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    return new TextDecoder('latin1').decode(content)
  }
}
