import { newestOf } from '../rules/support/docstring.js'
import { surplusHeads } from '../rules/support/surplus.js'
import { list } from '../rules/support/words.js'
import type { Script } from '../script/script.js'
import type { Compared, PlanContext } from './context.js'
import type { Draft } from './draft.js'
import { type Line, linesOf, scriptsOf } from './lines.js'
import type { Move, Reason, Refusal, Repair } from './plan.js'
import { reparentLine } from './re-parent.js'
import { refusal } from './refusal.js'
import type { Grade } from './ways.js'
import { whyItStays } from './why-it-stays.js'

/** How the heads of one history become as many as they should be. */
export interface Joined {
  readonly draft: Draft
  readonly decision: 'none' | 'rebase' | 'merge' | 'refuse'
  readonly reasons: readonly Reason[]
  readonly moves: readonly Move[]
  readonly merged: Repair['merged']
  /** Every id of the lines that moved. */
  readonly moved: ReadonlySet<string>
  readonly grade: Grade
  readonly refusals: readonly Refusal[]
  readonly notes: readonly string[]
}

const NOTHING: Omit<Joined, 'draft'> = {
  decision: 'none',
  reasons: [],
  moves: [],
  merged: [],
  moved: new Set(),
  grade: 'disjoint',
  refusals: [],
  notes: [],
}

/**
 * Re-parents what nobody has yet, and merges the rest (the design's *Verdict*). Heads that belong to different expected
 * branches are never joined.
 */
export function joinHeads(draft: Draft, context: PlanContext): Joined {
  const { expectedHeads } = context.history.environment.settings
  const surplus = surplusHeads(draft.history, expectedHeads)
  if (surplus === null || surplus.count === 0) return { ...NOTHING, draft }
  if (typeof expectedHeads === 'number') {
    return expectedHeads === 1
      ? joinGroup(draft, context, surplus.heads)
      : refused(draft, severalExpected(surplus.heads, expectedHeads))
  }
  const { map } = draft.history
  const stray = surplus.heads.filter((head) => !map.labels(head).some((label) => expectedHeads.includes(label)))
  if (stray.length > 0) return refused(draft, strayHeads(stray))
  return expectedHeads.reduce<Joined>(
    (joined, label) => {
      if (joined.decision === 'refuse') return joined
      const heads = surplus.heads.filter((head) => map.labels(head).includes(label))
      return heads.length < 2 ? joined : both(joined, joinGroup(joined.draft, context, heads))
    },
    { ...NOTHING, draft },
  )
}

function joinGroup(draft: Draft, context: PlanContext, heads: readonly string[]): Joined {
  const lines = linesOf(draft.history, heads).map((line) => ({ line, stays: whyItStays(line, draft.history, context) }))
  const separate = lines.flatMap(({ line }) => separateBranch(line, context))
  if (separate.length > 0 && context.wantedBy !== 'command') return refused(draft, ...separate)
  const staying = lines.filter(({ stays }) => stays !== null)
  if (context.want === 'merge') return mergeAll(draft, context, heads, [forced(context, 'merge')])
  if (staying.length > 1) {
    const reasons = staying.map(({ stays }) => stays!)
    if (context.want !== 'rebase') return mergeAll(draft, context, heads, reasons)
    return refused(draft, ...reasons.map((reason) => cannotMove(reason)))
  }
  const movable = byAge(lines.filter(({ stays }) => stays === null).map(({ line }) => line))
  const kept = staying[0]?.line ?? movable.shift()!
  const rebased = stack(draft, context, kept, movable)
  if (rebased.decision !== 'refuse' || context.want === 'rebase') return rebased
  const blocked = rebased.refusals.filter(({ kind }) => kind !== 'loop')
  return blocked.length > 0 ? rebased : mergeAll(draft, context, heads, loopReasons(rebased))
}

/** One line after the other on top of what stays, the oldest first. */
function stack(draft: Draft, context: PlanContext, kept: Line, movable: readonly Line[]): Joined {
  const trial = draft.copy()
  const compared = compareAll(draft, context, [kept, ...movable])
  if (compared.blocking.length > 0 && !context.allowOverlap) return refused(draft, ...compared.blocking)
  const moves: Move[] = []
  let onto = kept.head.revision
  for (const line of movable) {
    moves.push(...reparentLine(trial, line, onto))
    onto = line.head.revision
  }
  const { error, map } = trial.history
  if (error !== null || map.cycles.length > 0) return refused(draft, loop(kept, movable, draft))
  const moved = new Set(movable.flatMap(({ own }) => [...own]))
  const target = context.standing.publishedIn(kept.head.revision)
  const reasons: Reason[] = [
    ...(context.want === 'rebase' ? [forced(context, 'rebase')] : []),
    { kind: 'unpublished', revisions: movable.map(({ head }) => head.revision), target },
  ]
  const { grade, notes } = compared
  return { ...NOTHING, draft: trial, decision: 'rebase', reasons, moves, moved, grade, notes }
}

/** Every pair of sides; the worst grade counts. */
function compareAll({ history }: Draft, { compare }: PlanContext, lines: readonly Line[]): Compared {
  const compared = lines.flatMap((theirs, index) =>
    lines.slice(index + 1).map((mine) => compare(scriptsOf(history, mine.own), scriptsOf(history, theirs.own))),
  )
  return {
    grade: GRADES.find((grade) => compared.some((one) => one.grade === grade)) ?? 'disjoint',
    blocking: compared.flatMap(({ blocking }) => blocking),
    notes: [...new Set(compared.flatMap(({ notes }) => notes))],
  }
}

const GRADES: readonly Grade[] = ['overlap', 'opaque', 'same-table']

function mergeAll(draft: Draft, context: PlanContext, heads: readonly string[], reasons: readonly Reason[]): Joined {
  const compared = compareAll(draft, context, linesOf(draft.history, heads))
  if (compared.blocking.length > 0 && !context.allowOverlap) return refused(draft, ...compared.blocking)
  const parents = heads.flatMap((id) => draft.history.map.get(id) ?? [])
  const written = context.writeMerge(parents)
  if ('refusal' in written) return refused(draft, needsAlembic(written.refusal, heads))
  const trial = draft.copy()
  trial.add(written.path, written.bytes)
  const merged = [{ revision: written.revision, parents: heads, path: written.path }]
  return { ...NOTHING, draft: trial, decision: 'merge', reasons, merged, notes: compared.notes }
}

function both(one: Joined, other: Joined): Joined {
  if (other.decision === 'refuse') return other
  return {
    draft: other.draft,
    decision: one.decision === 'none' || one.decision === other.decision ? other.decision : 'rebase',
    reasons: [...one.reasons, ...other.reasons],
    moves: [...one.moves, ...other.moves],
    merged: [...one.merged, ...other.merged],
    moved: new Set([...one.moved, ...other.moved]),
    grade: GRADES.find((grade) => one.grade === grade || other.grade === grade) ?? 'disjoint',
    refusals: [],
    notes: [...one.notes, ...other.notes],
  }
}

/** The oldest first, as far as docstrings tell; else in load order. */
function byAge(lines: readonly Line[]): Line[] {
  const left = [...lines]
  const sorted: Line[] = []
  while (left.length > 0) {
    const newest = newestOf(left.map(({ head }) => head))
    const index = left.findIndex(({ head }) => head === newest)
    sorted.unshift(...left.splice(index, 1))
  }
  return sorted
}

/** A new base with a label of its own is meant to stand apart. */
function separateBranch({ own, head }: Line, { history, standing }: PlanContext): Refusal[] {
  const base = scriptsOf(history, own).find(isLabelledBase)
  if (base === undefined || standing.publishedIn(base.revision) !== null) return []
  const labels = list(base.branchLabels.map((label) => `"${label}"`))
  return [
    refusal('separate-branch', `${base.revision} begins a branch of its own, labelled ${labels}`, {
      path: base.path,
      help: `say under \`expectedHeads\` of "${history.environment.path}" in onehead.json which branches there are, or merge ${head.revision} by name`,
    }),
  ]
}

function isLabelledBase({ downRevisions, branchLabels }: Script): boolean {
  return downRevisions.length === 0 && branchLabels.length > 0
}

function forced({ wantedBy }: PlanContext, policy: 'rebase' | 'merge'): Reason {
  return wantedBy === 'command' ? { kind: 'asked' } : { kind: 'policy', policy }
}

function loopReasons({ refusals }: Joined): Reason[] {
  return refusals.flatMap(({ about }) => (about === undefined ? [] : [about]))
}

function loop(kept: Line, movable: readonly Line[], { history }: Draft): Refusal {
  const own = new Set(movable.flatMap((line) => [...line.own]))
  const dependent = scriptsOf(history, kept.own).find(({ dependsOn }) => dependsOn.some((id) => own.has(id)))
  const revision = dependent?.dependsOn.find((id) => own.has(id)) ?? movable[0]!.head.revision
  const by = dependent?.revision ?? kept.head.revision
  return {
    ...refusal('loop', `${by} depends on ${revision}, so ${revision} cannot come after it`, {
      help: 'merge them instead',
    }),
    about: { kind: 'depended-on', revision, by },
  }
}

function cannotMove(reason: Reason): Refusal {
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

function needsAlembic(why: string, heads: readonly string[]): Refusal {
  return refusal('needs-alembic', why, {
    help: "let the project's own Alembic write the merge revision",
    command: `onehead merge --heads ${heads.join(',')}`,
  })
}

function severalExpected(heads: readonly string[], expected: number): Refusal {
  return refusal(
    'several-expected',
    `${heads.length} heads where ${expected} are expected: which of them belong together is not written anywhere`,
    {
      help: 'merge two of them by name, or name the branches by their labels in `expectedHeads`',
      command: `onehead merge --heads ${heads.slice(0, 2).join(',')}`,
    },
  )
}

function strayHeads(heads: readonly string[]): Refusal {
  return refusal('stray-head', `${list(heads)} ${heads.length === 1 ? 'is' : 'are'} on no expected branch`, {
    help: 'give the branch a label and add it to `expectedHeads`, or merge it into an expected branch by name',
  })
}

function refused(draft: Draft, ...refusals: readonly Refusal[]): Joined {
  return { ...NOTHING, draft, decision: 'refuse', refusals }
}
