import { randomBytes } from 'node:crypto'

/** An id as Alembic makes one: twelve hexadecimal digits by chance. */
export function newRevisionId(): string {
  return randomBytes(6).toString('hex')
}
