import { stepsCommand } from '../notice/commands.js'
import { visible } from './cells.js'
import { readChangedFiles } from './changed-files.js'
import { count } from './counting.js'
import { drawLine, hang } from './frame.js'
import { createPage, type Page, type TextOptions } from './page.js'
import { paintCode } from './paint.js'
import { drawFile, gutterFor } from './plan-files.js'
import { drawRefusal } from './plan-refusal.js'
import type { UndoneDatabase, UndoReport } from './repair-report.js'

/** What `fix --undo` took back or, with `--dry-run`, would take back; last what comes next. Ends with a line end. */
export function formatUndo(report: UndoReport, options: TextOptions = {}): string {
  const page = createPage(options)
  const { command, refusals, databases } = report
  const blocks = [
    ...refusals.map((refusal) => drawRefusal(refusal, null, page)),
    drawChanges(report, page),
    report.git === null ? [] : hang('strong', 'git:', GIT[report.git], page),
    command === null ? [] : databases.flatMap((database) => drawDatabase(database, page)),
    drawEnd(report, page),
  ]
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

const GIT: Readonly<Record<NonNullable<UndoReport['git']>, string>> = {
  'abort-merge': 'the merge that was begun is aborted',
  uncommit: 'the commit of the repair goes; what else is in the tree stays',
  'go-back': 'the branch goes back to where it was; what is not committed stays',
}

function drawChanges({ changes }: UndoReport, page: Page): readonly string[] {
  const files = readChangedFiles(changes)
  const gutter = gutterFor(files)
  return files
    .flatMap((file) => drawFile(file, page.width - gutter - 3, page))
    .map((line) => drawLine(line, gutter, page))
}

/** The old scripts mean something else to a database that ran the repaired ones. */
function drawDatabase({ environment, at, steps }: UndoneDatabase, page: Page): readonly string[] {
  const fact = `${environment.name}: one that was upgraded to ${at} since has to be told what it has run:`
  return [
    ...hang('strong', 'database:', fact, page),
    `    ${page.paint('code', visible(page.command(stepsCommand(environment, steps))))}`,
  ]
}

function drawEnd({ command, applied, changes, refusals }: UndoReport, page: Page): readonly string[] {
  if (refusals.length > 0)
    return [`${page.paint('error', page.glyphs.failure)} nothing was taken back: ${count(refusals.length, 'refusal')}`]
  if (command === null) return [`${page.glyphs.bullet} there is no repair to take back`]
  const files = `${count(changes.length, 'file')} as before \`${visible(page.command(command))}\``
  if (!applied)
    return [
      paintCode(`${page.glyphs.bullet} nothing is written yet; ${files}`, page.paint),
      `  next: ${paintCode(`\`${page.command('onehead fix --undo')}\``, page.paint)} does it`,
    ]
  return [
    `${page.paint('success', page.glyphs.success)} ${paintCode(files, page.paint)}`,
    `  next: ${paintCode(`\`${page.command('onehead check')}\``, page.paint)}`,
  ]
}
