import type { Repair, RepairPlan } from '../plan/plan.js'
import { visible } from './cells.js'
import { count, listNames } from './counting.js'
import { hang } from './frame.js'
import { createPage, type Page, type TextOptions } from './page.js'
import { paintCode } from './paint.js'
import { sayHeads } from './plan-words.js'
import type { RepairOutcome, WalkedDatabase } from './repair-report.js'

export interface OutcomeTextOptions extends TextOptions {
  /** The command that applies the plan, as it was typed, without `--dry-run` and `--interactive`: `onehead fix billing`. */
  readonly apply: string
  /** What there may be nothing of; default `repair`. */
  readonly deed?: 'repair' | 'merge'
}

/** So many environments, and so many diagnostics that are left, get a line each. */
const FEW = 6

/**
 * What became of a repair plan, below the plan itself: the heads there are now or would be, what is left to do, and in the last
 * line the next command. Ends with a line end.
 */
export function formatRepairOutcome(plan: RepairPlan, outcome: RepairOutcome, options: OutcomeTextOptions): string {
  const page = createPage(options)
  const lines = isWritten(plan)
    ? outcome.applied
      ? sayApplied(plan, outcome, page)
      : sayPlanned(plan, options.apply, page)
    : refusalsOf(plan) > 0
      ? sayRefused(plan, page)
      : sayNothing(plan, options.deed ?? 'repair', page)
  return `${lines.join('\n')}\n`
}

function isWritten({ git, changes, repairs }: RepairPlan): boolean {
  // A merge revision that the project's own Alembic will write has no file in the plan.
  return git !== null || changes.length > 0 || repairs.some(({ merged }) => merged.length > 0)
}

function refusalsOf({ refusals, repairs }: RepairPlan): number {
  return refusals.length + repairs.reduce((sum, repair) => sum + repair.refusals.length, 0)
}

/** Those that the plan does something for. */
function repaired({ repairs }: RepairPlan): readonly Repair[] {
  return repairs.filter(({ decision }) => decision !== 'none' && decision !== 'refuse')
}

function sayPlanned(plan: RepairPlan, apply: string, page: Page): readonly string[] {
  const files = plan.changes.length === 0 ? '' : `: ${count(plan.changes.length, 'file')} would change`
  return [
    `${page.glyphs.bullet} nothing is written yet${files}`,
    ...sayRest(plan, page),
    `  next: ${code(apply, page)} applies it`,
  ]
}

function sayApplied(plan: RepairPlan, outcome: RepairOutcome, page: Page): readonly string[] {
  const { commit, push, left, next } = outcome
  const isWhole = !left.some(({ severity }) => severity === 'error') && push !== 'stopped'
  const sign = isWhole ? page.paint('success', page.glyphs.success) : page.paint('warn', page.glyphs.warning)
  const undo = `to take it back: ${code('onehead fix --undo', page)}`
  const after = left.length > 0 ? 'onehead check' : next
  return [
    ...sayAllHeads(repaired(plan), sign),
    ...(outcome.walked ?? []).flatMap((one) => sayWalked(one, page)),
    ...(commit === null ? [] : [`  committed as ${commit.slice(0, 12)}${PUSH[push ?? 'unknown']}`]),
    ...left.slice(0, FEW).flatMap(({ rule, severity, environment, message }) => {
      const word = `still ${severity === 'warn' ? 'warning' : severity}[${rule}]:`
      return hang(severity, word, `${environment}: ${message}`, page, '  ')
    }),
    ...(left.length > FEW ? [`  ${page.glyphs.ellipsis} and ${left.length - FEW} more`] : []),
    ...sayRest(plan, page),
    `  ${undo}`,
    ...(after === null ? [] : [`  next: ${code(after, page)}`]),
  ]
}

/** Exit code 0 is for databases that need nobody any more. */
export function isPutRight({ kind }: WalkedDatabase): boolean {
  return kind === 'arrived' || kind === 'untouched'
}

/** What became of a database that had run what moved. */
function sayWalked(
  { environment, database, kind, from, to, steps, backups, message }: WalkedDatabase,
  page: Page,
): string[] {
  const name = visible(database === '' ? `the database of ${environment}` : `${environment}: ${database}`)
  const kept = backups.map((path) => `    backup: ${visible(path)}`)
  if (kind === 'untouched') return [`  ${name} stands at ${visible(from.join(', ') || 'base')}: nothing to put right`]
  if (kind === 'arrived') {
    const walked = steps.map(({ command, revision }) => `${command} ${revision}`).join(', ')
    return [
      `${page.paint('success', page.glyphs.success)} ${name} stands at ${visible(to!.join(', '))} (${visible(walked)})`,
      ...kept,
    ]
  }
  const stands = to === null ? '' : `; it stands at ${visible(to.join(', ') || 'base')}`
  return [
    `${page.paint('error', page.glyphs.failure)} ${name} is not put right: ${visible(message ?? kind)}${stands}`,
    '    the way above is still open',
    ...kept,
  ]
}

const PUSH: Readonly<Record<'passes' | 'stopped' | 'unknown', string>> = {
  passes: '; your push will pass',
  stopped: '; your push would be stopped all the same',
  unknown: '',
}

function sayAllHeads(repairs: readonly Repair[], sign: string): readonly string[] {
  if (repairs.length > FEW && repairs.every(({ headsAfter }) => headsAfter.length === 1))
    return [`${sign} one head each in ${count(repairs.length, 'environment')}`]
  if (repairs.length === 0) return [`${sign} done`]
  return repairs.map(
    ({ headsAfter, environment }) => `${sign} ${visible(sayHeads(headsAfter))} in ${visible(environment.name)}`,
  )
}

/** What stays as it is although something should be done. */
function sayRest(plan: RepairPlan, page: Page): readonly string[] {
  const names = plan.repairs.filter(({ refusals }) => refusals.length > 0).map(({ environment }) => environment.name)
  if (names.length === 0 && plan.refusals.length === 0) return []
  const where = names.length === 0 ? '' : ` in ${listNames(names, 4)}`
  return [`  ${page.paint('warn', `${count(refusalsOf(plan), 'part')} refused`)}${where}: see above`]
}

function sayRefused(plan: RepairPlan, page: Page): readonly string[] {
  const refusals = [...plan.refusals, ...plan.repairs.flatMap((repair) => repair.refusals)]
  const command = refusals.find((refusal) => refusal.command !== null)?.command ?? null
  return [
    `${page.paint('error', page.glyphs.failure)} nothing was written: ${count(refusals.length, 'refusal')}`,
    ...(command === null ? [] : [`  next: ${code(command, page)}`]),
  ]
}

function sayNothing({ repairs }: RepairPlan, deed: string, page: Page): readonly string[] {
  const sign = page.paint('success', page.glyphs.success)
  if (repairs.length === 1) {
    const { environment, headsAfter } = repairs[0]!
    return [`${sign} nothing to ${deed} in ${visible(environment.name)}, ${visible(sayHeads(headsAfter))}`]
  }
  return [`${sign} nothing to ${deed}${repairs.length === 0 ? '' : ` in ${count(repairs.length, 'environment')}`}`]
}

function code(command: string, page: Page): string {
  return paintCode(`\`${visible(page.command(command))}\``, page.paint)
}
