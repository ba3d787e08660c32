import type { MoveProgress, PrintedSql } from '@onehead/workspace'
import type { Call } from './command.js'
import { createProgress } from './progress.js'
import type { Outcome } from './world.js'

type Core = typeof import('@onehead/core')

/** Shows what moves databases as it happens: plans and progress as results, what the children print as trouble. */
export interface Teller {
  /** Results that do not wait for the end; nothing with JSON, where results come in one document. */
  readonly tell: (text: string) => void
  readonly onProgress: (progress: MoveProgress) => void
  /** Takes the live line away, before a question. */
  readonly pause: () => void
  /** The end of it, with whatever could not be shown at once. */
  readonly outcome: (exitCode: Outcome['exitCode'], stdout: string, stderr?: string) => Outcome
}

/** A teller of one command. */
export function createTeller({ given, world }: Call, core: Core): Teller {
  const [said, complained]: [string[], string[]] = [[], []]
  const isJson = given.value('format') === 'json'
  const live = createProgress(world)
  const tell = (text: string) => {
    if (isJson || text === '') return
    if (world.tell === undefined) said.push(text)
    else world.tell(text)
  }
  const complain = (text: string) => {
    if (world.tellTrouble === undefined) complained.push(text)
    else world.tellTrouble(text)
  }
  return {
    tell,
    onProgress(progress) {
      if (progress.kind === 'output') return complain(`${core.visible(progress.line)}\n`)
      const step = sayStep(progress, core)
      if (isTold(progress)) tell(`  ${step}\n`)
      live.show(step)
    },
    pause: () => live.clear(),
    outcome(exitCode, stdout, stderr = '') {
      live.clear()
      return { exitCode, stdout: said.join('') + stdout, stderr: complained.join('') + stderr }
    },
  }
}

type Step = Exclude<MoveProgress, { kind: 'output' }>

/** The others are only seen while they last. */
const isTold = ({ kind }: Step): boolean => kind !== 'asking' && kind !== 'running'

function sayStep(step: Step, { visible, sayMoveStep }: Core): string {
  if (step.kind === 'asking') return 'asking the databases'
  if (step.kind === 'running') return `${visible(step.environment)}: Alembic starts`
  return sayMoveStep(step)
}

/** The statements, and nothing else, up to the first environment that failed. */
export function showSql(printed: readonly PrintedSql[], told: Teller): Outcome {
  const failed = printed.find(({ failure }) => failure !== null)
  const sql = printed.map((one) => one.sql).join('')
  if (failed?.failure == null) return told.outcome(0, sql)
  const { environment, failure } = failed
  const help = failure.help === null ? '' : `  help: ${failure.help}\n`
  return told.outcome(1, sql, `${environment}: ${failure.message}\n${help}`)
}
