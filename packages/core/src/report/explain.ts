import type { AlembicErrorAdvice } from './alembic-errors.js'
import { padEnd, visible, wrap } from './cells.js'
import { createPage, type TextOptions } from './page.js'
import { paintCode } from './paint.js'

/** What is known about an error that Alembic printed: cause, cure, and the rules whose pages say more. */
export function formatAdvice(advice: readonly AlembicErrorAdvice[], options: TextOptions = {}): string {
  const { paint, width, glyphs, command } = createPage(options)
  const blocks = advice.map(({ matched, cause, cure, rules }) => {
    const part = (heading: string, text: string) =>
      wrap(visible(text), width - 9, glyphs.ellipsis).map(
        (line, index) =>
          (index === 0 ? `  ${paint('strong', padEnd(heading, 7))}` : ' '.repeat(9)) + paintCode(line, paint),
      )
    const pages = rules.map((rule) => `\`${command(`onehead explain ${rule}`)}\``)
    return [
      ...wrap(visible(matched), width, glyphs.ellipsis).map((line) => paint('head', line)),
      ...part('cause', cause),
      ...part('cure', cure),
      ...(pages.length > 0 ? part('more', pages.join(', ')) : []),
    ].join('\n')
  })
  const find = `to find the place: \`${command('onehead check')}\``
  return `${[...blocks, paintCode(find, paint)].join('\n\n')}\n`
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
