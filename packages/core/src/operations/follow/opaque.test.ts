import { describe, expect, test } from 'vitest'
import { upgradeOf } from '../../../../../test/support/operations.js'

const above = [
  'import functools, json, logging, os, random, textwrap, uuid',
  'from datetime import datetime',
  'from sqlalchemy.orm import Session, sessionmaker',
  'from alembic_utils.pg_function import PGFunction',
  'from shop import helpers, models, settings',
  'from shop.helpers import backfill, make_id',
  'from shop.types import Money, utcnow',
  'logger = logging.getLogger(__name__)',
  'class Person(models.Base):',
  '    __tablename__ = "person"',
  'class Mover:',
  '    def __init__(self, bind=None):',
  '        self.bind = bind',
  '    def run(self):',
  '        op.drop_table("a")',
  '',
].join('\n')

describe('what cannot be followed is opaque, and named', () => {
  test.each([
    ['backfill()', 'backfill()'],
    ['helpers.backfill()', 'helpers.backfill()'],
    ['helpers.backfill(op)', 'helpers.backfill()'],
    ['helpers.backfill(op.get_bind())', 'helpers.backfill()'],
    ['x = backfill()', 'backfill()'],
    ['op.execute(backfill(op.get_bind()))', 'backfill()'],
    ['op.create_entity(PGFunction("public", "f", "…"))', 'op.create_entity()'],
    ['op.my_operation("a")', 'op.my_operation()'],
    ['op.invoke(backfill)', 'op.invoke()'],
    ['op.get_bind().run_sync(backfill)', 'op.get_bind().run_sync()'],
    ['op.get_bind().anything("a")', 'op.get_bind().anything()'],
    ['models.Base.metadata.create_all(op.get_bind())', 'models.Base.metadata.create_all()'],
    ['sa.MetaData().drop_all(bind=op.get_bind())', 'sa.MetaData().drop_all()'],
    ['Session(bind=op.get_bind()).query(Person).delete()', 'Session().query().delete()'],
    ['session = sessionmaker(bind=op.get_bind())()\nsession.add(Person())', 'session.add()'],
    ['with Session(op.get_bind()) as session:\n    session.merge(Person())', 'session.merge()'],
    ['Mover(op.get_bind())', 'Mover()'],
    ['Mover().run()', 'Mover().run()'],
    ['exec("op.drop_table(1)")', 'exec()'],
    ['eval("op.drop_table(1)")', 'eval()'],
    ['getattr(op, settings.NAME)("a")', 'getattr()()'],
    ['functools.partial(op.drop_table, "a")()', 'functools.partial()()'],
    ['settings.run(lambda: op.drop_table("a"))', 'settings.run()'],
    ['unknown_name()', 'unknown_name()'],
    ['x = op if settings.A else None\nx.drop_table("a")', 'x.drop_table()'],
    ['run = {"a": op.drop_table, "b": op.drop_index}[settings.A]\nrun("a")', 'run()'],
  ])('%s', (lines, name) => {
    const found = upgradeOf(lines, above).filter((line) => line.startsWith('opaque'))
    expect(found[0]).toMatch(new RegExp(`^opaque calls ${name.replaceAll(/[.()]/g, '\\$&')}`))
  })

  test.each([
    ['from shop import Mover as M\nM("a").run()', 'M().run()'],
    ['models.Job()', 'models.Job()'],
    ['x = models.Job("a")\nx.run()', 'x.run()'],
    ['models.User.query.filter_by(id=1).update({"a": 1})', 'models.User.query.filter_by()'],
    ['Person.query.filter_by(id=1).delete()', 'Person.query.filter_by().delete()'],
    ['Person(name="a").save()', 'Person().save()'],
    ['list(map(op.drop_table, settings.NAMES))', 'map()'],
    ['functools.reduce(lambda a, t: op.drop_table(t), settings.NAMES)', 'functools.reduce()'],
    ['run = backfill if settings.A else None\nrun()', 'run()'],
    ['def run():\n    op.drop_table("a")\nif settings.A:\n    def run():\n        op.drop_table("b")\nrun()', 'run()'],
    ['runs = {"a": lambda: op.drop_table("a"), "b": None}\nruns[settings.A]()', '…()'],
    ['[f() for f in [lambda: op.drop_table(t) for t in settings.NAMES]]', 'f()'],
    ['fs = [lambda: op.drop_table("a")]\nf = fs.pop()\nf()', 'f()'],
    ['fs = [op.drop_table]\nif settings.A:\n    fs.append(backfill)\nfs[0]("a")', '…()'],
    ['fs = {"a": op.drop_table}\nfs.setdefault(settings.A, 1)\nfs["a"]("a")', '…()'],
    ['helpers.run({"op": op})', 'helpers.run()'],
    ['try:\n    from shop.helpers import run\nexcept ImportError:\n    run = None\nrun()', 'run()'],
    ['sa.DDL("DROP TABLE a").execute(op.get_bind())', 'sa.DDL().execute()'],
    ['sa.table("a").insert().execute()', 'sa.table().insert().execute()'],
  ])('and nothing slips through: %s', (lines, name) => {
    expect(upgradeOf(lines, above)).toContainEqual(expect.stringContaining(`opaque calls ${name}`))
  })

  test('whatever comes out of it may act as well', () => {
    expect(upgradeOf('service = backfill(op.get_bind())\nservice.run()\nprint(service.name)', above)).toEqual([
      'opaque calls backfill()',
      'opaque calls service.run()',
    ])
  })

  test('a chain of calls is one', () => {
    expect(upgradeOf('Session(bind=op.get_bind()).query(Person).filter(Person.id == 1).delete()', above)).toEqual([
      'opaque calls Session().query().filter().delete() online',
    ])
  })

  test('too much of anything is opaque', () => {
    const lines = 'for a in range(9999):\n    for b in range(9999):\n        x = a + b\nop.drop_table("a")'
    expect(upgradeOf(lines)).toEqual(['opaque does more than can be followed'])
  })
})

describe('what does nothing to a database is not', () => {
  test.each([
    'print("hello")',
    'logger.info("hello %s", op.get_bind())',
    'logging.getLogger("a").warning("x")',
    'now = datetime.utcnow()',
    'helpers.logger.warning("x", op.get_bind())',
    'rows = []\nrows.append(op.get_bind())',
    'schema = op.get_context().version_table_schema or ""\nt = sa.table("a", schema=schema)\nx = t.c.b.in_([1])',
    'key = str(uuid.uuid4())',
    'key = random.choice(["a", "b"])',
    'data = json.loads(open("a.json").read())',
    'os.environ.get("A", "b").lower()',
    'x = settings.NAME.lower()',
    'x = len(settings.NAMES)',
    'x = sorted(settings.NAMES, key=lambda n: n)',
    'bind = op.get_bind()',
    'insp = sa.inspect(op.get_bind())\ninsp.get_columns("a")',
    'meta = sa.MetaData()\nt = sa.Table("a", meta, autoload_with=op.get_bind())\nx = t.c.id',
    'state = sa.Enum("a", name="state")',
    't = sa.table("a", sa.column("b"))\nq = t.update().where(t.c.b == 1).values(b=2)',
    'with op.get_bind().begin():\n    pass',
    'op.get_context().get_x_argument()',
    'session = Session(bind=op.get_bind())\nsession.commit()\nsession.close()',
    'p = Person(name="a")',
    'if op.get_bind() is None:\n    pass',
    'row = {"a": [1, 2]}\nrow["a"].append(3)\nrow.update(b=4)',
    'raise ValueError("no")',
    'assert isinstance(op.get_bind(), object)',
  ])('%s', (lines) => {
    expect(upgradeOf(lines, above)).toEqual([])
  })

  test('a function that makes an argument is taken for the value that it makes', () => {
    const lines = "op.add_column('bill', sa.Column('sum', Money(2), server_default=utcnow()))"
    expect(upgradeOf(lines, above)).toEqual(['add_column bill sum Money(2) = utcnow()'])
  })

  test('parameters that the project hands in are nobody’s connection, unless they are called so', () => {
    expect(upgradeOf('def inner(tester):\n    tester.populate()\ninner(None)')).toEqual([])
  })
})

describe('a connection runs SQL as `op.execute` does', () => {
  test.each([
    ['op.get_bind().execute("UPDATE a SET b = 1")', 'execute data on a'],
    ['op.get_bind().execute(sa.text("UPDATE a SET b = :b").bindparams(b=1))', 'execute data on a'],
    ['conn = op.get_bind()\nconn.execute(sa.text("UPDATE a SET b = :b"), {"b": 1})', 'execute data on a'],
    ['op.get_bind().exec_driver_sql("DELETE FROM a")', 'execute data on a'],
    ['with op.get_bind().begin() as conn:\n    conn.execute(sa.text("DELETE FROM a"))', 'execute data on a'],
    ['cursor = op.get_bind().connection.cursor()\ncursor.execute("DELETE FROM a")', 'execute data on a'],
    ['Session(bind=op.get_bind()).execute(sa.text("DELETE FROM a"))', 'execute data on a'],
    ['context.execute("DELETE FROM a")', 'execute data on a'],
    ['op.get_context().execute("DELETE FROM a")', 'execute data on a'],
    ['op.get_bind().execute(sa.update(Person).values(a=1))', 'execute data on person'],
    ['op.get_bind().execute(Person.__table__.delete())', 'execute data on person'],
    ['op.get_bind().execute(settings.SQL)', 'execute unknown on ? ?sql'],
    ['op.execute(f"UPDATE a SET b = \'{settings.B}\'")', 'execute data on a ?sql'],
    ['op.execute(f"UPDATE {settings.A} SET b = 1")', 'execute data on ? ?sql'],
    ['op.execute(textwrap.dedent("""\n    UPDATE a\n    SET b = 1"""))', 'execute data on a'],
    ['op.execute("UPDATE a SET b = 1" if settings.A else "DELETE FROM b")', 'execute unknown on ? ?sql'],
  ])('%s', (lines, expected) => {
    expect(upgradeOf(lines, above)).toEqual([expected])
  })
})
