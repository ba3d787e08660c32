import { realpathSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'
import { readPrintedText } from '@onehead/core'
import type { Runner } from '../alembic/runner.js'

/** Where programs of others lie, also below a workspace. */
const FOREIGN = /(?:^|\/)(?:site-packages|dist-packages|node_modules)\//

/** The innermost line of the workspace's own that the last exception of a run came through; null where it names none. */
export function findOwnPlace({ root, cwd }: Runner, stderr: string): { path: string; line: number } | null {
  const frames = readPrintedText(stderr).messages.findLast((one) => one.frames.length > 0)?.frames ?? []
  for (const { path, line } of frames.toReversed()) {
    const own = relative(realpathSync(root), real(isAbsolute(path) ? path : join(cwd, path))).replaceAll('\\', '/')
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
