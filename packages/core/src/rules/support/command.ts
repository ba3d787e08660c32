import type { Environment } from '../../history/history.js'
import { baseName, folderOf } from './words.js'

/** One argument as a POSIX shell takes it, quoted only where it must be. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** A merge of these heads by id: the symbol `heads` leaves out a head that another one depends on. */
export function mergeCommand(environment: Environment, message: string, ids: readonly string[]): string {
  return projectCommand(environment, ['merge', '-m', quoted(message), ...ids.map(shellWord)])
}

/** Always in double quotes, because that is how people write messages; nothing in it means anything to a shell. */
function quoted(message: string): string {
  return `"${message.replace(/[^\p{L}\p{N} ._,:()/+-]/gu, '').slice(0, 100)}"`
}

/** Runs the project's own `alembic` or `flask db` where its configuration expects to be run. */
function projectCommand(environment: Environment, words: readonly string[]): string {
  return projectCommands(environment, [words])
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
