import { basename } from 'node:path'
import { oursWith } from '@onehead/core'

interface Where {
  /** The name of the database, for a restore in its stead. */
  readonly inPlace?: string
  /** What env.py calls it where it has several. */
  readonly database?: string | null
  /** What env.py was told. */
  readonly x?: readonly string[] | undefined
}

/** As much of its name as tells a backup apart: the time. All of it where it is not named by us. */
export function shortName(path: string): string {
  return /^\d{4}-\d\d-\d\dT[\d.-]+Z(?=_)/.exec(basename(path))?.[0] ?? path
}

/**
 * What restores a backup.
 *
 * @param backup as `restore` takes it: a name, or a path
 */
export function restoreCommand(environment: string, backup: string, { inPlace, database, x = [] }: Where = {}): string {
  const flags = [
    ...(database == null ? [] : ['--database', database]),
    // A name that begins with a minus would be taken for an option.
    ...(inPlace === undefined
      ? []
      : ['--in-place', ...(inPlace.startsWith('-') ? [`--yes=${inPlace}`] : ['--yes', inPlace])]),
  ]
  return oursWith(x, ['restore', environment, backup, ...flags])
}
