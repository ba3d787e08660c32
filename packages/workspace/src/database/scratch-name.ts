import { createHash } from 'node:crypto'

/** A database of ours beside another one: the same name each time, so that the next run finds what a killed one has left. */
export function ownName(what: 'restoring' | 'replaced', database: string): string {
  return `onehead_${what}_${createHash('sha256').update(database).digest('hex').slice(0, 8)}`
}
