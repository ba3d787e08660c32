import type { Option } from './arguments.js'
import type { Command } from './command.js'
import { commands, groups } from './command.js'
import { lookOptions } from './look.js'

/** What `onehead --help` prints. */
export function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const sections = Object.entries(groups).flatMap(([group, heading]) => {
    const rows = commands.filter((command) => command.group === group)
    return [
      `${heading}:`,
      ...table(
        rows.map(({ name, says }) => [name, says] as const),
        width,
      ),
      '',
    ]
  })
  return [
    'onehead keeps every Alembic history of a workspace at one head.',
    '',
    'usage: onehead <command> [options]',
    '',
    ...sections,
    ...table([
      ['<command> --help', 'its options, with examples'],
      ['--version', 'the version'],
    ]),
    '',
    'exit codes: 0 all well, 1 errors found, 2 wrong options or nothing to judge, 3 a failure of onehead',
    'begin with: onehead check',
    '',
  ].join('\n')
}

/** What `onehead <name> --help` prints, in lines of at most `width` columns. */
export async function commandHelp(name: string, command: Command, width: number): Promise<string> {
  const { wrap } = await import('@onehead/core')
  const rows = [...command.options, ...lookOptions].map((option) => [spell(option), option.says] as const)
  const left = Math.max(...rows.map(([spelt]) => spelt.length))
  return [
    `usage: onehead ${name} ${command.takes}${command.takes === '' ? '' : ' '}[options]`,
    '',
    ...wrap(command.about.replaceAll('\n', ' '), width, '…'),
    '',
    'options:',
    ...rows.flatMap(([spelt, says]) =>
      table(
        wrap(says, Math.max(width - left - MARGINS, NARROWEST), '…').map((line, index) => [
          index === 0 ? spelt : '',
          line,
        ]),
        left,
      ),
    ),
    '',
    'examples:',
    ...command.examples.map((example) => `  ${example}`),
    '',
  ].join('\n')
}

/** Around the left column. */
const MARGINS = 4
const NARROWEST = 24

function spell({ name, short, value, repeatable }: Option): string {
  const start = short === undefined ? '    ' : `-${short}, `
  return `${start}--${name}${value === undefined ? '' : ` ${value}`}${repeatable ? ' …' : ''}`
}

function table(
  rows: readonly (readonly [string, string])[],
  width = Math.max(...rows.map(([left]) => left.length)),
): readonly string[] {
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
