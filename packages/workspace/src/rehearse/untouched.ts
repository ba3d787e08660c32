import type { RehearsalFinding } from '@onehead/core'
import { type AskOptions, askDatabase, type DatabaseAnswer } from '../alembic/ask-database.js'
import type { Runner } from '../alembic/runner.js'

/** What stands in every copy, and in no original. */
const CANARY = 'onehead_rehearsal_canary'

/**
 * Asks the originals again: they must stand where they stood, and hold nothing of ours. Null where nobody could ask before, so that there
 * is nothing to compare.
 */
export async function findChanges(
  runner: Runner,
  before: DatabaseAnswer,
  options: AskOptions,
): Promise<readonly RehearsalFinding[] | null> {
  if (before.failure !== null) return null
  const isPostgresql = before.databases.some(({ dialect }) => dialect === 'postgresql')
  const canary = isPostgresql ? `${CANARY}.${CANARY}` : CANARY
  const after = await askDatabase(runner, { ...options, tables: [canary] })
  if (after.failure !== null) return null
  return before.databases.flatMap((old, index): readonly RehearsalFinding[] => {
    const now = after.databases[index]
    const [from, to] = [old.currentRevisions.join(', ') || 'base', now?.currentRevisions.join(', ') || 'base']
    if (now?.columns[canary] != null) return [changed(old.name, `${old.address} holds what only a copy may hold`)]
    const isSame = now !== undefined && now.exists === old.exists && from === to
    return isSame ? [] : [changed(old.name, `${old.address} stood at ${from} before, and stands at ${to} now`)]
  })
}

function changed(database: string | null, message: string): RehearsalFinding {
  return {
    ...{ kind: 'original-changed', severity: 'error', database, revision: null, step: null, path: null, line: null },
    ...{ message, differences: [], data: [], lines: [], statement: null },
    cause: 'somebody migrated it meanwhile, or env.py connects to it past SQLAlchemy',
    help: 'see whether somebody else migrates it; if not, let env.py connect through SQLAlchemy only',
  }
}
