import { type Arguments, nearest, parseArguments } from './arguments.js'
import { commands } from './command.js'
import { CommandLineError, isUsageFailure } from './errors.js'
import { commandHelp, overview } from './help.js'
import { createLiveLine, isWatched } from './live-line.js'
import { chooseLook, lookOptions } from './look.js'
import { Stopped } from './questions.js'
import { version } from './version.js'
import type { Outcome, World } from './world.js'

/** Runs the command line of this process. Prints what came of it, sets the exit code, and never throws. */
export async function run(): Promise<void> {
  const live = isWatched(process.stderr.isTTY === true, process.env) ? createLiveLine(process.stderr) : null
  const world: World = {
    cwd: process.cwd(),
    env: process.env,
    ...(process.argv[1] === undefined ? {} : { script: process.argv[1] }),
    isTerminal: process.stdout.isTTY === true,
    isInputTerminal: process.stdin.isTTY === true,
    columns: process.stdout.columns ?? null,
    readStandardInput,
    ...(somebodyIsThere() ? { ask: async (question) => (await import('./ask.js')).ask(question) } : {}),
    tell: (text) => {
      live?.erase()
      process.stdout.write(text)
    },
    tellTrouble: (text) => {
      live?.erase()
      process.stderr.write(text)
    },
    ...(live === null ? {} : { live }),
    now: () => performance.now(),
  }
  // A reader that has seen enough (`| head`) is no trouble of ours; an output that cannot be written is.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? process.exitCode : 3))
  const outcome = await main(process.argv.slice(2), world)
  live?.erase()
  process.exitCode = outcome.exitCode
  if (outcome.stderr) process.stderr.write(outcome.stderr)
  if (outcome.stdout !== '') process.stdout.write(outcome.stdout)
}

/** The whole command line as a function: what was typed and where → what to print and the exit code. Never rejects. */
export async function main(typed: readonly string[], world: World): Promise<Outcome> {
  try {
    return await dispatch(typed, asksForJson(typed) ? withoutLive(world) : world)
  } catch (error) {
    return await reportFailure(error, typed, world)
  }
}

async function dispatch(typed: readonly string[], world: World): Promise<Outcome> {
  const startedAt = world.now()
  const [first, ...rest] = typed
  if (first === undefined || first === '--help' || first === '-h') return { exitCode: 0, stdout: overview() }
  if (first === '--version' || first === '-V') return { exitCode: 0, stdout: `${version()}\n` }
  if (first === 'help') return await dispatch(rest.length > 0 ? [rest[0]!, '--help'] : ['--help'], world)
  const entry = commands.find(({ name }) => name === first)
  if (entry === undefined) throw unknownCommand(first)
  const command = await entry.load()
  // Asked for help, whatever else is wrong does not matter.
  if (asksForHelp(rest)) {
    const { width } = chooseLook(null, world)
    return { exitCode: 0, stdout: await commandHelp(entry.name, command, width) }
  }
  const given: Arguments = parseArguments(rest, [...command.options, ...lookOptions])
  return await command.run({ given, world, look: chooseLook(given, world), startedAt })
}

function asksForHelp(typed: readonly string[]): boolean {
  const end = typed.indexOf('--')
  return (end < 0 ? typed : typed.slice(0, end)).some((one) => one === '--help' || one === '-h')
}

function unknownCommand(typed: string): CommandLineError {
  const names = commands.map(({ name }) => name)
  if (typed.startsWith('-')) {
    return new CommandLineError(`unknown option ${typed}`, 'name the command first: onehead check [options]')
  }
  const near = nearest(typed, names)
  return new CommandLineError(
    `unknown command "${typed}"`,
    near ? `did you mean ${near}?` : `the commands are ${names.join(', ')}`,
  )
}

/** Exit code 2 for what the user can mend, 3 for our own failure; as JSON where JSON was asked for. */
async function reportFailure(error: unknown, typed: readonly string[], world: World): Promise<Outcome> {
  // Every question comes before the first change.
  if (error instanceof Stopped) return { exitCode: 1, stdout: '', stderr: 'stopped: nothing was written\n' }
  const { createPaint, formatErrorJson, visible } = await import('@onehead/core')
  const known = isUsageFailure(error)
  const exitCode = known ? 2 : 3
  const message = error instanceof Error && error.message !== '' ? error.message : String(error)
  const help = known
    ? error.help
    : 'this is a fault of onehead: report it with what ONEHEAD_DEBUG=1 adds to this message'
  const place = known ? error.place : null
  if (asksForJson(typed)) {
    const kind = known ? 'usage' : 'internal'
    return { exitCode, stdout: formatErrorJson({ kind, message, help, place }), stderr: debugStack(error, world) }
  }
  const { color, program } = chooseLook(null, world)
  const paint = createPaint(color)
  const lines = [
    `${paint('error', known ? 'error:' : 'internal error:')} ${visible(message)}`,
    ...(place === null ? [] : [`  at ${visible(place)}`]),
    ...(help === null ? [] : [`  ${paint('strong', 'help:')} ${visible(typedHere(help, program))}`]),
  ]
  return { exitCode, stdout: '', stderr: `${lines.join('\n')}\n${debugStack(error, world)}` }
}

/** Help is written without knowing how onehead is run here. */
function typedHere(help: string, program: string): string {
  const names = commands.map(({ name }) => name).join('|')
  return help.replace(new RegExp(`\\bonehead(?= (?:${names})\\b)`, 'g'), () => program)
}

/** The stack is for us: only on request, and never for what the user can mend. */
function debugStack(error: unknown, { env }: World): string {
  return env.ONEHEAD_DEBUG === '1' && error instanceof Error && !isUsageFailure(error) ? `${error.stack}\n` : ''
}

function asksForJson(typed: readonly string[]): boolean {
  return typed.some((one, index) => one === '--format=json' || (one === '--format' && typed[index + 1] === 'json'))
}

/** Whoever reads JSON is a program. */
function withoutLive({ live: _, ...world }: World): World {
  return world
}

function somebodyIsThere(): boolean {
  const { stdin, stdout, stderr } = process
  return isWatched(
    [stdin, stdout, stderr].every(({ isTTY }) => isTTY === true),
    process.env,
  )
}

async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
