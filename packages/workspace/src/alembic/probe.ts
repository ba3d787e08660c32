import { maskSecrets } from '@onehead/core'
import { type RunResult, runProcess } from '../processes/run.js'
import type { Candidate, Trouble } from './candidates.js'
import { shimPath } from './shim.js'

/** What a Python told about itself. Versions are empty where only the module is there, null where it cannot be imported. */
export interface PythonFacts {
  /** `3.12.4` */
  readonly python: string
  readonly executable: string
  readonly alembic: string | null
  readonly flaskMigrate: string | null
  readonly flask: string | null
  readonly sqlalchemy: string | null
}

export type Probe = { readonly facts: PythonFacts } | { readonly trouble: Trouble }

/** Pythons that were asked already, so that two hundred environments ask theirs once. */
export type Probes = Map<string, Promise<Probe>>

/** Generous: a manager may start slowly on a machine that has much to do. */
const PATIENCE_MS = 30_000

const MARK = 'onehead-probe:'

/** Starts a candidate once to see what is installed there. Imports nothing of the project, and rejects never. */
export function probe(candidate: Candidate, shell: NodeJS.ProcessEnv, probes: Probes): Promise<Probe> {
  const { command, folder, variables } = candidate
  const key = JSON.stringify([command, folder, variables])
  const known = probes.get(key)
  if (known !== undefined) return known
  const asked = ask(candidate, shell)
  probes.set(key, asked)
  return asked
}

async function ask({ command, folder, variables, trouble, precondition }: Candidate, shell: NodeJS.ProcessEnv) {
  if (trouble !== null) return { trouble }
  const options = { cwd: folder, env: { ...shell, ...variables }, timeoutMs: PATIENCE_MS, graceMs: 1000 }
  const run = ([program = '', ...args]: readonly string[]) => runProcess(program, args, options)
  if (precondition !== null) {
    const result = await run(precondition.command)
    if (result.notStarted !== null) return { trouble: notStarted(precondition.command, result.notStarted) }
    if (result.code !== 0 || result.stdout.trim() === '') return { trouble: precondition.trouble }
  }
  const result = await run([...command, shimPath(), 'probe'])
  if (result.notStarted !== null) return { trouble: notStarted(command, result.notStarted) }
  const facts = readFacts(result.stdout)
  return facts === null ? { trouble: noAnswer(command, result) } : { facts }
}

function readFacts(stdout: string): PythonFacts | null {
  const line = stdout.split('\n').find((one) => one.startsWith(MARK))
  if (line === undefined) return null
  try {
    return JSON.parse(line.slice(MARK.length)) as PythonFacts
  } catch {
    return null
  }
}

function notStarted([program = '']: readonly string[], code: string): Trouble {
  const isPath = /[/\\]/.test(program)
  if (code === 'ENOENT')
    return { message: isPath ? `there is no ${program}` : `${program} is not on the PATH`, command: null }
  return { message: `${program} cannot be started (${code})`, command: null }
}

function noAnswer(command: readonly string[], { code, signal, stderr, stopped }: RunResult): Trouble {
  const words = command.join(' ')
  if (stopped === 'timeout')
    return { message: `${words} did not answer within ${PATIENCE_MS / 1000} seconds`, command: null }
  const last = maskSecrets(stderr).trim().split('\n').at(-1)?.trim() ?? ''
  const how = signal === null ? `exit code ${code}` : signal
  return { message: `${words} does not start Python (${last === '' ? how : last})`, command: null }
}
