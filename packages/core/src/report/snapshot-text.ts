import { visible } from './cells.js'
import { count, listNames } from './counting.js'
import type { SnapshotReport } from './report.js'

/** True where git itself did not predict the merge. */
export function isApproximate(method: SnapshotReport['method']): boolean {
  return method !== null && method !== 'merge-tree'
}

/** What was judged, in words that follow "judged:". */
export function describeSnapshot({ kind, ref, commit, target, method }: SnapshotReport): string {
  const source = commit === null ? 'what is staged' : named(ref, commit)
  if (kind !== 'merge' || target === null) return commit === null ? source : `commit ${source}`
  const how = isApproximate(method) ? `, approximate: ${HOW[method!]}` : ''
  return `${source} as it will be once merged into ${named(target.ref, target.commit)}${how}`
}

const HOW: Readonly<Record<string, string>> = {
  'path-level': 'merged file by file',
  union: 'the files of both sides, because no common commit is known',
}

function named(ref: string | null, commit: string): string {
  const short = commit.slice(0, 7)
  return ref === null || commit.startsWith(ref) ? short : `${visible(ref)} (${short})`
}

/** A sentence on files that git cannot merge by itself; null where there is none. */
export function describeTextualConflicts({ textualConflicts }: SnapshotReport): string | null {
  if (textualConflicts.length === 0) return null
  const files = `${count(textualConflicts.length, 'file')} ${textualConflicts.length === 1 ? 'is' : 'are'}`
  return `${files} changed on both sides and git will ask you to merge by hand (${listNames(textualConflicts)}); the target's side was judged`
}

/**
 * The command that brings the target into the tree at hand, so that what was predicted can be repaired there; null where
 * nothing was merged or everything is there already, or where the target has no name that means something on another machine.
 */
export function commandToMerge(snapshot: SnapshotReport | undefined): string | null {
  if (snapshot?.target != null && snapshot.base === snapshot.target.commit) return null
  const ref = snapshot?.target?.ref.replace(/^refs\/(heads|remotes)\//, '')
  if (ref === undefined || !/^[\w][\w./-]*$/.test(ref) || /^[0-9a-f]{7,64}$|(^|_)HEAD$/.test(ref)) return null
  const remote = /^(origin|upstream)\/(.+)$/.exec(ref)
  return remote === null ? `git merge ${ref}` : `git fetch ${remote[1]} ${remote[2]} && git merge ${ref}`
}

/** A sentence on scripts that lie on disk and were not judged; null where there is none. */
export function describeUncommitted({ uncommitted }: SnapshotReport): string | null {
  if (uncommitted.length === 0) return null
  const scripts = `${count(uncommitted.length, 'script')} ${uncommitted.length === 1 ? 'is' : 'are'}`
  return `${scripts} not committed and not judged (${listNames(uncommitted)})`
}
