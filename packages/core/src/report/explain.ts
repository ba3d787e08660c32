import type { ExplainReport, Explanation, Fact } from '../explain/explanation.js'
import { padEnd, visible, wrap } from './cells.js'
import { createPage, type Page, type TextOptions } from './page.js'
import { paintCode } from './paint.js'

/** Columns of the headings `cause`, `here`, `instead`. */
const INDENT = 11
const MOST_STATEMENT = 240

/** What is known about a pasted text, and what it means in this workspace; the last line is what to run next. */
export function formatExplanations(report: ExplainReport, options: TextOptions = {}): string {
  const page = createPage(options)
  const { explanations, unknown, seen, notes } = report
  const blocks = explanations.map((one) => drawExplanation(one, page))
  const others = unknown.length + seen.length === 0 ? [] : [drawUnknown(unknown, seen, explanations.length > 0, page)]
  const said = notes.flatMap((note) => part('note', note, page))
  const [next] = explanations
  const command = page.command(next?.command ?? 'onehead check')
  const last = paintCode(`${next === undefined ? 'to judge the scripts' : 'next'}: \`${visible(command)}\``, page.paint)
  return `${[...blocks, ...others, [...said, ...(said.length > 0 ? [''] : []), last].join('\n')].join('\n\n')}\n`
}

function drawExplanation(one: Explanation, page: Page): string {
  const { paint, command, width, glyphs } = page
  const pages = one.rules.map((rule) => `\`${command(`onehead explain ${rule}`)}\``)
  const statement = one.statement === null ? [] : part('SQL', clip(one.statement, glyphs.ellipsis), page)
  return [
    ...wrap(`${one.kind}: ${visible(one.matched)}`, width - 2, glyphs.ellipsis, width).map((line, index) =>
      paint('head', index === 0 ? line : `  ${line}`),
    ),
    ...part('cause', one.cause, page),
    ...statement,
    ...drawFacts(one.facts, page),
    ...part('cure', one.help ?? one.cure, page),
    ...one.rewrite.flatMap(({ title, code }) => [
      ...part('instead', title, page),
      // Code to paste is shown whole, however wide.
      ...code.map((line) => `${' '.repeat(INDENT + 2)}${paint('added', visible(line))}`),
    ]),
    ...(pages.length > 0 ? part('more', pages.join(', '), page) : []),
  ].join('\n')
}

function drawFacts(facts: readonly Fact[], page: Page): readonly string[] {
  return facts.flatMap((fact, index) => [
    ...part(index === 0 ? 'here' : '', said(fact), page),
    ...fact.places.flatMap(({ path, line, column, text }) => {
      const at = [page.showPath(path), line, column].filter((one) => one !== null).join(':')
      return part('', `${page.glyphs.bullet} ${at}${text === null ? '' : `  ${text}`}`, page)
    }),
  ])
}

function said({ environment, message }: Fact): string {
  return environment === null || message.includes(environment) ? message : `${environment}: ${message}`
}

function drawUnknown(unknown: readonly string[], seen: readonly Fact[], more: boolean, page: Page): string {
  const nothing = unknown.length === 0 ? 'no error that is known stands in this text' : 'this error is not known:'
  const heading = more ? 'not known, and in the same text:' : nothing
  return [
    page.paint('strong', heading),
    ...unknown.flatMap((text) => wrap(visible(text), page.width - 2, page.glyphs.ellipsis).map((line) => `  ${line}`)),
    ...drawFacts(seen, page),
  ].join('\n')
}

function part(heading: string, text: string, { width, glyphs, paint }: Page): readonly string[] {
  return wrap(visible(text), width - INDENT, glyphs.ellipsis).map((line, index) =>
    (index === 0 ? `  ${paint('strong', padEnd(heading, INDENT - 2))}` : ' '.repeat(INDENT))
      .concat(paintCode(line, paint))
      .trimEnd(),
  )
}

function clip(text: string, ellipsis: string): string {
  return text.length > MOST_STATEMENT ? `${text.slice(0, MOST_STATEMENT)}${ellipsis}` : text
}

/** Rules as a table: name, and in one line what each finds. */
export function formatRuleTable(
  rules: readonly { readonly name: string; readonly summary: string; readonly severity: string }[],
  options: TextOptions = {},
): string {
  const { paint, command } = createPage(options)
  const names = Math.max(0, ...rules.map(({ name }) => name.length))
  const severities = Math.max(0, ...rules.map(({ severity }) => severity.length))
  const lines = rules.map(
    ({ name, severity, summary }) =>
      `${paint('strong', padEnd(name, names))}  ${paint('faint', padEnd(severity, severities))}  ${visible(summary)}`,
  )
  return `${lines.join('\n')}\n\n${paintCode(`one of them: \`${command('onehead explain <rule>')}\`; an Alembic error: \`${command("onehead explain '<its text>'")}\``, paint)}\n`
}
