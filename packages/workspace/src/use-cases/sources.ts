import type { SourceLines } from '@onehead/core'
import { isFailure, type Snapshot } from '../snapshot/snapshot.js'

const NOTHING = new Uint8Array(0)

/** Reads single files again for those who must show or edit them. */
export interface SourceReader {
  /** Empty where there is nothing to read, or nothing yet: see `complete`. */
  bytes(path: string): Uint8Array
  readonly lines: SourceLines
  /**
   * Gives what `work` gives once everything it asks for could be given. Git answers later, so that pure work which asks
   * for a file is done again when the file is there; on disk once is enough.
   */
  complete<T>(work: () => T): Promise<T>
  forget(): void
}

/** Few files, so nothing is kept for long: `forget` after each environment. */
export function sourceReader(snapshot: Snapshot): SourceReader {
  const kept = new Map<string, Uint8Array>()
  const missed = new Set<string>()

  function bytes(path: string): Uint8Array {
    const known = kept.get(path)
    if (known !== undefined) return known
    const answered = read([path])
    if (answered instanceof Promise) missed.add(path)
    return kept.get(path) ?? NOTHING
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
      const result = work()
      if (missed.size === 0) return result
      await read([...missed])
    }
  }

  const lines: SourceLines = (path) => {
    const content = bytes(path)
    return content === NOTHING ? null : decode(content).split(/\r\n|\r|\n/)
  }

  return { bytes, lines, complete, forget: () => kept.clear() }
}

/** For showing only: what is not UTF-8 is shown byte by byte. */
function decode(content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    return new TextDecoder('latin1').decode(content)
  }
}
