import { visible } from './cells.js'
import { count } from './counting.js'
import { drawLine, hang, type Line, noteLines } from './frame.js'
import type { NewRevisionReport } from './new-revision.js'
import { createPage, type Page, type TextOptions } from './page.js'
import { paintCode } from './paint.js'
import { drawRefusal } from './plan-refusal.js'
import { sayHeads } from './plan-words.js'

export interface NewRevisionTextOptions extends TextOptions {
  /** The command that writes it, as it was typed, without `--dry-run`. */
  readonly apply: string
}

/** Of a script so many lines are shown. */
const MOST_LINES = 60

/** A new revision for a person: what it goes on, what it does, what a check finds in it, and what comes next. */
export function formatNewRevision(report: NewRevisionReport, options: NewRevisionTextOptions): string {
  const page = createPage(options)
  const blocks = [
    report.notices.flatMap((notice) => hang('warn', 'warning:', notice, page)),
    drawScript(report, page),
    ...report.refusals.map((refusal) => drawRefusal(refusal, null, page)),
    sayOutcome(report, options.apply, page),
  ]
  const texts = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return `${texts.join('\n\n')}\n`
}

/** A script that was filled in is shown from its first function on; one that is only proposed as a whole. */
function drawScript(report: NewRevisionReport, page: Page): readonly string[] {
  const { environment, script, notes, applied, refusals } = report
  if (script === null || refusals.length > 0) return []
  const { revision, parents, path, bytes, isGenerated } = script
  const text = bytes === null ? [] : new TextDecoder().decode(bytes).trimEnd().split(/\r?\n/)
  const first = isGenerated
    ? Math.max(
        0,
        text.findIndex((line) => /^def upgrade\b/.test(line)),
      )
    : 0
  const shown = applied && !isGenerated ? [] : text.slice(first, first + MOST_LINES)
  const gutter = Math.max(2, `${first + shown.length}`.length)
  const room = page.width - gutter - 3
  const below = parents.map((parent) => `${parent.revision}${parent.message === '' ? '' : ` (${parent.message})`}`)
  const onto = below.length === 0 ? 'the first revision' : `on top of ${below.join(' and ')}`
  const more = text.length - first - shown.length
  const lines: readonly Line[] = [
    ...(path === null ? [] : [{ place: `${visible(page.showPath(path))}${page.paint('faint', '  new')}` }]),
    ...shown.map((line, index) => ({ number: first + index + 1, text: visible(line) })),
    ...(more > 0 && shown.length > 0
      ? [{ number: null, text: `${page.glyphs.ellipsis} ${count(more, 'more line')}` }]
      : []),
    ...notes.flatMap((note) => noteLines('note: ', note, room, page)),
  ]
  return [
    `${page.paint('info', visible(`${environment.name}:`))} ${page.paint('strong', visible(`${revision}, ${onto}`))}`,
    ...lines.map((line) => drawLine(line, gutter, page)),
  ]
}

function sayOutcome(report: NewRevisionReport, apply: string, page: Page): readonly string[] {
  const { applied, script, noChanges, notes, refusals, environment } = report
  const name = visible(environment.name)
  if (noChanges) {
    const sign = page.paint('success', page.glyphs.success)
    return [
      `${sign} no changes in ${name}: the models and the database agree, and nothing was written`,
      ...notes.flatMap((note) => hang('faint', 'note:', note, page, '  ')),
    ]
  }
  if (applied) return sayApplied(report, page)
  if (refusals.length > 0 || script === null) return sayRefused(report, page)
  return [`${page.glyphs.bullet} nothing is written yet`, `  next: ${code(apply, page)} writes it`]
}

function sayApplied({ environment, script, heads, left }: NewRevisionReport, page: Page): readonly string[] {
  const isWhole = left.every(({ severity }) => severity !== 'error')
  const sign = isWhole ? page.paint('success', page.glyphs.success) : page.paint('warn', page.glyphs.warning)
  const found = left.flatMap(({ rule, severity, message }) => {
    const word = `${severity === 'warn' ? 'warning' : severity}[${rule}]:`
    return hang(severity, word, message, page, '  ')
  })
  const add = paintCode(`\`git add ${visible(page.showPath(script!.path!))}\``, page.paint)
  const deed = script!.isGenerated ? 'read it through, then' : 'write what it does, then'
  const next = isWhole ? `${deed} ${add}` : code('onehead check', page)
  return [`${sign} written; ${visible(sayHeads(heads))} in ${visible(environment.name)}`, ...found, `  next: ${next}`]
}

function sayRefused({ refusals }: NewRevisionReport, page: Page): readonly string[] {
  const command = refusals.find((refusal) => refusal.command !== null)?.command ?? null
  return [
    `${page.paint('error', page.glyphs.failure)} nothing was written`,
    ...(command === null ? [] : [`  next: ${code(command, page)}`]),
  ]
}

function code(command: string, page: Page): string {
  return paintCode(`\`${visible(page.command(command))}\``, page.paint)
}
