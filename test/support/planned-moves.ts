import { type EnvironmentStatus, type History, loadOperationsReader, reportStatus } from '@onehead/core'
import { readHistory } from './read-history.js'

const reader = await loadOperationsReader()

/** Scripts by id: parents as Python has them, the body of `upgrade()` and that of `downgrade()`. */
export type Scripts = Readonly<Record<string, readonly [string, string?, string?]>>

export function project(scripts: Scripts) {
  const files = new Map(
    Object.entries(scripts).map(([id, [parents, up = 'pass', down = 'pass']]) => {
      const text = `"""make ${id}"""\nfrom alembic import op\nimport sqlalchemy as sa\nrevision = '${id}'\ndown_revision = ${parents}\n\ndef upgrade():\n    ${up}\n\ndef downgrade():\n    ${down}\n`
      return [`migrations/versions/${id}.py`, new TextEncoder().encode(text)] as const
    }),
  )
  const sources: ReadonlyMap<string, Uint8Array> = files
  return { history: readHistory(files), operations: (path: string) => reader(sources.get(path)!) }
}

/** An environment with one database that holds these rows. */
export function asked(history: History, rows: readonly string[]): EnvironmentStatus {
  const database = {
    ...{ name: null, dialect: 'mysql', address: 'mysql://app@db/shop', isOffline: false, currentRevisions: rows },
  }
  const invocation = { folder: 'services/billing', before: 'uv run alembic', after: '', x: [] }
  const facts = { invocation, heads: history.map.heads, error: null, moves: [], whereabouts: new Map() }
  return reportStatus(history, [database], facts)
}

export const table = (name: string) => `op.create_table('${name}', sa.Column('id', sa.Integer()))`
