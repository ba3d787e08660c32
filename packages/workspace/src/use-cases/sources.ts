import type { SourceLines } from '@onehead/core'
import { isFailure } from '../snapshot/snapshot.js'
import type { WorkingTree } from '../snapshot/working-tree.js'

const NOTHING = new Uint8Array(0)

/** Reads single files again for those who must show or edit them; few files, so nothing is kept for long. */
export function sourceReader(snapshot: WorkingTree) {
  const kept = new Map<string, Uint8Array>()

  function bytes(path: string): Uint8Array {
    let content = kept.get(path)
    if (content === undefined) {
      content = NOTHING
      snapshot.readAll([{ path, mode: 'file', contentId: null }], (_, read) => {
        if (!isFailure(read)) content = read.slice()
      })
      kept.set(path, content)
    }
    return content
  }

  const lines: SourceLines = (path) => {
    const content = bytes(path)
    return content === NOTHING ? null : decode(content).split(/\r\n|\r|\n/)
  }

  return { bytes, lines, forget: () => kept.clear() }
}

/** For showing only: what is not UTF-8 is shown byte by byte. */
function decode(content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    return new TextDecoder('latin1').decode(content)
  }
}
