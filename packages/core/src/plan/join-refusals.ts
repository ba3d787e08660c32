import type { History } from '../history/history.js'
import { list } from '../rules/support/words.js'
import type { Script } from '../script/script.js'
import type { PlanContext } from './context.js'
import { scriptsOf } from './lines.js'
import type { Reason, Refusal } from './plan.js'
import { refusal } from './refusal.js'

/** A base with a label of its own is meant to stand apart: one that is new, and those that stand apart where they are published. */
export function separateBranches(history: History, heads: readonly string[], { standing }: PlanContext): Refusal[] {
  const { environment, map } = history
  if (typeof environment.settings.expectedHeads !== 'number') return []
  const all = map.ancestors(heads, { dependencies: false })
  const bases = scriptsOf(history, all).filter(
    ({ downRevisions, branchLabels }) => downRevisions.length === 0 && branchLabels.length > 0,
  )
  const below = heads.map((head) => map.ancestors([head], { dependencies: false }))
  // Of several such bases none is below a head of the other.
  const isApart = ({ revision }: Script) =>
    bases.length > 1 &&
    below.every(
      (ids) => !ids.has(revision) || bases.every((one) => one.revision === revision || !ids.has(one.revision)),
    )
  return bases.flatMap((base) => {
    const { revision, path, branchLabels } = base
    if (standing.publishedIn(revision) !== null && !isApart(base)) return []
    const labels = list(branchLabels.map((label) => `"${label}"`))
    return refusal('separate-branch', `${revision} begins a branch of its own, labelled ${labels}`, {
      path,
      help: `say under \`expectedHeads\` of "${environment.path}" in onehead.json which branches there are, or join them with \`onehead merge\``,
    })
  })
}

export function loop(history: History, moved: ReadonlySet<string>): Refusal {
  const dependent = history.map.revisions.find(
    ({ revision, dependsOn }) => !moved.has(revision) && dependsOn.some((id) => moved.has(id)),
  )
  const revision = dependent?.dependsOn.find((id) => moved.has(id)) ?? [...moved][0]!
  const by = dependent?.revision ?? 'what it would stand on'
  const message = `${by} depends on ${revision}, so ${revision} cannot come after it`
  return { ...refusal('loop', message, { help: 'merge them instead' }), about: { kind: 'depended-on', revision, by } }
}

export function cannotMove(reason: Reason): Refusal {
  switch (reason.kind) {
    case 'published':
      return refusal(
        'published',
        `${reason.revision} is published (${reason.where}), and published revisions are never re-parented`,
        MERGE,
      )
    case 'no-target':
      return refusal(
        'no-target',
        `${reason.revision} is committed, and without a target branch to compare with that counts as published`,
        {
          help: 'name a target: `git config onehead.target main`, or "target" in onehead.json',
        },
      )
    case 'shared':
      return refusal(
        'shared',
        `${reason.revision} is on ${reason.branch} together with commits of ${reason.author}`,
        MERGE,
      )
    case 'stamped':
      return refusal('stamped', `${reason.revision} has run on ${reason.database}`, MERGE)
    case 'labelled':
      return refusal(
        'labelled',
        `${reason.revision} carries the branch label ${list(reason.labels.map((label) => `"${label}"`))}, which would mean another branch then`,
        MERGE,
      )
    default:
      return refusal('stays', 'it cannot be moved', MERGE)
  }
}

const MERGE = { help: 'write a merge revision instead', command: 'onehead merge' }

export function notWritten(why: string | Refusal, heads: readonly string[]): Refusal {
  if (typeof why !== 'string') return why
  return refusal('needs-alembic', why, {
    help: "let the project's own Alembic write the merge revision",
    command: `onehead merge --heads ${heads.join(',')}`,
  })
}

export function severalExpected({ map }: History, heads: readonly string[], expected: number): Refusal {
  const below = (head: string) => map.ancestors([head], { dependencies: false })
  const isFork = (one: string, other: string) => [...below(other)].some((id) => below(one).has(id))
  const pairs = heads.flatMap((one, index) => heads.slice(index + 1).map((other) => [one, other] as const))
  // What has no revision in common was never one branch.
  const pair = pairs.find(([one, other]) => isFork(one, other))
  return refusal(
    'several-expected',
    `${heads.length} heads where ${expected} are expected: which of them belong together is not written anywhere`,
    {
      help: 'merge two of them by name, or name the branches by their labels in `expectedHeads`',
      command: pair === undefined ? null : `onehead merge --heads ${pair.join(',')}`,
    },
  )
}

export function strayHeads(heads: readonly string[]): Refusal {
  return refusal('stray-head', `${list(heads)} ${heads.length === 1 ? 'is' : 'are'} on no expected branch`, {
    help: 'give the branch a label and add it to `expectedHeads`, or merge it into an expected branch by name',
  })
}
