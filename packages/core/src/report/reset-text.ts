import { oursWith } from '../status/invocation.js'
import { shellWord } from '../text/shell-word.js'
import { visible } from './cells.js'
import { count } from './counting.js'
import { commandLine, drawTrouble, field, headline, nextLines, sayRevisions, stepLines } from './database-lines.js'
import { createPage, type Page, type TextOptions } from './page.js'
import type { ResetDatabase, ResetOutcome, ResetPlan } from './reset-report.js'
import { drawRefusal } from './restore-text.js'
import { sayBackup } from './upgrade-outcome.js'

/** What would be thrown away and made anew, and why that may be; or why not. Ends with a line end. */
export function formatResetPlan(plan: ResetPlan, options: TextOptions = {}): string {
  const page = createPage(options)
  const { name, databases, history, scripts, steps, refusal } = plan
  if (refusal !== null) return `${drawRefusal(`${name}: nothing is reset`, refusal, page).join('\n')}\n`
  const what = history
    ? `the database and ${count(scripts.length, 'script')} go, and are made anew`
    : 'the database goes, and is made anew'
  const lines = [
    ...headline('strong', `${name}: ${what}`, page),
    ...databases.flatMap((database) => drawDatabase(database, page)),
    ...stepLines('steps', steps, page),
  ]
  return `${lines.join('\n')}\n`
}

function drawDatabase({ address, dialect, revisions, reasons, name }: ResetDatabase, page: Page): readonly string[] {
  return [
    ...field('of', `${name === null ? '' : `${name}: `}${address ?? dialect}, at ${sayRevisions(revisions)}`, page),
    ...field('may go', `${reasons.join(', ')}`, page),
  ]
}

/** What became of it, where things stand, and the way back. Ends with a line end. */
export function formatResetOutcome(outcome: ResetOutcome, options: TextOptions = {}): string {
  const lines = drawOutcome(outcome, createPage(options))
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

function drawOutcome(outcome: ResetOutcome, page: Page): readonly string[] {
  const { plan, kind, failure, initial, undo, backups, scriptsBackup } = outcome
  // It is shown with the plan, unless it came up after that.
  if (kind === 'refused') return []
  if (kind === 'untouched') return nextLines('nothing is reset yet: leave --dry-run out', null, page)
  const name = plan.name
  const way = undo.map((command) => `      ${page.paint('code', visible(page.command(command)))}`)
  if (failure !== null) {
    return [
      ...headline('error', `${name} is not reset: ${failure.stands}`, page),
      ...drawTrouble(failure, page),
      ...drawStanding(outcome, page),
      ...backups.flatMap((backup) => field('backup', sayBackup(backup), page)),
      ...(scriptsBackup === null ? [] : field('kept', scriptsBackup, page)),
      ...nextLines(
        way.length === 0
          ? 'put right what is said above, then run it again'
          : 'mend it and run it again, or bring back what was there',
        null,
        page,
      ),
      ...way,
    ]
  }
  return [
    ...headline(
      'success',
      `${name}: ${plan.history ? 'one initial revision, and a database made from it' : 'made anew'}`,
      page,
    ),
    ...drawStanding(outcome, page),
    ...(initial === null ? [] : field('made', page.showPath(initial.path), page)),
    ...field('models', sayModels(outcome), page),
    ...(scriptsBackup === null ? [] : field('kept', scriptsBackup, page)),
    ...(way.length === 0 ? [] : [...field('undo', 'brings back what was there:', page), ...way]),
    commandLine(
      'next',
      initial === null ? oursWith(plan.x ?? [], ['status', name]) : `onehead check ${shellWord(name)}`,
      page,
    ),
  ]
}

function drawStanding({ standing }: ResetOutcome, page: Page): readonly string[] {
  if (standing === null) return field('stands', 'nobody knows: the database cannot be asked', page)
  return [...new Set(standing.map(sayRevisions))].flatMap((rows) => field('stands', `at ${rows}`, page))
}

function sayModels({ modelsAgree }: ResetOutcome): string {
  if (modelsAgree === null) return 'not compared: `alembic check` cannot tell here'
  return modelsAgree
    ? 'agree with the schema'
    : 'differ from the schema: `onehead revision --autogenerate` writes what is missing'
}
