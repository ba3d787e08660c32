import type { Configuration } from '../configuration/index.js'
import { UsageError } from '../errors.js'
import { readOperatorSettings, trackingRef } from '../gate/operator.js'
import { type GitObjects, isOid } from '../git/objects.js'
import { runGit } from '../git/process.js'
import { findTarget, type Target, type TargetFacts } from '../git/target.js'

/**
 * The target of the branch that is checked out (the design's word), as it is known here, without the network. Throws
 * `UsageError` where there is none: what nobody can compare with is not "nothing wrong".
 *
 * @param root absolute
 */
export async function findLanding(root: string, objects: GitObjects, configuration: Configuration): Promise<Target> {
  const settings = await readOperatorSettings(root)
  const remotes = [...settings.remotes.keys()]
  // Without any remote a target that is named is a branch of this repository.
  const remote = remotes.includes('origin') || remotes.length > 1 ? 'origin' : (remotes[0] ?? null)
  const [head, standard] = await Promise.all([
    symbolic(root, 'HEAD'),
    remote === null ? null : symbolic(root, `refs/remotes/${remote}/HEAD`),
  ])
  const commitOf = async (ref: string) => (await objects.read(`${ref}^{commit}`))?.oid ?? null
  const known = standard !== null && (await commitOf(standard)) !== null
  const facts: TargetFacts = {
    remotes,
    trackingRef: (name, branch) => trackingRef(settings, name, branch),
    // A default branch that the remote has renamed leads nowhere here.
    defaultBranch: known ? standard.slice(`refs/remotes/${remote}/`.length) : null,
    initialBranch: settings.initialBranch,
    commitOf,
  }
  const { target, targets } = configuration
  const branch = head?.replace(/^refs\/heads\//, '') ?? ''
  const own = { operator: settings.target, target, targets }
  const found = await findTarget(facts, own, { remote, branch, remoteCommit: null })
  if (found !== null && 'commit' in found && isOid(found.commit)) return found
  if (found !== null && 'missing' in found && found.missing !== null) {
    throw new UsageError(`the target ${found.missing} is not known here`, {
      help: remote === null ? 'there is no remote: name a branch that is here' : 'fetch it, or name another one',
    })
  }
  throw new NoTarget(remote, standard !== null && !known ? standard.slice('refs/remotes/'.length) : null)
}

/** Nobody has said where this work will land, and nothing here tells. */
export class NoTarget extends UsageError {
  /** How the remote would tell, in words with a command; null where there is none. */
  readonly asking: string | null

  /**
   * @param remote that knows its default branch
   * @param gone what was its default branch, and is not here any more
   */
  constructor(remote: string | null, gone: string | null) {
    super('no target is known that this work will land on', {
      help:
        remote === null
          ? 'name a branch (`onehead check --merge-with origin/main`), or "target" in onehead.json'
          : `ask for its default branch (\`git remote set-head ${remote} --auto\`), or name a branch: \`--merge-with\`, or "target" in onehead.json; in CI fetch it first`,
    })
    const why = gone === null ? 'nothing here says' : `${gone} is not here any more; nothing says`
    this.asking =
      remote && `${why} which branch of ${remote} work lands on: \`git remote set-head ${remote} --auto\` asks it`
  }
}

async function symbolic(root: string, ref: string): Promise<string | null> {
  const { code, stdout } = await runGit(root, ['symbolic-ref', '--quiet', ref])
  return code === 0 ? stdout.toString('utf8').trim() : null
}
