import { describe, expect, test } from 'vitest'
import { scriptThat, sideScript } from '../../../../test/support/sides.js'
import { Lineage } from './lineage.js'

const invoice = "op.create_table('invoice', sa.Column('id', sa.Integer()), sa.Column('due', sa.Date()))"
const due = "op.add_column('invoice', sa.Column('due', sa.Date()))"
const ix = "op.create_index('ix_due', 'invoice', ['due'])"
const uq = "op.create_unique_constraint('uq_number', 'invoice', ['number'])"
const ck = "op.create_check_constraint('paid', 'invoice', 'paid > 0')"
const kind = "sa.Enum('open', name='kind').create(op.get_bind(), checkfirst=False)"
const syncs = [
  "op.sync_enum_values('public', 'kind', ['open', 'paid'], [('refund', 'kind')])",
  "op.sync_enum_values('public', 'kind', ['open', 'paid', 'late'], [('refund', 'kind')])",
]
const refund =
  "op.create_table('refund', sa.Column('kind', sa.Enum('open', 'paid', name='kind')), sa.Index('ix_kind', 'kind'))"
const when = (dialect: string, line: string) => [`if op.get_bind().dialect.name == '${dialect}':`, `    ${line}`]

/** A line of scripts, oldest first; the last of them is new. */
function line(...bodies: readonly (string | readonly string[])[]) {
  const texts = new Map(bodies.map((body, index) => [`r${index}`, scriptThat(body)]))
  const scripts = [...texts].map(([revision, text]) => sideScript(revision, text))
  const byPath = new Map(scripts.map((script) => [script.path, script]))
  const parsed: string[] = []
  const lineage = new Lineage(scripts, {
    operations(path) {
      parsed.push(byPath.get(path)!.revision)
      return byPath.get(path)!.operations
    },
    source: (path) => new TextEncoder().encode(texts.get(byPath.get(path)!.revision)),
    ancestors: (revisions) => {
      const highest = Math.max(...[...revisions].map((id) => Number(id.slice(1))), -1)
      return new Set(scripts.map(({ revision }) => revision).filter((id) => Number(id.slice(1)) <= highest))
    },
    isAncestor: (one, other) => Number(one.slice(1)) <= Number(other.slice(1)),
    dialects: [],
  })
  const found = lineage.repetitions(scripts.slice(-1))
  return { found: found.map(({ object, before }) => `${object.type} ${object.name} ${before.revision}`), parsed }
}

describe('what the last of a line creates again', () => {
  test.each<readonly [string, readonly (string | readonly string[])[], ...string[]]>([
    ['a table', [invoice, 'pass', invoice], 'table invoice r0'],
    ['a column of a new table', [invoice, due], 'column due r0'],
    ['a column', [due, due], 'column due r0'],
    ['the last of several', [due, "op.drop_column('invoice', 'due')", due, due], 'column due r2'],
    ['an index', [ix, ix], 'index ix_due r0'],
    ['an index of another table', [ix, "op.create_index('ix_due', 'refund', ['due'])"], 'index ix_due r0'],
    ['a constraint', [uq, uq], 'constraint uq_number r0'],
    [
      'a constraint as an index',
      [uq, "op.create_index('uq_number', 'invoice', ['number'], unique=True)"],
      'index uq_number r0',
    ],
    ['a table with all its parts, once', [refund, refund], 'table refund r0'],
    [
      'the type of a table',
      [refund, "op.create_table('credit', sa.Column('kind', sa.Enum('open', name='kind')))"],
      'enum kind r0',
    ],
    ['on the same database', [when('postgresql', ix), when('postgresql', ix)], 'index ix_due r0'],
    ['what a table of a new name had', ["op.rename_table('bill', 'invoice')", invoice], 'table invoice r0'],
    [
      'in a batch',
      [due, ["with op.batch_alter_table('invoice') as batch:", "    batch.add_column(sa.Column('due', sa.Date()))"]],
      'column due r0',
    ],
  ])('%s', (_, bodies, ...found) => {
    expect(line(...bodies).found).toEqual(found)
  })

  test.each<readonly [string, ...(string | readonly string[])[]]>([
    ['something else', due, "op.add_column('invoice', sa.Column('paid', sa.Date()))"],
    ['the same of another table', due, "op.add_column('refund', sa.Column('due', sa.Date()))"],
    ['dropped in between', due, "op.drop_column('invoice', 'due')", due],
    ['renamed in between', due, "op.alter_column('invoice', 'due', new_column_name='until')", due],
    ['gone with its table', invoice, "op.drop_table('invoice')", 'pass', due],
    ['gone with the old name of its table', due, "op.rename_table('invoice', 'bill')", due],
    ['dropped here', due, ["op.drop_column('invoice', 'due')", due]],
    ['gone here with its table', due, ["op.drop_table('invoice')", invoice]],
    ['an index gone here with its table', ix, ["op.drop_table('invoice')", invoice, ix]],
    ['looked for here', due, "op.add_column('invoice', sa.Column('due', sa.Date()), if_not_exists=True)"],
    ['perhaps dropped here', due, ['op.execute(build())', due]],
    ['perhaps dropped in between', due, ["op.execute(build('invoice'))"], due],
    ['perhaps never created', ['if helpers.wanted():', `    ${due}`], due],
    ['on another database', when('postgresql', ix), when('mysql', ix)],
    ['of a table that is new as well', 'pass', [invoice, ix]],
    ['an index gone with its column', [due, ix], "op.drop_column('invoice', 'due')", [due, ix]],
    ['an index gone here with its column', [due, ix], ["op.drop_column('invoice', 'due')", due, ix]],
    [
      'a primary key of which SQL drops the old one',
      "op.create_primary_key('pk', 'invoice', ['id'])",
      ["op.execute('ALTER TABLE invoice DROP CONSTRAINT pk')", "op.create_primary_key('pk', 'invoice', ['id', 'due'])"],
    ],
    ['dropped by its whole name', ck, ["op.drop_constraint('ck_invoice_paid', 'invoice')", ck]],
    ['dropped by its whole name in between', ck, "op.drop_constraint('ck_invoice_paid', 'invoice')", ck],
    ['a type of another name since then', kind, ["op.execute('ALTER TYPE kind RENAME TO kind_old')", kind]],
    ['what looks at the values first', ...syncs],
  ])('nothing: %s', (_, ...bodies) => {
    expect(line(...bodies).found).toEqual([])
  })

  test('only what has the names is parsed', () => {
    const others = Array.from(
      { length: 50 },
      (_, index) => `op.add_column('refund', sa.Column('a${index}', sa.Date()))`,
    )
    expect(line(...others, due, 'pass', due).parsed).toEqual(['r52', 'r50'])
    expect(line(...others, 'pass').parsed).toEqual(['r50'])
  })

  test.each([
    ['a part of a longer one', "op.add_column('invoice', sa.Column('name_at', sa.Date()))"],
    [
      'the name of an argument',
      "op.create_unique_constraint(constraint_name='uq', table_name='invoice', columns=[], name=1)",
    ],
    ['one of the two', "op.add_column('refund', sa.Column('name', sa.Date()))"],
  ])('what has %s is not', (_, before) => {
    expect(line(before, "op.add_column('invoice', sa.Column('name', sa.Date()))").parsed).toEqual(['r1'])
  })
})
