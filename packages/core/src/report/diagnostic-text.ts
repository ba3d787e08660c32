import type { Diagnostic } from '../rules/rule.js'
import { visible, widthOf, wrap } from './cells.js'
import { drawEdits } from './edits.js'
import { drawExcerpt, groupByFile, type Row } from './excerpt.js'
import { drawLine, type Line, noteLines } from './frame.js'
import { drawGraph } from './graph.js'
import type { Page } from './page.js'
import { paintCode, SEVERITY_WORDS } from './paint.js'

/**
 * One diagnostic as a picture: headline, places with the user's own lines, the history where its shape matters, notes, help with
 * the edit as `-` and `+` lines, and at the end what to run.
 *
 * @param severalEnvironments whether to say which environment this is about where the path does not
 */
export function drawDiagnostic(diagnostic: Diagnostic, page: Page, severalEnvironments: boolean): readonly string[] {
  const numbers = [
    ...diagnostic.labels.map(({ range }) => range.start.line),
    ...(diagnostic.fix?.edits.map(({ range }) => range.end.line + 1) ?? []),
  ]
  const gutter = Math.max(2, `${Math.max(0, ...numbers)}`.length)
  const room = page.width - gutter - 3
  const lines: readonly Line[] = [
    ...places(diagnostic, room, page, severalEnvironments),
    ...graph(diagnostic, room, page),
    ...notes(diagnostic, room, page),
    ...edits(diagnostic, room, page),
    ...rewrite(diagnostic, room, page),
    ...ending(diagnostic, room, page),
  ]
  return [...headline(diagnostic, page), ...lines.map((line) => drawLine(line, gutter, page))]
}

function headline(diagnostic: Diagnostic, page: Page): readonly string[] {
  const start = `${SEVERITY_WORDS[diagnostic.severity]}[${diagnostic.rule}]:`
  const text = visible(diagnostic.message)
  const [first = '', ...rest] = wrap(text, page.width - 2, page.glyphs.ellipsis, page.width - start.length - 1)
  return [
    `${page.paint(diagnostic.severity, start)} ${page.paint('strong', first)}`,
    ...rest.map((line) => `  ${page.paint('strong', line)}`),
  ]
}

function places(diagnostic: Diagnostic, room: number, page: Page, severalEnvironments: boolean): readonly Line[] {
  const primary = diagnostic.labels[0]
  const environment = visible(diagnostic.environment)
  if (primary === undefined) return [{ place: environment }]
  const suffix = severalEnvironments && !primary.path.includes(diagnostic.environment) ? ` (${environment})` : ''
  return groupByFile(diagnostic.labels).flatMap((file, index): readonly Line[] => {
    const first = file.labels[0]!.range.start
    const place = `${visible(page.showPath(file.path))}:${first.line}:${first.column}${index === 0 ? suffix : ''}`
    return [{ place }, ...drawExcerpt(file, primary, diagnostic.severity, room, page)]
  })
}

const EMPTY: Row = { number: null, text: '' }

function graph(diagnostic: Diagnostic, room: number, page: Page): readonly Line[] {
  if (diagnostic.graph.length === 0) return []
  const drawn = drawGraph(diagnostic.graph, { glyphs: page.glyphs, paint: page.paint, width: room - 2 })
  return [EMPTY, ...drawn.map((text): Row => ({ number: null, text: `  ${text}` })), EMPTY]
}

function notes(diagnostic: Diagnostic, room: number, page: Page): readonly Line[] {
  return [
    ...diagnostic.notes.flatMap((note) => noteLines('note: ', note, room, page)),
    ...(diagnostic.help === null ? [] : noteLines('help: ', diagnostic.help, room, page)),
  ]
}

function edits(diagnostic: Diagnostic, room: number, page: Page): readonly Line[] {
  const all = diagnostic.fix?.edits ?? []
  // Where only one file is shown, an edit in it needs no second heading; else each is named, so that nobody edits the wrong one.
  const shown = groupByFile(diagnostic.labels)
  const nearest = shown.at(-1)?.path
  let path = shown.length === 1 ? nearest : undefined
  const ordered = [...all.filter((edit) => edit.path === nearest), ...all.filter((edit) => edit.path !== nearest)]
  return drawEdits(ordered, room, page).flatMap((picture): readonly Line[] => {
    if (picture.path === path) return picture.rows
    path = picture.path
    return [{ place: `${visible(page.showPath(path))}:${picture.line}:${picture.column}` }, ...picture.rows]
  })
}

/** Code to paste is shown whole, however wide. */
function rewrite({ rewrite: steps }: Diagnostic, room: number, page: Page): readonly Line[] {
  return steps.flatMap(({ title, code }) => [
    ...noteLines('instead: ', title, room, page),
    ...code.map((line): Row => ({ number: null, text: page.paint('added', `  ${visible(line)}`) })),
  ])
}

/** What to run, and where more is said; on two lines when one is too short, the command last and never broken. */
function ending(diagnostic: Diagnostic, room: number, page: Page): readonly Line[] {
  const more = `more: \`${page.command(`onehead explain ${diagnostic.rule}`)}\``
  const command = diagnostic.fix?.command ?? null
  if (command === null) return [{ last: paintCode(more, page.paint) }]
  const start = diagnostic.fix?.applicability === 'safe' ? 'safe to apply' : 'run'
  const run = `${start}: \`${visible(page.command(command))}\``
  if (widthOf(run) + widthOf(more) + 2 <= room) return [{ last: paintCode(`${run}; ${more}`, page.paint) }]
  return [{ note: paintCode(more, page.paint) }, { last: paintCode(run, page.paint) }]
}
