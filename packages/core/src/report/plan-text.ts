import type { GitStep, Repair, RepairPlan } from '../plan/plan.js'
import { visible, widthOf, wrap } from './cells.js'
import type { ChangedFile } from './changed-files.js'
import { count } from './counting.js'
import { drawLine, hang, type Line, noteLines } from './frame.js'
import { createPage, type Page, type TextOptions } from './page.js'
import { drawFile, gutterFor, sortFiles } from './plan-files.js'
import { drawPictures } from './plan-pictures.js'
import { drawRefusal } from './plan-refusal.js'
import { drawWays } from './plan-ways.js'
import { sayDeeds, sayHeads, sayReason } from './plan-words.js'

export interface PlanTextOptions extends TextOptions {
  /**
   * True where the reader may still stop it: then a database can also be taken back with the scripts as they are. False where
   * the plan is applied as soon as it is printed.
   */
  readonly isProposal: boolean
}

/** So many repairs are drawn in full; the others keep their headline, reasons and databases. */
const MOST_DRAWN = 8

/**
 * A repair plan for a person, before anything is written: of each environment what is done and which fact decided, the history
 * before and after, the edits, and the way for a database that has run what moves; last what is refused. Ends with an empty
 * line where it says anything: `formatRepairOutcome` or a question comes next.
 */
export function formatRepairPlan(plan: RepairPlan, options: PlanTextOptions): string {
  const page = createPage(options)
  const { byRepair, others } = sortFiles(plan)
  const repairs = plan.repairs.filter(isWorthALine)
  const blocks = [
    drawNotices(plan.notices, page),
    plan.git === null ? [] : drawGitStep(plan.git, options.isProposal, page),
    ...repairs.map((repair, index) =>
      drawRepair(repair, index < MOST_DRAWN ? (byRepair.get(repair) ?? []) : null, options, page),
    ),
    drawOthers(others, page),
    ...plan.refusals.map((refusal) => drawRefusal(refusal, null, page)),
    ...plan.repairs.flatMap((repair) => repair.refusals.map((refusal) => drawRefusal(refusal, repair, page))),
  ]
  const texts = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return texts.length === 0 ? '' : `${texts.join('\n\n')}\n\n`
}

/** What is refused is told by its refusals, and what is whole is told in the end. */
function isWorthALine(repair: Repair): boolean {
  return sayDeeds(repair).length > 0 || (repair.decision !== 'refuse' && repair.notes.length > 0)
}

function drawNotices(notices: readonly string[], page: Page): readonly string[] {
  return notices.flatMap((notice) => hang('warn', 'warning:', notice, page))
}

function drawGitStep({ kind, target, behind }: GitStep, isProposal: boolean, page: Page): readonly string[] {
  const commits = `${count(behind, 'commit')} that ${behind === 1 ? 'is' : 'are'} not here`
  const deed = kind === 'merge' ? `merges ${target} into this branch` : `rebases this branch onto ${target}`
  const seen = isProposal ? '; what follows is judged with it' : ''
  return hang('strong', 'git:', `first ${deed} (${commits})${seen}`, page)
}

/** @param files null where there are too many repairs to draw this one */
function drawRepair(
  repair: Repair,
  files: readonly ChangedFile[] | null,
  { isProposal }: PlanTextOptions,
  page: Page,
): readonly string[] {
  const gutter = gutterFor(files ?? [])
  const room = page.width - gutter - 3
  const name = `${repair.environment.name}:`
  const [deed = 'nothing to repair', ...more] = sayDeeds(repair)
  const [first, ...reasons] = repair.reasons.map(sayReason)
  const lines: readonly Line[] = [
    ...(first === undefined ? [] : noteLines('because ', first, room, page)),
    ...reasons.flatMap((reason) => noteLines('and ', reason, room, page)),
    ...more.flatMap((also) => noteLines('also: ', also, room, page)),
    ...(files === null ? [] : drawPictures(repair, room, page)),
    ...(files ?? []).flatMap((file) => drawFile(file, room, page)),
    ...drawWays(repair, { isBefore: isProposal }, room, page),
    ...repair.notes.flatMap((note) => noteLines('note: ', note, room, page)),
    { last: page.paint(repair.headsAfter.length > 1 ? 'warn' : 'success', visible(sayHeads(repair.headsAfter))) },
  ]
  const [start = '', ...rest] = wrap(
    visible(deed),
    page.width - 2,
    page.glyphs.ellipsis,
    page.width - widthOf(name) - 1,
  )
  return [
    `${page.paint('info', visible(name))} ${page.paint('strong', start)}`,
    ...rest.map((line) => `  ${page.paint('strong', line)}`),
    ...lines.map((line) => drawLine(line, gutter, page)),
  ]
}

function drawOthers(files: readonly ChangedFile[], page: Page): readonly string[] {
  const gutter = gutterFor(files)
  const room = page.width - gutter - 3
  return files.flatMap((file) => drawFile(file, room, page)).map((line) => drawLine(line, gutter, page))
}
