import type { RevisionNote } from '../status/status.js'
import type { BackupNote } from '../upgrade/upgrade.js'
import { visible } from './cells.js'
import { sayBackup } from './upgrade-outcome.js'

/** What is told while databases are moved; `database` is what env.py calls it where it has several, else null. */
export type MoveStep =
  | { readonly kind: 'backup'; readonly environment: string; readonly database: string | null }
  | { readonly kind: 'backed-up'; readonly environment: string; readonly backup: BackupNote }
  | {
      readonly kind: 'revision'
      readonly environment: string
      readonly database: string | null
      readonly revision: RevisionNote
      readonly number: number
      readonly of: number
    }

/** A step in one line without a line end. */
export function sayMoveStep(step: MoveStep): string {
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
  }
}

const nameOf = (environment: string, database: string | null): string =>
  visible(database === null ? environment : `${environment} (${database})`)
