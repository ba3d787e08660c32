import type { Environment, History } from '../../history/history.js'
import { shellWord } from '../../text/shell-word.js'
import { folderOf } from './words.js'

/** Looks at what is published once more, writes all or nothing, and can be taken back: the command for whatever it repairs. */
export function fixCommand({ environment }: History): string {
  return `onehead fix ${shellWord(environment.name)}`
}

/**
 * Several subcommands one after the other, each with its arguments as a shell takes them, in one line for the workspace root. They run
 * where the environment says that Alembic is run.
 */
export function projectCommands(environment: Environment, lines: readonly (readonly string[])[]): string {
  const { kind, config, section, path } = environment
  const flask = kind === 'flask-migrate'
  const folder = environment.cwd ?? folderOf(flask ? path : config)
  const options: string[] = []
  if (flask) {
    const scripts = pathFrom(folder, path)
    if (scripts !== 'migrations') options.push('-d', shellWord(scripts))
  } else {
    const file = pathFrom(folder, config)
    // Alembic looks for these two by itself.
    if (file !== 'alembic.ini' && file !== 'pyproject.toml') options.push('-c', shellWord(file))
    if (kind === 'alembic' && section !== 'alembic') options.push('-n', shellWord(section))
  }
  const commands = lines.map(([subcommand = '', ...rest]) => {
    const program = flask ? ['flask', 'db', subcommand, ...options] : ['alembic', ...options, subcommand]
    return [...program, ...rest].join(' ')
  })
  const command = commands.join(' && ')
  return folder === '' ? command : `cd ${shellWord(folder)} && ${command}`
}

/** A workspace-relative path as it is called in a workspace-relative folder. */
function pathFrom(folder: string, path: string): string {
  const up = folder === '' ? [] : folder.split('/')
  const down = path.split('/')
  while (up.length > 0 && up[0] === down[0]) {
    up.shift()
    down.shift()
  }
  return [...up.map(() => '..'), ...down].join('/') || '.'
}
