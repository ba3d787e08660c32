import { runGit } from '../git/process.js'

/** One setting of git as text; null when it is not set. */
export async function readSetting(top: string, key: string): Promise<string | null> {
  const { code, stdout } = await runGit(top, ['config', '-z', '--get', key])
  return code === 0 ? stdout.toString('utf8').replace(/\0$/, '') : null
}
