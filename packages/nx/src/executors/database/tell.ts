import { sayBackup, visible } from '@onehead/core'
import type { UpgradeProgress } from '@onehead/workspace'

type Step = Exclude<UpgradeProgress, { kind: 'planned' }>

/** Tells what happens as it happens: steps as results, what Alembic prints as trouble. With JSON, results come in one document at the end. */
export function tellStep(step: Step, isText: boolean): void {
  if (step.kind === 'output') {
    process.stderr.write(`${visible(step.line)}\n`)
    return
  }
  const said = isText ? sayStep(step) : null
  if (said !== null) process.stdout.write(`  ${said}\n`)
}

function sayStep(step: Exclude<Step, { kind: 'output' }>): string | null {
  switch (step.kind) {
    case 'backup':
      return `${nameOf(step.environment, step.database)}: backing up`
    case 'backed-up':
      return `${nameOf(step.environment, step.backup.database)}: backup: ${sayBackup(step.backup)}`
    case 'revision': {
      const { revision, message } = step.revision
      const of = nameOf(step.environment, step.database)
      return `${of}: ${step.number}/${step.of} ${visible(`${revision} ${message}`.trimEnd())}`
    }
    default:
      return null
  }
}

const nameOf = (environment: string, database: string | null): string =>
  visible(database === null ? environment : `${environment} (${database})`)
