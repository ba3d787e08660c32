import type { UpgradeProgress } from '@onehead/workspace'
import type { Call } from './command.js'
import type { Outcome } from './world.js'

type Core = typeof import('@onehead/core')

/** Shows an upgrade as it happens: plans and progress as results, what the children print as trouble. */
export interface Teller {
  readonly onProgress: (progress: UpgradeProgress) => void
  /** The end of it, with whatever could not be shown at once. */
  readonly outcome: (exitCode: Outcome['exitCode'], stdout: string, stderr?: string) => Outcome
}

/** With JSON, results come in one document at the end. */
export function createTeller({ given, world, look }: Call, core: Core, showPath: (path: string) => string): Teller {
  const [said, complained]: [string[], string[]] = [[], []]
  const isJson = given.value('format') === 'json'
  const page = { ...look, showPath }
  const tell = (text: string) => {
    if (isJson) return
    if (world.tell === undefined) said.push(text)
    else world.tell(text)
  }
  const complain = (text: string) => {
    if (world.tellTrouble === undefined) complained.push(text)
    else world.tellTrouble(text)
  }
  return {
    onProgress(progress) {
      if (progress.kind === 'output') complain(`${core.visible(progress.line)}\n`)
      else if (progress.kind === 'planned') tell(core.formatUpgradePlan(progress.plans, page))
      else tell(`${sayStep(progress, core)}\n`)
    },
    outcome: (exitCode, stdout, stderr = '') => ({
      exitCode,
      stdout: said.join('') + stdout,
      stderr: complained.join('') + stderr,
    }),
  }
}

type Step = Exclude<UpgradeProgress, { kind: 'output' | 'planned' }>

function sayStep(step: Step, { visible, sayBackup }: Core): string {
  const of = (database: string | null) =>
    visible(database === null ? step.environment : `${step.environment} (${database})`)
  switch (step.kind) {
    case 'backup':
      return `  ${of(step.database)}: backing up`
    case 'backed-up':
      return `  ${of(step.backup.database)}: backup: ${sayBackup(step.backup)}`
    case 'revision': {
      const { revision, message } = step.revision
      return `  ${of(step.database)}: ${step.number}/${step.of} ${visible(`${revision} ${message}`.trimEnd())}`
    }
  }
}
