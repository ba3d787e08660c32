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

/** What `onehead <name> --help` prints. */
export function commandHelp(name: string, command: Command): string {
  return [
    `usage: onehead ${name} ${command.takes}${command.takes === '' ? '' : ' '}[options]`,
    '',
    command.about,
    '',
    'options:',
    ...table([...command.options, ...lookOptions].map((option) => [spell(option), option.says] as const)),
    '',
    'examples:',
    ...command.examples.map((example) => `  ${example}`),
    '',
  ].join('\n')
}

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
