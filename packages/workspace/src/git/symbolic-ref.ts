import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GitDirectories } from './directories.js'
import { runGit } from './process.js'

/**
 * The full ref that a symbolic ref such as `refs/remotes/origin/HEAD` names, whether or not that leads anywhere; null where
 * there is none. Reads its file; starts git only where refs are kept in another way.
 *
 * @param cwd absolute; in the repository
 */
export async function readSymbolicRef(
  cwd: string,
  directories: GitDirectories | null,
  ref: string,
): Promise<string | null> {
  if (directories !== null) {
    try {
      return /^ref: (\S+)\s*$/.exec(readFileSync(join(directories.common, ref), 'utf8'))?.[1] ?? null
    } catch {
      if (!existsSync(join(directories.common, 'reftable'))) return null
    }
  }
  const { code, stdout } = await runGit(cwd, ['symbolic-ref', '--quiet', ref])
  return code === 0 ? stdout.toString('utf8').trim() : null
}
