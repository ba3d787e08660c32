import { describe, expect, test } from 'vitest'
import { bytes, type ExampleSetting, runExample } from '../../../../test/support/rule-examples.js'

const CREATED = `op.create_table('users', sa.Column('id', sa.Integer()))`
const NEW = `op.add_column('user', sa.Column('email', sa.String(320), nullable=True))`

/** What the rule says of the last of a line of scripts. */
function said(bodies: readonly string[], setting: ExampleSetting = {}): readonly string[] {
  const files = new Map(
    bodies.map((body, index) => {
      const parent = index === 0 ? 'None' : `'r${index - 1}'`
      const script = `import sqlalchemy as sa\nfrom alembic import op\n\nrevision = 'r${index}'\ndown_revision = ${parent}\n\n\ndef upgrade():\n`
      return [`migrations/versions/r${index}.py`, bytes(`${script}    ${body.replaceAll('\n', '\n    ')}\n`)] as const
    }),
  )
  const published = bodies.slice(1).map((_, index) => `r${index}`)
  return runExample({ files, setting: { published, ...setting } })
    .filter(({ rule }) => rule === 'unknown-table')
    .map(({ severity, labels }) => [severity, ...labels.map(({ text }) => text)].join(', '))
}

describe('a name that is near', () => {
  test.each([
    ['user', 'users'],
    ['users', 'user'],
    ['company', 'companies'],
    ['addresses', 'address'],
    ['InvoiceItem', 'invoice_item'],
    ['invioce', 'invoice'],
    ['größen', 'größe'],
  ])('%s is taken for %s', (written, there) => {
    const created = CREATED.replace('users', there)
    expect(said([created, NEW.replace('user', written)])).toEqual([`error, probably ${there}, created in r0`])
  })

  test.each([
    ['city', 'cite'],
    ['event_2025', 'event_2024'],
    ['refund', 'users'],
  ])('%s is not taken for %s', (written, there) => {
    expect(said([CREATED.replace('users', there), NEW.replace('user', written)])).toEqual([])
  })

  test('of two that are as near none is named', () => {
    expect(said([`${CREATED}\n${CREATED.replace('users', 'User')}`, NEW])).toEqual([])
  })
})

describe('a table that may come from somewhere else', () => {
  test.each([
    ['another script works on it', `op.add_column('user', sa.Column('name', sa.String(80), nullable=True))`],
    [
      'another script points to it',
      `op.add_column('users', sa.Column('user_id', sa.ForeignKey('user.id'), nullable=True))`,
    ],
    ['another script names it in SQL', `op.execute('UPDATE "user" SET name = NULL')`],
    ['it is created in SQL', 'op.execute("CREATE TABLE IF NOT EXISTS user (id INTEGER)")'],
    ['another table took its name', `op.rename_table('person', 'user')`],
    ['a helper is handed its name', `make_table('user')`],
  ])('%s', (_, between) => {
    expect(said([CREATED, between, NEW])).toEqual([])
  })

  test.each([
    ['a word in a comment is no table', '# the user must agree first\npass'],
    ['nor is a column of that name', `op.add_column('users', sa.Column('user', sa.Integer(), nullable=True))`],
  ])('%s', (_, between) => {
    expect(said([CREATED, between, NEW])).toEqual(['error, probably users, created in r0'])
  })

  test.each([
    ['the script makes it itself, nobody knows how', `make_tables()\n${NEW}`],
    ['it looks first', `if sa.inspect(op.get_bind()).has_table('user'):\n    ${NEW}`],
    ['it is in another schema', NEW.replace('nullable=True))', "nullable=True), schema='auth')")],
  ])('%s', (_, body) => {
    expect(said([CREATED, body])).toEqual([])
  })

  test('a part of the history is missing', () => {
    expect(said([CREATED, NEW], { externalRevisions: ['elsewhere'] })).toEqual([])
  })
})
