import { isOid } from '../git/objects.js'

/** One line of what git tells pre-push: what is pushed, and where to. */
export interface PushLine {
  /** As it was typed: `refs/heads/dates`, `HEAD~1`, an id, `HEAD@{2 days ago}`, `(delete)`. */
  readonly localRef: string
  /** All zero where the remote ref is deleted. */
  readonly localOid: string
  readonly remoteRef: string
  /** What the remote has now; all zero where it has nothing. It need not be here. */
  readonly remoteOid: string
}

/** A line that brings commits to a branch. */
export interface BranchPush extends PushLine {
  /** Without `refs/heads/` (or Gerrit's `refs/for/`). */
  readonly branch: string
}

/** `<local ref> SP <local id> SP <remote ref> SP <remote id> LF`; the local ref may hold spaces. Other lines are left out. */
export function parsePushLines(input: string): readonly PushLine[] {
  return input.split('\n').flatMap((line) => {
    // From the right: of the four only the first may hold spaces.
    const words = line.replace(/\r$/, '').split(' ')
    const [localOid = '', remoteRef = '', remoteOid = ''] = words.slice(-3)
    if (words.length < 4 || !isOid(localOid) || !isOid(remoteOid) || !remoteRef.startsWith('refs/')) return []
    return [{ localRef: words.slice(0, -3).join(' '), localOid, remoteRef, remoteOid }]
  })
}

/** Only branches: what tags, notes and remote-tracking refs bring, no deployment runs. Deleting brings nothing. */
export function branchPushes(lines: readonly PushLine[]): readonly BranchPush[] {
  return lines.flatMap((line) => {
    const branch = /^refs\/(?:heads|for)\/([^%]+)/.exec(line.remoteRef)?.[1]
    return branch === undefined || isNothing(line.localOid) ? [] : [{ ...line, branch }]
  })
}

/** The id that stands for "nothing", in repositories of either kind. */
export function isNothing(oid: string): boolean {
  return /^0+$/.test(oid)
}

/**
 * The push as the pre-commit framework tells it: it has read standard input itself. Only its first line is known.
 * See `PRE_COMMIT_*` in its documentation of pre-push.
 */
export function linesFromPreCommit(env: Readonly<Record<string, string | undefined>>): readonly PushLine[] {
  const { PRE_COMMIT_REMOTE_BRANCH: remoteRef, PRE_COMMIT_LOCAL_BRANCH: localRef } = env
  const { PRE_COMMIT_TO_REF: localOid, PRE_COMMIT_FROM_REF: remoteOid } = env
  if (!remoteRef || !localRef || !localOid || !isOid(localOid)) return []
  const known = remoteOid !== undefined && isOid(remoteOid)
  return [{ localRef, localOid, remoteRef, remoteOid: known ? remoteOid : '0'.repeat(localOid.length) }]
}
