import { runGit } from './process.js'

/** One path of `git diff --raw`: ids are all zero where a side has nothing. */
export interface RawChange {
  readonly path: string
  readonly oldMode: string
  readonly newMode: string
  readonly oldOid: string
  readonly newOid: string
}

/** As little as git can do, whatever the user has configured; paths come as bytes between NULs. */
export const RAW_DIFF = [
  'diff',
  '--raw',
  '-z',
  '--no-renames',
  '--no-abbrev',
  '--no-ext-diff',
  '--no-textconv',
  '--no-relative',
  '--ignore-submodules=all',
] as const

/**
 * What differs between two commits or trees, by path from the top of the repository.
 * @param ends full ids, already validated: two, or one `a...b`
 * @returns null where git fails (an object is missing, no merge base)
 */
export async function rawDiff(cwd: string, ...ends: readonly string[]): Promise<readonly RawChange[] | null> {
  const { code, stdout } = await runGit(cwd, [...RAW_DIFF, ...ends, '--'])
  return code === 0 ? parseRawDiff(stdout) : null
}

/** `:<old mode> <new mode> <old id> <new id> <status>\0<path>\0` for each; without renames there is one path. */
export function parseRawDiff(output: Buffer): readonly RawChange[] {
  const changes: RawChange[] = []
  for (let at = 0; at < output.length; ) {
    const middle = output.indexOf(0, at)
    const end = middle === -1 ? -1 : output.indexOf(0, middle + 1)
    if (end === -1) break
    const fields = output.toString('latin1', at + 1, middle).split(' ')
    const [oldMode = '', newMode = '', oldOid = '', newOid = '', status] = fields
    // An unmerged path of the index has no content that could be compared.
    if (status !== 'U')
      changes.push({ path: output.toString('utf8', middle + 1, end), oldMode, newMode, oldOid, newOid })
    at = end + 1
  }
  return changes
}

export function isZero(oid: string): boolean {
  return /^0+$/.test(oid)
}
