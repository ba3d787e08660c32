import { basename } from 'node:path'
import { shellWord } from '@onehead/core'

interface Where {
  /** The name of the database, for a restore in its stead. */
  readonly inPlace?: string
  /** What env.py calls it where it has several. */
  readonly database?: string | null
  /** The folder that was chosen, where backups do not lie in the usual one. */
  readonly from?: string | null
}

/** What restores a backup that lies where onehead looks for it. */
export function restoreCommand(environment: string, path: string, { inPlace, database, from }: Where = {}): string {
  const words = [environment, basename(path)]
  const flags = [
    ...(database == null ? [] : ['--database', database]),
    ...(from == null ? [] : ['--from', from]),
    // A name that begins with a minus would be taken for an option.
    ...(inPlace === undefined
      ? []
      : ['--in-place', ...(inPlace.startsWith('-') ? [`--yes=${inPlace}`] : ['--yes', inPlace])]),
  ]
  return ['onehead', 'restore', ...words, ...flags].map(shellWord).join(' ')
}
