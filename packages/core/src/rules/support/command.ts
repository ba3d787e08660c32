import type { Environment, History } from '../../history/history.js'
import { baseName, folderOf } from './words.js'

/** One argument as a POSIX shell takes it, quoted only where it must be. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** Looks at what is published once more, writes all or nothing, and can be taken back: the command for whatever it repairs. */
export function fixCommand({ environment }: History): string {
  return `onehead fix ${shellWord(environment.name)}`
}

/** Several subcommands one after the other, each with its arguments as a shell takes them, in one line. */
export function projectCommands(environment: Environment, lines: readonly (readonly string[])[]): string {
  const { kind, config, section, path } = environment
  const flask = kind === 'flask-migrate'
  const folder = flask ? folderOf(path) : folderOf(config)
  const options: string[] = []
  if (flask) {
    if (baseName(path) !== 'migrations') options.push('-d', shellWord(baseName(path)))
  } else if (kind === 'alembic') {
    if (baseName(config) !== 'alembic.ini') options.push('-c', shellWord(baseName(config)))
    if (section !== 'alembic') options.push('-n', shellWord(section))
  }
  const commands = lines.map(([subcommand = '', ...rest]) => {
    const program = flask ? ['flask', 'db', subcommand, ...options] : ['alembic', ...options, subcommand]
    return [...program, ...rest].join(' ')
  })
  const command = commands.join(' && ')
  return folder === '' ? command : `cd ${shellWord(folder)} && ${command}`
}
