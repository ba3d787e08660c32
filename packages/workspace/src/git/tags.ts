import { isOid } from './oid.js'
import { runGit } from './process.js'

/** Ids (of commits, or of tags) by the full refs of all tags: one process, and no object is opened. */
export async function listTags(cwd: string): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await runGit(cwd, ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/tags'])
  const tags = new Map<string, string>()
  for (const line of stdout.toString('utf8').split('\n')) {
    const space = line.indexOf(' ')
    if (isOid(line.slice(0, space))) tags.set(line.slice(space + 1), line.slice(0, space))
  }
  return tags
}
