import type { Refusal, Repair } from '../plan/plan.js'
import { visible, wrap } from './cells.js'
import { drawLine, type Line, noteLines } from './frame.js'
import type { Page } from './page.js'
import { paintCode } from './paint.js'

/** One refusal: the fact, where, and the way out; last what to run. */
export function drawRefusal(refusal: Refusal, repair: Repair | null, page: Page): readonly string[] {
  const word = `refused[${refusal.kind}]:`
  const where = repair === null ? '' : `${repair.environment.name}: `
  const text = visible(`${where}${refusal.message}`)
  const [first = '', ...rest] = wrap(text, page.width - 2, page.glyphs.ellipsis, page.width - word.length - 1)
  const ending = endingOf(refusal, page)
  return [
    `${page.paint('error', word)} ${page.paint('strong', first)}`,
    ...rest.map((line) => `  ${page.paint('strong', line)}`),
    ...ending.map((line) => drawLine(line, 2, page)),
  ]
}

function endingOf({ path, help, command }: Refusal, page: Page): readonly Line[] {
  const lines: Line[] = [
    ...(path === null ? [] : [{ place: visible(page.showPath(path)) }]),
    ...(help === null ? [] : noteLines('help: ', help, page.width - 5, page)),
    ...(command === null ? [] : [{ note: paintCode(`run: \`${visible(page.command(command))}\``, page.paint) }]),
  ]
  const last = lines.at(-1)
  return last !== undefined && 'note' in last ? [...lines.slice(0, -1), { last: last.note }] : lines
}
