import type { Option } from './arguments.js'
import type { Command } from './command.js'
import { commands } from './command.js'
import { lookOptions } from './look.js'

/** What `onehead --help` prints. */
export function overview(): string {
  const rows = commands.map(({ name, says }) => [name, says] as const)
  return [
    'onehead keeps every Alembic history of a workspace at one head.',
    'It reads scripts without running them: no Python, no database, no network.',
    '',
    'usage: onehead <command> [options]',
    '',
    ...table(rows),
    '',
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

function table(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
