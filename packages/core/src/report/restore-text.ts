import { oursWith } from '../status/invocation.js'
import { visible } from './cells.js'
import {
  commandLine,
  drawTrouble,
  field,
  headline,
  nextLines,
  sayListed,
  sayRevisions,
  sayRows,
  stepLines,
  warnLines,
} from './database-lines.js'
import { hang } from './frame.js'
import { createPage, type Page, type TextOptions } from './page.js'
import type { RestoreOutcome, RestorePlan, RestoreRefusal } from './restore-report.js'
import { sayBackup } from './upgrade-outcome.js'

/** What would be restored, where, and in which steps; or why not. Ends with a line end. */
export function formatRestorePlan(plan: RestorePlan, options: TextOptions = {}): string {
  const page = createPage(options)
  const { backup, place, steps, warnings, address, inPlace, refusal } = plan
  const name = nameOf(plan)
  if (refusal !== null) return `${drawRefusal(`${name}: nothing is restored`, refusal, page).join('\n')}\n`
  const lines = [
    ...headline('strong', `${name}: restore ${backup!.backup}`, page),
    ...field('taken', sayListed(backup!), page),
    ...(inPlace
      ? field('into', `${address ?? place}: everything since is replaced`, page)
      : field('into', `${place}, which is new; ${address ?? 'the database'} is not touched`, page)),
    ...stepLines('steps', steps, page),
    ...warnLines(warnings, page),
  ]
  return `${lines.join('\n')}\n`
}

/** What became of it, and what to do next. Ends with a line end. */
export function formatRestoreOutcome(outcome: RestoreOutcome, options: TextOptions = {}): string {
  const page = createPage(options)
  const lines = drawOutcome(outcome, page)
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

function drawOutcome(outcome: RestoreOutcome, page: Page): readonly string[] {
  const { plan, kind, failure, before, discard } = outcome
  // It is shown with the plan, unless it came up after that.
  if (kind === 'refused') return []
  if (kind === 'untouched') return nextLines('nothing is restored yet: leave --dry-run out', null, page)
  const name = nameOf(plan)
  if (failure !== null) {
    return [
      ...headline('error', `${name} is not restored: ${failure.stands}`, page),
      ...drawTrouble(failure, page),
      ...drawStanding(outcome, page),
      ...(before === null ? [] : field('before', sayBackup(before), page)),
      ...(failure.wayBack.length === 0
        ? nextLines('see which backups there are', oursWith(plan.x ?? [], ['backup', plan.name, '--list']), page)
        : nextLines('this brings back what was there before', null, page)),
      ...failure.wayBack.map((command) => `      ${page.paint('code', visible(page.command(command)))}`),
    ]
  }
  return [
    ...headline('success', `${name}: ${plan.inPlace ? 'restored in place' : `restored into ${plan.place}`}`, page),
    ...drawStanding(outcome, page),
    ...outcome.notes.flatMap((note) => hang('warn', 'note:', note, page, '    ')),
    ...(outcome.undo === null ? [] : [commandLine('undo', outcome.undo, page)]),
    ...(outcome.look === null ? [] : [commandLine('look', outcome.look, page)]),
    ...(discard === null ? [] : [commandLine('drop', discard, page)]),
    ...drawNext(outcome, page),
  ]
}

function drawStanding({ standing }: RestoreOutcome, page: Page): readonly string[] {
  if (standing === null) return []
  return [
    ...field('stands', `at ${sayRevisions(standing.revisions)}`, page),
    ...field('rows', sayRows(standing.rows), page),
  ]
}

function drawNext({ plan }: RestoreOutcome, page: Page): readonly string[] {
  const { name, x = [] } = plan
  if (plan.inPlace) return [commandLine('next', oursWith(x, ['status', name]), page)]
  return nextLines(
    'once it is what you want, put it in place',
    oursWith(x, ['restore', name, plan.backup!.backup, '--in-place']),
    page,
  )
}

/** Why nothing was done, and the way out. */
export function drawRefusal(what: string, refusal: RestoreRefusal, page: Page): readonly string[] {
  const { message, help, command } = refusal
  return [
    ...headline('error', what, page),
    ...hang('faint', 'because', message, page, '    '),
    ...(help === null && command === null ? [] : nextLines(help ?? 'run', command, page)),
  ]
}

function nameOf({ name, database }: RestorePlan): string {
  return database === null ? name : `${name} (${database})`
}
