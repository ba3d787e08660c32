import { expect, test } from 'vitest'
import { isSyntaxFailure, loadParser } from '../script/index.js'
import { readOperations } from './read-operations.js'

const parser = await loadParser()
test('the usual operations are read in the order in which they run', () => {
  const parsed = parser.parse(
    Buffer.from(`
from alembic import op
import sqlalchemy as sa
def upgrade():
    op.create_table('users', sa.Column('id', sa.Integer(), nullable=False), sa.PrimaryKeyConstraint('id', name=op.f('pk_users')))
    with op.batch_alter_table('invoices', schema=None) as batch_op:
        batch_op.add_column(sa.Column('state', sa.Enum('a', 'b', name='state'), server_default=sa.text("'a'")))
    for t in ('a', 'b'):
        op.create_index(f'ix_{t}', t, ['id'])
    op.execute("UPDATE x SET y = 1")
    helper()
    conn = op.get_bind()
    insp = sa.inspect(conn)
    if not insp.has_table('z'):
        op.drop_table('z')
def downgrade():
    pass
`),
  )
  if (isSyntaxFailure(parsed)) throw new Error(parsed.message)
  const read = readOperations(parsed)
  expect(read.upgrade.operations.map((operation) => operation.kind)).toEqual([
    'create_table',
    'add_column',
    'create_index',
    'create_index',
    'execute',
    'opaque',
    'drop_table',
  ])
  expect(read.downgrade.isEmpty).toBe(true)
})
