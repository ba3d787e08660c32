import { realpathSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'
import { readPrintedText } from '@onehead/core'
import type { Runner } from './runner.js'

/** A line of the workspace's own: the path from its root with `/`, the line from 1. */
export interface OwnPlace {
  readonly path: string
  readonly line: number
}

/** Where programs of others lie, also below a workspace. */
const FOREIGN = /(?:^|\/)(?:site-packages|dist-packages|node_modules)\//

/** The innermost line of the workspace's own that the last exception of a run came through; null where it names none. */
export function findOwnPlace({ root, cwd }: Pick<Runner, 'root' | 'cwd'>, stderr: string): OwnPlace | null {
  const frames = readPrintedText(stderr).messages.findLast((one) => one.frames.length > 0)?.frames ?? []
  return innermostOwn(
    root,
    frames.map(({ path, line }) => ({ path: isAbsolute(path) ? path : join(cwd, path), line })),
  )
}

/** @param frames absolute paths, the innermost last */
export function innermostOwn(root: string, frames: readonly OwnPlace[]): OwnPlace | null {
  for (const { path, line } of frames.toReversed()) {
    const own = relative(realpathSync(root), real(path)).replaceAll('\\', '/')
    if (!own.startsWith('../') && !isAbsolute(own) && !FOREIGN.test(own)) return { path: own, line }
  }
  return null
}

/** A frame may name what is no file, such as `<string>`. */
function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return '/'
  }
}
