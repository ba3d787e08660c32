import { isOid } from './objects.js'
import { runGit } from './process.js'

/** Where two commits parted; one place of several. Null without a common history, or where one of them is not here. */
export async function mergeBase(cwd: string, one: string, other: string): Promise<string | null> {
  const { code, stdout } = await runGit(cwd, ['merge-base', one, other])
  const base = stdout.toString('latin1').trim()
  return code === 0 && isOid(base) ? base : null
}
