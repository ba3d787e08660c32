import type { HistoryChange, Notice } from '@onehead/core'
import { runGit } from '../git/process.js'
import { compareSides, type Difference } from './compare-sides.js'
import type { MomentsInHand } from './hook.js'
import { publishedHere } from './published-here.js'
import { openSide } from './side.js'
import { wasTold } from './told.js'

/** So many revisions are worth asking who made them. */
const FEW_REVISIONS = 6
/** Nobody waits longer for a name. */
const AUTHORS_MS = 1000

/** Reads the histories at both moments and compares them; `null` where nothing is worth a word, or it was told last. */
export async function composeNotice(hand: MomentsInHand): Promise<Notice | null> {
  const { moments, directories } = hand
  const now = await openSide(hand.now)
  const before = await openSide(hand.before, now.configuration)
  const difference = await compareSides(before, now, (history) => publishedHere(hand, now, history))
  const { changes, broken } = difference
  if (changes.length + broken.length === 0) return null
  // Commits that are still to be applied bring back what seems to be gone: post-rewrite will tell.
  if (moments.isHalfWay && changes.some(({ left }) => left.length > 0)) return null
  if (wasTold(directories, stateOf(difference))) return null
  return {
    occasion: moments.occasion,
    changes,
    broken: broken.map(({ name, config, message }) => ({ name, config, message })),
    before: moments.wayBack ?? hand.commits.before.slice(0, 10),
    authors: await authorsOf(hand, changes),
  }
}

/** What a reader knows of the environments that changed: heads, and every revision that came in, left or moved. */
function stateOf({ changes, broken }: Difference): unknown {
  const ids = (revisions: readonly { readonly revision: string }[]) => revisions.map(({ revision }) => revision).sort()
  return [
    changes.map(({ environment, heads, cameIn, left, reparented, newErrors }) => [
      environment.config,
      environment.section,
      heads && ids(heads),
      ids(cameIn),
      ids(left),
      reparented.map(({ revision, to }) => [revision, ...to]),
      newErrors.map(({ fingerprint }) => fingerprint),
    ]),
    broken.map(({ config, section, message }) => [config, section, message]),
  ]
}

/** Who made the revisions that came in, where they are few: one more git process. An author unknown is no trouble. */
async function authorsOf(hand: MomentsInHand, changes: readonly HistoryChange[]): Promise<ReadonlyMap<string, string>> {
  const { commits, moments, root } = hand
  const cameIn = changes.filter(({ kind }) => kind === 'changed').flatMap((change) => change.cameIn)
  const authors = new Map<string, string>()
  const isShared = moments.occasion === 'merge' || moments.occasion === 'rebase'
  if (!isShared || commits.now === null || cameIn.length === 0 || cameIn.length > FEW_REVISIONS) return authors
  const args = ['-c', 'core.quotePath=false', '--literal-pathspecs', 'log', '--format=%x01%aN', '--name-only']
  const range = `${commits.before}..${commits.now}`
  const options = ['--relative', '--no-renames', '--no-show-signature', '--diff-filter=A', range, '--']
  const { code, stdout } = await runGit(root, [...args, ...options, ...cameIn.map(({ path }) => path)], {
    timeoutMs: AUTHORS_MS,
  })
  if (code !== 0) return authors
  const byPath = new Map<string, string>()
  for (const entry of stdout.toString('utf8').split('\x01').slice(1)) {
    const [author = '', ...paths] = entry.split('\n')
    for (const path of paths) if (path !== '') byPath.set(path, author)
  }
  for (const { revision, path } of cameIn) {
    const author = byPath.get(path)
    if (author !== undefined) authors.set(revision, author)
  }
  return authors
}
