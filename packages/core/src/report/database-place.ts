import type { AskedDatabase } from '../status/status.js'
import { visible } from './cells.js'
import type { Page } from './page.js'

const INDENT = '    '

/**
 * Which database it is. Of a file that is not there yet, where it would be: a relative address starts where Alembic is run, and the one
 * that is meant may lie elsewhere.
 */
export function drawPlace({ address, dialect, database, exists }: AskedDatabase, { paint }: Page): readonly string[] {
  const line = `${INDENT}${paint('faint', visible(address ?? dialect))}`
  if (exists !== false || database == null) return [line]
  return [line, `${INDENT}${paint('warn', 'there is no such file yet:')} ${visible(database)}`]
}
