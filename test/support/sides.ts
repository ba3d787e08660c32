import { readOperations } from '../../packages/core/src/operations/read-operations.js'
import type { SideScript } from '../../packages/core/src/overlap/overlap.js'
import { isSyntaxFailure, loadParser } from '../../packages/core/src/script/parse.js'

const parser = await loadParser()

/** One side of a fork: a script whose `upgrade()` has these lines. */
export function side(revision: string, lines: string | readonly string[]): readonly SideScript[] {
  return [sideScript(revision, scriptThat(lines))]
}

export function sideScript(revision: string, text: string): SideScript {
  const parsed = parser.parse(new TextEncoder().encode(text))
  const operations = isSyntaxFailure(parsed) ? null : readOperations(parsed)
  return { revision, path: `migrations/versions/${revision}.py`, operations }
}

/** The text of a script as people write it, without identifiers. */
export function scriptThat(lines: string | readonly string[]): string {
  return [
    'import sqlalchemy as sa',
    'from alembic import op',
    'from sqlalchemy.dialects import postgresql',
    'from shop import helpers',
    'from shop.sql import build, table_name',
    '',
    'def upgrade():',
    ...[lines].flat().map((line) => `    ${line}`),
    '',
    'def downgrade():',
    '    pass',
    '',
  ].join('\n')
}
