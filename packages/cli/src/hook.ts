import { isCommitGate } from './hooks/commit-gates.js'
import { isMessenger } from './hooks/messengers.js'
import type { Outcome, World } from './world.js'

/** How long a hook waits, in milliseconds. */
export interface Limits {
  /** For standard input: git writes what is pushed at once; whoever runs the hook in some other way may never. */
  readonly input: number
  /** For everything: whoever pushes waits no longer than this for a verdict, whatever is in the commits. */
  readonly verdict: number
}

export const LIMITS: Limits = { input: 10_000, verdict: 30_000 }

/**
 * `onehead hook …` by the shortest way: a hook runs at every push and every switch, so that nothing is loaded that it does not
 * need.
 *
 * @returns false for whatever is not a plain call (help, a mistake): the ordinary way says it better
 */
export async function run(limits: Limits = LIMITS): Promise<boolean> {
  process.once('uncaughtException', failed)
  const tooLong = new Error(`it took longer than ${limits.verdict / 1000} seconds`)
  setTimeout(() => unjudged('', tooLong), limits.verdict).unref()
  const typed = process.argv.slice(2)
  const outcome = await shortWay(typed, limits)
  if (outcome === null) return false
  process.exitCode = outcome.exitCode
  // Git waits for us, and nobody has to wait for what is ending anyway.
  if (outcome.stdout === '' && !outcome.stderr) process.exit()
  if (outcome.stderr) process.stderr.write(outcome.stderr)
  if (outcome.stdout !== '') process.stdout.write(outcome.stdout)
  return true
}

/** What nobody has caught is a fault of ours: it must not stop anybody's work (Node would), nor look like "all is well". */
function failed(error: Error): Promise<void> {
  return unjudged('a fault of onehead, so ', error)
}

async function unjudged(why: string, error: Error): Promise<void> {
  const isGate = process.argv[3]?.startsWith('pre-') === true
  const strictness = isGate
    ? await import('@onehead/workspace/hook').then((gate) => gate.readStrictness(process.cwd()))
    : null
  const stopped = strictness?.strict === true ? ` (stopped, because ${strictness.why})` : ''
  const stack = process.env.ONEHEAD_DEBUG === '1' ? `\n${error.stack}` : ''
  process.stderr.write(
    `onehead: ${why}NOTHING WAS JUDGED${stopped}: ${error.message.replace(/[^\x20-\x7e]/g, '?')}${stack}\n`,
  )
  process.exit(stopped === '' ? 0 : 1)
}

async function shortWay([, name, ...args]: readonly string[], limits: Limits): Promise<Outcome | null> {
  const world: World = {
    cwd: process.cwd(),
    env: process.env,
    ...(process.argv[1] === undefined ? {} : { script: process.argv[1] }),
    isTerminal: process.stdout.isTTY === true,
    isInputTerminal: process.stdin.isTTY === true,
    columns: process.stdout.columns ?? process.stderr.columns ?? null,
    readStandardInput: () => readHookInput(limits.input),
    now: () => performance.now(),
  }
  // Whoever types a flag is in no hurry.
  if (args.some((one) => one.startsWith('-'))) return null
  if (name !== 'pre-push') return otherHook(name, args, world)
  // Both at once: the second is what the first will ask for.
  const [{ prePush }] = await Promise.all([
    import('./hooks/pre-push.js'),
    import('@onehead/workspace/hook').catch(() => null),
  ])
  const look = async () => (await import('./look.js')).chooseLook(null, world)
  return prePush(args, { world, look, json: false })
}

/** The other hooks; null where there is none of that name. */
async function otherHook(name: string | undefined, args: readonly string[], world: World): Promise<Outcome | null> {
  if (name === undefined) return null
  const look = (await import('./look.js')).chooseLook(null, world)
  if (isMessenger(name)) return (await import('./hooks/messenger.js')).tell(name, args, { world, look })
  if (isCommitGate(name)) return (await import('./hooks/commit-gate.js')).judgeBeforeCommit(name, { world, look })
  return null
}

/** All of standard input. Rejects where nothing comes and it is not closed either. */
export function readHookInput(patience = LIMITS.input): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const timer = setTimeout(() => {
      process.stdin.destroy()
      reject(new Error(`git did not say within ${patience / 1000} seconds what is pushed`))
    }, patience)
    process.stdin.on('data', (chunk: Buffer) => {
      clearTimeout(timer)
      chunks.push(chunk)
    })
    process.stdin.on('end', () => {
      clearTimeout(timer)
      resolve(Buffer.concat(chunks).toString('utf8'))
    })
    process.stdin.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
  })
}
