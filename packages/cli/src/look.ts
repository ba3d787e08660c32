import { isAbsolute, join, relative, sep } from 'node:path'
import type { Arguments, Option } from './arguments.js'
import type { World } from './world.js'

/** Flags about looks, understood by every command. */
export const lookOptions: readonly Option[] = [
  {
    name: 'color',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    says: 'colour the text: auto, always or never',
  },
  { name: 'ascii', says: 'draw with ASCII characters only' },
  { name: 'help', short: 'h', says: 'show this' },
]

/** How text is to look here. */
export interface Look {
  readonly color: boolean
  readonly unicode: boolean
  readonly width: number
  /** What to type to run onehead from where the user stands. */
  readonly program: string
}

const WIDEST = 100

/** Decides once how text looks: flags first, then what the environment asks for, then what the terminal can do. */
export function chooseLook(given: Arguments | null, world: World): Look {
  return {
    color: wantsColor(given?.value('color') ?? 'auto', world),
    unicode: !(given?.has('ascii') ?? false) && showsUnicode(world),
    width: Math.min(WIDEST, world.columns ?? WIDEST),
    program: nameProgram(world),
  }
}

const MODULES = `${sep}node_modules${sep}`

/**
 * `npx` finds what is installed in a folder above; below, only the path does; a tool from anywhere else came by the PATH, and
 * `npx` would ask the registry for it. Git starts hooks at the top and says in GIT_PREFIX where the user stands.
 */
function nameProgram({ cwd, env, script }: World): string {
  if (env.npm_command === 'exec') return 'npx onehead'
  const from = join(cwd, env.GIT_PREFIX ?? '')
  const end = script?.indexOf(MODULES) ?? -1
  if (script === undefined || end < 0 || !isAbsolute(script)) return 'onehead'
  const home = script.slice(0, end)
  if (from === home || from.startsWith(home + sep)) return 'npx onehead'
  if (!home.startsWith(cwd + sep)) return 'onehead'
  const path = relative(from, join(home, 'node_modules', '.bin', 'onehead'))
    .split(sep)
    .join('/')
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}

/** FORCE_COLOR before NO_COLOR, as Node itself has it. */
function wantsColor(when: string, { env, isTerminal }: World): boolean {
  if (when !== 'auto') return when === 'always'
  const forced = env.FORCE_COLOR
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  if (env.NO_COLOR) return false
  return isTerminal && env.TERM !== 'dumb'
}

/** A locale that says nothing is taken for a modern one; one that says something else than UTF-8 is believed. */
function showsUnicode({ env }: World): boolean {
  if (env.TERM === 'dumb' || env.TERM === 'linux') return false
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG
  return !locale || /utf-?8/i.test(locale)
}
