import type { History } from '../history/history.js'
import type { Comparison } from '../overlap/index.js'
import { newestOf } from '../rules/support/docstring.js'
import { surplusHeads } from '../rules/support/surplus.js'
import type { Script } from '../script/script.js'
import { blockingOf, compareScripts, notesOf, together } from './compare.js'
import type { PlanContext } from './context.js'
import type { Draft } from './draft.js'
import { dropDuplicates } from './drop-duplicates.js'
import { type FixedGround, findFixedGround } from './fixed-ground.js'
import { cannotMove, loop, notWritten, separateBranches, severalExpected, strayHeads } from './join-refusals.js'
import { type Line, linesOf, scriptsOf } from './lines.js'
import type { Move, Reason, Refusal, Repair } from './plan.js'
import { reparent } from './re-parent.js'
import type { Grade } from './ways.js'

/** How the heads of one history become as many as they should be. */
export interface Joined {
  readonly draft: Draft
  readonly decision: 'none' | 'rebase' | 'merge' | 'refuse'
  readonly reasons: readonly Reason[]
  readonly moves: readonly Move[]
  readonly merged: Repair['merged']
  /** What was taken out of scripts because the other side does it already. */
  readonly mended: Repair['mended']
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
  mended: [],
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
  if (context.heads !== undefined) return mergeAll(draft, context, context.heads, [forced(context, 'merge')])
  const { expectedHeads } = context.history.environment.settings
  const surplus = surplusHeads(draft.history, expectedHeads)
  if (surplus === null || surplus.count === 0) return { ...NOTHING, draft }
  if (typeof expectedHeads === 'number') {
    return expectedHeads === 1
      ? joinGroup(draft, context, surplus.heads)
      : refused(draft, severalExpected(draft.history, surplus.heads, expectedHeads))
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
  const { history } = draft
  const all = history.map.ancestors(heads, { dependencies: false })
  const separate = separateBranches(history, heads, context)
  if (separate.length > 0 && context.wantedBy !== 'command') return refused(draft, ...separate)
  if (context.want === 'merge') return mergeAll(draft, context, heads, [forced(context, 'merge')])
  const ground = findFixedGround(history, all, context.standing)
  if (ground.tops.length > 1) {
    if (context.want !== 'rebase') return mergeAll(draft, context, heads, ground.reasons)
    return refused(draft, ...ground.reasons.map((reason) => cannotMove(reason)))
  }
  const rebased = stack(draft, context, heads, ground)
  if (rebased.decision !== 'refuse' || context.want === 'rebase') return rebased
  const reasons = rebased.refusals.flatMap(({ about }) => about ?? [])
  return reasons.length === 0 ? rebased : mergeAll(draft, context, heads, reasons)
}

/** One line after the other on top of what stays: those that stand there already first, then the oldest. */
function stack(draft: Draft, context: PlanContext, heads: readonly string[], ground: FixedGround): Joined {
  const trial = draft.copy()
  const [top = null] = ground.tops
  const order = inOrder(draft.history, heads, top)
  let onto = top ?? order.shift()!.revision
  const placed = new Set(draft.history.map.ancestors([onto], { dependencies: false }))
  const moves: Move[] = []
  const moved = new Set<string>()
  const sides: Comparison[] = []
  for (const { revision } of order) {
    const below = trial.history.map.ancestors([revision], { dependencies: false })
    const own = new Set([...below].filter((id) => !placed.has(id)))
    if (!below.has(onto)) {
      const theirs = new Set([...placed].filter((id) => !below.has(id)))
      sides.push(compareScripts(draft, context, scriptsOf(draft.history, own), scriptsOf(draft.history, theirs)))
      moves.push(...reparent(trial, own, onto))
      for (const id of own) moved.add(id)
    }
    for (const id of own) placed.add(id)
    onto = revision
  }
  const compared = together(sides)
  const dropped = context.overlaps === 'drop' ? dropDuplicates(trial, compared.overlaps, context) : []
  const left = compared.overlaps.filter((overlap) => !dropped.some((one) => one.overlap === overlap))
  const blocking = context.overlaps === 'allow' ? [] : blockingOf(left, draft.history.environment.name)
  if (blocking.length > 0) return refused(draft, ...blocking)
  const { error, map } = trial.history
  if (error !== null || map.cycles.length > 0) return refused(draft, loop(draft.history, moved))
  const reasons: Reason[] = [
    ...(context.want === 'rebase' ? [forced(context, 'rebase')] : []),
    {
      kind: 'unpublished',
      revisions: order.map(({ revision }) => revision).filter((id) => moved.has(id)),
      target: top === null ? null : context.standing.publishedIn(top),
    },
  ]
  const { grade } = compared
  const mended = dropped.map(({ path, text }) => ({ rule: 'overlapping-operations', path, text }))
  return {
    ...NOTHING,
    draft: trial,
    decision: 'rebase',
    reasons,
    moves,
    moved,
    mended,
    grade,
    notes: notesOf(compared),
  }
}

/** The heads that can move: what stands on `top` already comes first, then by age. */
function inOrder(history: History, heads: readonly string[], top: string | null): Script[] {
  const { map } = history
  const scripts = byAge(
    history,
    heads.filter((id) => id !== top),
  )
  const standsOn = ({ revision }: Script) => top !== null && map.ancestors([revision], { dependencies: false }).has(top)
  return [...scripts.filter(standsOn), ...scripts.filter((script) => !standsOn(script))]
}

/** Every pair of sides. */
function compareAll(draft: Draft, context: PlanContext, heads: readonly string[]): Comparison {
  const { history } = draft
  const lines = linesOf(history, heads)
  return together(
    lines.flatMap((theirs, index) =>
      lines
        .slice(index + 1)
        .map((mine) => compareScripts(draft, context, scriptsOf(history, mine.own), scriptsOf(history, theirs.own))),
    ),
  )
}

const GRADES: readonly Grade[] = ['overlap', 'opaque', 'same-table']

function mergeAll(draft: Draft, context: PlanContext, heads: readonly string[], reasons: readonly Reason[]): Joined {
  const compared = compareAll(draft, context, heads)
  const blocking = context.overlaps === 'allow' ? [] : blockingOf(compared.overlaps, draft.history.environment.name)
  if (blocking.length > 0) return refused(draft, ...blocking)
  const parents = heads.flatMap((id) => draft.history.map.get(id) ?? [])
  const written = context.writeMerge(parents)
  if ('refusal' in written) return refused(draft, notWritten(written.refusal, heads))
  const trial = draft.copy()
  trial.add(written.path, written.bytes)
  const merged = [{ revision: written.revision, parents: heads, path: written.path }]
  return { ...NOTHING, draft: trial, decision: 'merge', reasons, merged, notes: notesOf(compared) }
}

function both(one: Joined, other: Joined): Joined {
  if (other.decision === 'refuse') return other
  return {
    draft: other.draft,
    decision: one.decision === 'none' || one.decision === other.decision ? other.decision : 'rebase',
    reasons: [...one.reasons, ...other.reasons],
    moves: [...one.moves, ...other.moves],
    merged: [...one.merged, ...other.merged],
    mended: [...one.mended, ...other.mended],
    moved: new Set([...one.moved, ...other.moved]),
    grade: GRADES.find((grade) => one.grade === grade || other.grade === grade) ?? 'disjoint',
    refusals: [],
    notes: [...one.notes, ...other.notes],
  }
}

/** The oldest first, as far as docstrings tell, else in load order; but nothing before what it depends on. */
function byAge(history: History, heads: readonly string[]): Script[] {
  const { map } = history
  const left = [...linesOf(history, heads)]
  const sorted: Script[] = []
  while (left.length > 0) {
    const isNeeded = ({ own }: Line) =>
      left.some(({ head }) => !own.has(head.revision) && [...map.ancestors([head.revision])].some((id) => own.has(id)))
    const free = left.filter((line) => !isNeeded(line))
    const last = newestOf((free.length === 0 ? left : free).map(({ head }) => head))!
    sorted.unshift(last)
    left.splice(
      left.findIndex(({ head }) => head === last),
      1,
    )
  }
  return sorted
}

function forced({ wantedBy }: PlanContext, policy: 'rebase' | 'merge'): Reason {
  return wantedBy === 'command' ? { kind: 'asked' } : { kind: 'policy', policy }
}

function refused(draft: Draft, ...refusals: readonly Refusal[]): Joined {
  return { ...NOTHING, draft, decision: 'refuse', refusals }
}
