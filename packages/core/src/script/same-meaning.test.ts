import { describe, expect, it } from 'vitest'
import { loadParser } from './parse.js'
import { sameMeaning } from './same-meaning.js'

const published = `"""add due date

Revision ID: 8b1f2c7d90aa
Revises: 3c9e51a7b204
"""
from alembic import op
import sqlalchemy as sa

revision = '8b1f2c7d90aa'
down_revision = '3c9e51a7b204'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('invoice', sa.Column('due', sa.Date(), nullable=True))
    op.execute(f"UPDATE invoice SET due = {1} " "WHERE due IS NULL")


def downgrade():
    pass
`

async function compare(after: string, before = published): Promise<boolean> {
  const parser = await loadParser()
  return sameMeaning(Buffer.from(before), Buffer.from(after), parser)
}

const edit = (from: string | RegExp, to: string) => {
  const after = published.replace(from, to)
  if (after === published) throw new Error(`nothing was edited: ${from}`)
  return after
}

describe('a published script means the same', () => {
  it.each([
    ['formatted', edit("op.add_column('invoice', sa.C", 'op.add_column(\n        "invoice",\n        sa.C')],
    ['with comments', `${published}# seen by Grace\n`],
    ['with another docstring', edit('add due date', 'Add the due date')],
    ['without a docstring', published.slice(published.indexOf('from'))],
    ['with a docstring in upgrade', edit('def upgrade():\n', 'def upgrade():\n    """Up."""\n')],
    [
      'annotated, with the imports that takes',
      edit('import sqlalchemy', 'from typing import Sequence, Union\nimport sqlalchemy')
        .replace("revision = '8", "revision: str = '8")
        .replace('down_revision =', 'down_revision: Union[str, None] =')
        .replace('def upgrade()', 'def upgrade() -> None'),
    ],
    [
      'with imports sorted',
      edit('from alembic import op\nimport sqlalchemy as sa', 'import sqlalchemy as sa\n\nfrom alembic import op'),
    ],
    ['with a tuple of one parent', edit("down_revision = '3c9e51a7b204'", "down_revision = ('3c9e51a7b204',)")],
    ['without attributes that say nothing', edit('branch_labels = None\ndepends_on = None\n', '')],
    ['with Windows line ends', published.replaceAll('\n', '\r\n')],
    ['with a text in another piece', edit('{1} " "WHERE', '{1} WHERE')],
    ['with pass as a docstring', edit('    pass\n', '    """Nothing to take back."""\n')],
    ['with imports for types only', edit('import sq', 'if TYPE_CHECKING:\n    import users\nimport sq')],
  ])('%s', async (_, after) => expect(await compare(after)).toBe(true))
})

describe('a published script means something else', () => {
  it.each([
    ['with another parent', edit("= '3c9e51a7b204'", "= 'f04d6e2b713c'")],
    ['with another id', edit("revision = '8b1f2c7d90aa'", "revision = '8b1f2c7d90ab'")],
    ['with a dependency', edit('depends_on = None', "depends_on = 'f04d6e2b713c'")],
    ['with a label', edit('branch_labels = None', "branch_labels = ('dates',)")],
    ['with another type', edit('sa.Date()', 'sa.DateTime()')],
    ['with another value', edit('nullable=True', 'nullable=False')],
    ['with another statement', edit('WHERE due', 'WHERE paid')],
    ['with a number of another type', edit('{1}', '{1.0}')],
    ['with bytes for a text', edit("'invoice', sa", "b'invoice', sa")],
    ['with a name from elsewhere', edit('from alembic import op', 'from billing import op')],
    ['with a downgrade', edit('    pass\n', "    op.drop_column('invoice', 'due')\n")],
    ['without an upgrade', edit(/ {4}op\.add_column.*\n/, '')],
    ['with syntax that is none', `${published}def\n`],
    ['with operations at module level', `${published}op.execute('select 1')\n`],
  ])('%s', async (_, after) => expect(await compare(after)).toBe(false))

  it('of a script that is no Python only the same bytes do', async () => {
    expect(await compare('def\n', 'def\n')).toBe(true)
    expect(await compare('def \n', 'def\n')).toBe(false)
  })
})
