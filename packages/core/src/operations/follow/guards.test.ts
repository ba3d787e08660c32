import { describe, expect, test } from 'vitest'
import { readScriptOperations, upgradeOf, usualImports } from '../../../../../test/support/operations.js'

const drop = 'op.drop_table("a")'
const under = (condition: string) => `${condition}:\n    ${drop}`

describe('asking whether something is there', () => {
  const above = [
    'from sqlalchemy.engine.reflection import Inspector',
    'from shop.migrations import table_exists, has_column',
    'def _columns(table):',
    '    return [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]',
    'def _has_column(table, name):',
    '    for column in sa.inspect(op.get_bind()).get_columns(table):',
    '        if column["name"] == name:',
    '            return True',
    '    return False',
    'def _in_catalogue(table):',
    '    sql = "SELECT 1 FROM information_schema.tables WHERE table_name = :t"',
    '    return op.get_bind().execute(sa.text(sql), {"t": table}).scalar() is not None',
    '',
  ].join('\n')

  test.each([
    under('if sa.inspect(op.get_bind()).has_table("a")'),
    under('if not sa.inspect(op.get_bind()).has_table("a")'),
    under('if "a" in sa.inspect(op.get_bind()).get_table_names()'),
    under('if "a" in Inspector.from_engine(op.get_bind()).get_table_names()'),
    under('if op.get_bind().dialect.has_table(op.get_bind(), "a")'),
    under('if op.get_bind().engine.has_table("a")'),
    under('if "x" in _columns("a")'),
    under('if "x" not in [c["name"] for c in sa.inspect(op.get_bind()).get_columns("a")]'),
    under('if _has_column("a", "x")'),
    under('if any(c["name"] == "x" for c in sa.inspect(op.get_bind()).get_columns("a"))'),
    `insp = sa.inspect(op.get_bind())\ntables = set(insp.get_table_names())\n${under('if "a" in tables')}`,
    `bind = op.get_bind()\ninsp = sa.inspect(bind)\nmissing = not insp.has_table("a")\n${under('if not missing')}`,
    `if not sa.inspect(op.get_bind()).has_table("a"):\n    return\n${drop}`,
    `for column in sa.inspect(op.get_bind()).get_columns("a"):\n    ${drop}`,
  ])('of the inspector is a guard that needs a live database: %s', (lines) => {
    expect(upgradeOf(lines, above)).toEqual(['drop_table a if exists online'])
  })

  test.each([
    under('if table_exists("a")'),
    under('if not has_column("a", "x")'),
    under('if table_exists(op.get_bind(), "a")'),
  ])('through a helper that is imported is one by its name: %s', (lines) => {
    expect(upgradeOf(lines, above)).toEqual(['drop_table a if exists online'])
  })

  test('of the catalogue is one, and the query is an effect of its own', () => {
    expect(upgradeOf(under('if _in_catalogue("a")'), above)).toEqual([
      'execute none online',
      'drop_table a if exists online',
    ])
  })

  test('of rows is a condition, not more', () => {
    const lines = under('if op.get_bind().execute(sa.text("SELECT count(*) FROM a")).scalar()')
    expect(upgradeOf(lines)).toEqual(['execute none online', 'drop_table a if condition online'])
  })
})

describe('offline', () => {
  const exists = 'sa.inspect(op.get_bind()).has_table("a")'
  test.each([
    [under('if context.is_offline_mode()'), ['drop_table a if offline']],
    [under('if not context.is_offline_mode()'), ['drop_table a if offline']],
    [under('if op.get_context().as_sql'), ['drop_table a if offline']],
    [`if context.is_offline_mode():\n    return\n${drop}`, ['drop_table a if offline']],
    [under(`if not context.is_offline_mode() and ${exists}`), ['drop_table a if exists']],
    [under(`if context.is_offline_mode() or ${exists}`), ['drop_table a if exists']],
    [under(`if ${exists} and not context.is_offline_mode()`), ['drop_table a if exists online']],
    [
      `if not context.is_offline_mode():\n    ${under(`if ${exists}`).replaceAll('\n', '\n    ')}`,
      ['drop_table a if exists'],
    ],
    [`if context.is_offline_mode():\n    return\n${under(`if ${exists}`)}`, ['drop_table a if exists']],
    [
      `if context.is_offline_mode():\n    ${drop}\nelse:\n    ${under(`if ${exists}`).replaceAll('\n', '\n    ')}`,
      ['drop_table a if offline', 'drop_table a if exists'],
    ],
    [under('if there("a")'), ['drop_table a if exists']],
  ])('a guard keeps questions from `--sql`: %s', (lines, expected) => {
    const above = `def there(name):\n    if context.is_offline_mode():\n        return True\n    return sa.inspect(op.get_bind()).has_table(name)\n`
    expect(upgradeOf(lines, above)).toEqual(expected)
  })

  test('every question is listed, with whether it is kept from `--sql`', () => {
    const lines = [
      'def upgrade():',
      '    insp = sa.inspect(op.get_bind())',
      '    if not context.is_offline_mode():',
      '        insp.get_columns("a")',
      'def downgrade():',
      '    rows = op.get_bind().execute(sa.text("SELECT 1")).fetchall()',
      '    op.get_bind().execute(sa.text("DELETE FROM a"))',
      '',
    ]
    const text = usualImports + lines.join('\n')
    const found = readScriptOperations(text).inspections.map(({ span, offlineGuarded, direction }) => [
      text.slice(span.start, span.end),
      offlineGuarded,
      direction,
    ])
    expect(found).toEqual([
      ['sa.inspect(op.get_bind())', false, 'upgrade'],
      ['insp.get_columns("a")', true, 'upgrade'],
      ['op.get_bind().execute(sa.text("SELECT 1"))', false, 'downgrade'],
    ])
  })
})

describe('dialects', () => {
  const only = ['drop_table a if dialect (postgresql)']
  const not = ['drop_table a if dialect (not postgresql)']
  test.each([
    [under('if op.get_bind().dialect.name == "postgresql"'), only],
    [under('if "postgresql" == op.get_context().dialect.name'), only],
    [under('if op.get_bind().engine.name == "postgresql"'), only],
    [under('if context.get_context().dialect.name == "postgresql"'), only],
    [under('if op.get_bind().dialect.name in ("postgresql",)'), only],
    [under('if op.get_bind().dialect.name.startswith("postgres")'), only],
    [under('if "postgresql" in str(op.get_bind().engine.url)'), only],
    [`name = op.get_bind().dialect.name\n${under('if name == "postgresql"')}`, only],
    [`is_pg = op.get_bind().dialect.name == "postgresql"\n${under('if is_pg')}`, only],
    [under('if _is_postgres()'), only],
    [under('if op.get_bind().dialect.name != "postgresql"'), not],
    [under('if not op.get_bind().dialect.name == "postgresql"'), not],
    [`if op.get_bind().dialect.name == "postgresql":\n    pass\nelse:\n    ${drop}`, not],
    [`if op.get_bind().dialect.name == "postgresql":\n    return\n${drop}`, not],
    [`if op.get_bind().dialect.name != "postgresql":\n    return\n${drop}`, only],
    [`if not _is_postgres():\n    return\n${drop}`, only],
    [`match op.get_bind().dialect.name:\n    case "postgresql":\n        ${drop}`, only],
    [under('if op.get_bind().dialect.name in ("sqlite", "mysql")'), ['drop_table a if dialect (sqlite, mysql)']],
    [
      under('if op.get_bind().dialect.name == "mysql" or op.get_bind().dialect.name == "sqlite"'),
      ['drop_table a if dialect (mysql, sqlite)'],
    ],
    [under('if op.get_bind().dialect.server_version_info > (9, 6)'), ['drop_table a if dialect']],
    [
      `if op.get_bind().dialect.name == "sqlite":\n    op.drop_table("b")\nelif op.get_bind().dialect.name == "mysql":\n    ${drop}`,
      ['drop_table b if dialect (sqlite)', 'drop_table a if dialect (mysql, not sqlite)'],
    ],
    [
      `if _is_postgres():\n    if op.get_bind().dialect.name == "sqlite":\n        op.drop_table("b")\n    else:\n        ${drop}`,
      only,
    ],
    [
      `if op.get_bind().dialect.name != "postgresql":\n    ${under('if _is_postgres()').replaceAll('\n', '\n    ')}`,
      [],
    ],
    [
      `if True:\n    ${under('if _is_postgres()').replaceAll('\n', '\n    ')}\nop.drop_table("b")`,
      [...only, 'drop_table b'],
    ],
  ])('%s', (lines, expected) => {
    expect(upgradeOf(lines, 'def _is_postgres():\n    return op.get_bind().dialect.name == "postgresql"\n')).toEqual(
      expected,
    )
  })
})

describe('any other condition', () => {
  const conditional = ['drop_table a if condition']
  test.each([
    [under('if settings.OLD'), conditional],
    [`if settings.OLD:\n    pass\nelse:\n    ${drop}`, conditional],
    [under('while settings.MORE'), conditional],
    [under('for name in settings.NAMES'), conditional],
    [`try:\n    ${drop}\nexcept Exception:\n    pass`, conditional],
    [`try:\n    pass\nexcept Exception:\n    ${drop}`, conditional],
    [`with contextlib.suppress(Exception):\n    ${drop}`, conditional],
    [`if settings.OLD:\n    return\n${drop}`, conditional],
    [`for name in ("x",):\n    if settings.OLD:\n        continue\n    ${drop}`, conditional],
    [`if settings.A:\n    if settings.B:\n        return\n${drop}`, conditional],
    [`settings.OLD and ${drop}`, conditional],
    [`${drop} if settings.OLD else None`, conditional],
    [`[${drop} for x in settings.ALL]`, conditional],
    [`[${drop} for x in (1,) if settings.OLD]`, conditional],
    [`match settings.OLD:\n    case 1:\n        ${drop}`, conditional],
    [`try:\n    ${drop}\nfinally:\n    op.drop_table("b")`, ['drop_table a', 'drop_table b']],
    [`try:\n    ${drop}\nexcept Exception:\n    print("no")\n    raise`, ['drop_table a']],
    [`if settings.OLD:\n    raise Exception("no")\n${drop}`, ['drop_table a']],
    [`assert settings.OLD\n${drop}`, ['drop_table a']],
    [`if settings.OLD:\n    x = 1\n${drop}`, ['drop_table a']],
    [`def stop():\n    if settings.OLD:\n        return\nstop()\n${drop}`, ['drop_table a']],
    [`for name in settings.NAMES:\n    if name:\n        break\n${drop}`, ['drop_table a']],
    [`for name in settings.NAMES:\n    if name:\n        return\n${drop}`, conditional],
  ])('%s', (lines, expected) => {
    expect(upgradeOf(lines, 'import contextlib\nfrom shop import settings\n')).toEqual(expected)
  })

  test('stands where it was read from', () => {
    const text = `${usualImports}def upgrade():\n    if settings.OLD:\n        op.drop_table("a")\n    op.drop_table("b", if_exists=True)\n`
    const spans = readScriptOperations(text).upgrade.operations.map(({ context }) => context.guardSpan)
    expect(spans.map((span) => span && text.slice(span.start, span.end))).toEqual(['settings.OLD', null])
  })
})

test('an autocommit block marks what stands in it', () => {
  const block = 'with op.get_context().autocommit_block():\n    '
  expect(upgradeOf(`${block}${drop}\nop.drop_table("b")`)).toEqual(['drop_table a autocommit', 'drop_table b'])
  expect(upgradeOf(`ctx = context.get_context()\nwith ctx.autocommit_block():\n    ${drop}`)).toEqual([
    'drop_table a autocommit',
  ])
})

describe('a loop that may be left', () => {
  const leave = (how: string) => `if settings.OLD:\n        ${how}`
  test.each([
    [`for name in settings.NAMES:\n    ${leave('break')}\nelse:\n    ${drop}`, ['drop_table a if condition']],
    [`for name in settings.NAMES:\n    ${leave('break')}\nelse:\n    return\n${drop}`, ['drop_table a if condition']],
    [`for name in settings.NAMES:\n    print(name)\nelse:\n    ${drop}`, ['drop_table a']],
    [
      `for name in ("x", "y"):\n    ${leave('break')}\n    op.drop_table(name)\n${drop}`,
      ['drop_table x if condition', 'drop_table y if condition', 'drop_table a'],
    ],
    [
      `for name in ("x", "y"):\n    op.drop_table(name)\n    ${leave('continue')}\n${drop}`,
      ['drop_table x', 'drop_table y', 'drop_table a'],
    ],
    [
      `for name in ("x", "y"):\n    op.drop_table(name)\n    ${leave('break')}\nelse:\n    ${drop}`,
      ['drop_table x', 'drop_table y if condition', 'drop_table a if condition'],
    ],
    [
      `for name in ("x", "y"):\n    op.drop_table(name)\n    ${leave('return')}\n${drop}`,
      ['drop_table x', 'drop_table y if condition', 'drop_table a if condition'],
    ],
    [
      `for name in ("x", "y"):\n    if settings.OLD:\n        break\n    else:\n        continue\n${drop}`,
      ['drop_table a'],
    ],
    [
      `for name in ("x", "y"):\n    op.drop_table(name)\n    if settings.OLD:\n        return\n    else:\n        break\n${drop}`,
      ['drop_table x', 'drop_table y if condition', 'drop_table a if condition'],
    ],
    [`while settings.MORE:\n    ${leave('break')}\nelse:\n    ${drop}`, ['drop_table a if condition']],
    [`if settings.OLD:\n    raise Exception()\nelse:\n    return\n${drop}`, []],
  ])('%s', (lines, expected) => {
    expect(upgradeOf(lines, 'from shop import settings\n')).toEqual(expected)
  })
})
