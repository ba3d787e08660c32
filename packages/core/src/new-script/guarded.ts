import type { ScriptBody } from './new-script.js'

/** What stands in the functions of a guarded script: how every step is written, and nothing that runs. */
export const guardedBody: ScriptBody = {
  upgrade: [
    '# Ask before every step, so that it can also run where somebody else has made the thing:',
    '#     if lacks("users"):',
    '#         op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True))',
    '#     if lacks("users", column="is_active"):',
    '#         column = sa.Column("is_active", sa.Boolean(), server_default=sa.false())',
    '#         op.add_column("users", column)',
    '#     if lacks("users", index="ix_users_is_active"):',
    '#         op.create_index("ix_users_is_active", "users", ["is_active"])',
    'pass',
  ],
  downgrade: [
    '# The same steps backwards:',
    '#     if has("users", index="ix_users_is_active"):',
    '#         op.drop_index("ix_users_is_active", table_name="users")',
    '#     if has("users", column="is_active"):',
    '#         op.drop_column("users", "is_active")',
    '#     if has("users"):',
    '#         op.drop_table("users")',
    'pass',
  ],
}

const HELPERS = `

def has(table: str, column: str = "", index: str = "") -> bool:
    """Whether the database has it. With --sql nobody can be asked: then every step is written out."""
    return op.get_context().as_sql or _exists(table, column, index)


def lacks(table: str, column: str = "", index: str = "") -> bool:
    """Whether the database does not have it. With --sql nobody can be asked: then every step is written out."""
    return op.get_context().as_sql or not _exists(table, column, index)


def _exists(table: str, column: str, index: str) -> bool:
    # A new inspector every time: one remembers what it has seen before the last step.
    inspector = sa.inspect(op.get_bind())
    if not inspector.has_table(table):
        return False
    if column:
        return any(one["name"] == column for one in inspector.get_columns(table))
    if index:
        return any(one["name"] == index for one in inspector.get_indexes(table))
    return True
`

/**
 * A rendered script with the functions that its guarded body asks; null where the template does not import `op` and `sa`
 * under these names.
 */
export function withGuards(bytes: Uint8Array): Uint8Array | null {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  const imports = /^from alembic import (?:.*, *)?op\b/m.test(text) && /^import sqlalchemy as sa\b/m.test(text)
  if (!imports) return null
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  const complete = text.replace(/(?:\r?\n)*$/, lineEnd) + HELPERS.replaceAll('\n', lineEnd)
  return new TextEncoder().encode(complete)
}
