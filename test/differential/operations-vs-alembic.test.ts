import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Column, Constraint, Operation, OperationContext } from '../../packages/core/src/operations/operation.js'
import { readScriptOperations } from '../support/operations.js'
import { providePython } from '../support/python.js'
import { randomNumbers } from './graphs.js'
import { randomScript } from './operation-scripts.js'

/** ONEHEAD_SEED and ONEHEAD_SCRIPTS look elsewhere, and longer. */
const seed = Number(process.env.ONEHEAD_SEED ?? 20_261_120)
const count = Number(process.env.ONEHEAD_SCRIPTS ?? 800)
const dialects = ['postgresql', 'sqlite', 'mysql']

interface Recorded {
  readonly operations: readonly Readonly<Record<string, unknown>>[]
  readonly error: string | null
}
type Answer = Readonly<Record<'upgrade' | 'downgrade', Recorded>>

/** What the functions of these scripts invoke when the installed Alembic runs them. */
function ask(python: string, cases: readonly (readonly [text: string, dialect: string])[]): Answer[] {
  const script = fileURLToPath(new URL('record_operations.py', import.meta.url))
  const input = cases.map(([text, dialect]) => JSON.stringify([text, dialect, true])).join('\n')
  return execFileSync(python, [script], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer)
}

/** Whether an operation runs with a dialect and `--sql`, as far as it says so. */
const runsOn = ({ dialects, excludedDialects }: OperationContext, dialect: string) =>
  (dialects.length === 0 || dialects.includes(dialect)) && !excludedDialects.includes(dialect)

const columnOf = ({ name, nullable, serverDefault, primaryKey, unresolved }: Column) => ({
  name,
  nullable: nullable ?? !primaryKey,
  default: serverDefault !== null,
  primary: primaryKey,
  unresolved,
})

const constraintOf = ({ type, name, columns }: Constraint) => ({ type, name, columns })

/** An operation in the words of `record_operations.py`. */
function inTheirWords(operation: Operation): Readonly<Record<string, unknown>> {
  const { kind, unresolved } = operation
  if (unresolved.length > 0) return { kind, unresolved }
  switch (operation.kind) {
    case 'create_table': {
      const { table, schema, columns, constraints } = operation
      return { kind, table, schema, columns: columns.map(columnOf), constraints: constraints.map(constraintOf) }
    }
    case 'add_column':
      return { kind, table: operation.table, schema: operation.schema, column: columnOf(operation.column) }
    case 'drop_column':
      return { kind, table: operation.table, schema: operation.schema, column: operation.column }
    case 'alter_column': {
      const { table, schema, column, newName, nullable, type, serverDefault } = operation
      return { kind, table, schema, column, newName, nullable, typed: type !== null, defaulted: serverDefault !== null }
    }
    case 'create_index': {
      const { table, schema, name, columns, unique } = operation
      return { kind, table, schema, name, columns, unique }
    }
    case 'drop_index':
      return { kind, table: operation.table, schema: operation.schema, name: operation.name }
    case 'drop_constraint':
      return { kind, table: operation.table, schema: operation.schema, name: operation.name, type: operation.type }
    case 'create_constraint': {
      const { constraint, table, schema } = operation
      const { columns, referredTable: referred, referredColumns } = constraint
      const foreign = constraint.type === 'foreign' ? { referred, referredColumns } : {}
      const listed = constraint.type === 'check' ? {} : { columns }
      return { kind, type: constraint.type, name: constraint.name, table, schema, ...listed, ...foreign }
    }
    case 'rename_table':
      return { kind, table: operation.table, schema: operation.schema, newName: operation.newName }
    case 'drop_table':
    case 'table_comment':
    case 'bulk_insert':
      return { kind, table: operation.table, schema: operation.schema }
    case 'execute':
      return { kind, sql: operation.sql }
    default:
      return { kind }
  }
}

/** What is recorded, but for what only Python has: the types that columns end up with. */
function known(recorded: Readonly<Record<string, unknown>>): unknown {
  const without = (column: unknown) => {
    const { type: _, ...rest } = column as Record<string, unknown>
    return { ...rest, unresolved: [] }
  }
  if (recorded.kind === 'add_column') return { ...recorded, column: without(recorded.column) }
  if (recorded.kind !== 'create_table') return recorded
  return { ...recorded, columns: (recorded.columns as unknown[]).map(without) }
}

function compare(cases: readonly (readonly [text: string, dialect: string])[], answers: readonly Answer[]): number {
  let compared = 0
  for (const [i, [text, dialect]] of cases.entries()) {
    const read = readScriptOperations(text)
    for (const direction of ['upgrade', 'downgrade'] as const) {
      const { operations, error } = answers[i]![direction]
      const ours = read[direction].operations
        .filter((one) => !one.fromSql && runsOn(one.context, dialect))
        .map(inTheirWords)
      expect({ text, dialect, direction, error, operations: ours }).toEqual({
        text,
        dialect,
        direction,
        error: null,
        operations: operations.map(known),
      })
      compared += ours.length
    }
  }
  return compared
}

const imports =
  'import enum\nimport sqlalchemy as sa\nfrom alembic import context, op\nfrom sqlalchemy.dialects import postgresql\n'

/** What random scripts do not have. */
const written: Readonly<Record<string, string>> = {
  'functions in functions': `
def upgrade():
    prefix = "crm"
    def name(table):
        return f"{prefix}_{table}"
    def drop(table, *columns, **more):
        for column in columns:
            op.drop_column(name(table), column)
        for column, schema in more.items():
            op.drop_column(table, column, schema=schema)
    drop("bill", "a", "b", c="x", d=None)
`,
  'early returns and loops that are left': `
def first(tables):
    for table in tables:
        if table.startswith("b"):
            continue
        if table == "z":
            break
        op.drop_table(table)
    else:
        op.drop_table("never")
    return tables[0]
def upgrade():
    op.drop_table(first(["a", "bill", "c", "z", "y"]))
    if not context.is_offline_mode():
        return
    op.drop_table("offline")
`,
  'lists that are built': `
def stamps(nullable):
    return [sa.Column(f"{name}_at", sa.DateTime(), nullable=nullable) for name in ("made", "changed") if name]
def upgrade():
    columns = [sa.Column("id", sa.Integer(), primary_key=True)]
    columns.append(sa.Column("name", sa.String(10)))
    columns += stamps(False)
    columns.extend([sa.Column("x", sa.Text())] + stamps(nullable=True)[2:])
    op.create_table("bill", *columns, sa.Index("ix", "name"), sa.UniqueConstraint("name", name="uq"), **{"schema": "crm"})
`,
  'Python enums, dicts and zips': `
class Table(str, enum.Enum):
    BILL = "bill"
    FIRM = "firm"
RENAMES = {"a": "b", **dict(c="d")}
def upgrade():
    op.drop_table(Table.BILL.value)
    for (old, new), i in zip(RENAMES.items(), range(1, 9)):
        op.alter_column("t%d" % i, old, new_column_name=new)
    for i, key in enumerate(sorted(RENAMES), start=5):
        op.drop_column("t", "%s_%02d" % (key, i) if i < 0 else "{}{}".format(key, i))
    for table in [*RENAMES, *("x", "y")]:
        op.drop_table(table)
`,
  'texts put together': `
SQL = """
    UPDATE {table}
    SET a = '%s'
"""
def upgrade():
    sql = SQL.format(table="bill")
    sql += " -- done"
    op.execute(sql % "x")
    op.execute(" ".join(["DELETE", "FROM"] + ["firm"]).strip())
    op.execute(sa.text("UPDATE a SET b = :b").bindparams(b=1))
    for state in "open paid".split():
        op.execute(f"""UPDATE bill SET state = '{state.upper()}' WHERE state = {state!r}""")
`,
  'several databases': `
engine_name = "engine1"
def upgrade():
    globals()["upgrade_%s" % engine_name]()
def upgrade_engine1():
    op.drop_table("a")
`,
  'batches handed on': `
def change(batch, *names):
    for name in names:
        batch.add_column(sa.Column(name, sa.Integer()))
def upgrade():
    with op.batch_alter_table("bill", schema="crm") as first, op.batch_alter_table(table_name="firm") as second:
        change(first, "a", "b")
        second.drop_constraint("uq", type_="unique")
    with op.batch_alter_table("person", recreate="never") as batch_op:
        batch_op.create_table_comment("People")
        batch_op.create_exclude_constraint("ex", ("a", "="), using="gist")
`,
  'operations by their classes and old names': `
from alembic.operations import ops
def upgrade():
    op.invoke(ops.DropTableOp("bill", schema="crm"))
    op.invoke(ops.AddColumnOp("bill", sa.Column("a", sa.Integer())))
    op.invoke(ops.CreateIndexOp("ix", "bill", ["a"], unique=True))
    op.create_exclude_constraint("ex", "room", ("span", "&&"), ("no", "="), using="gist", schema="crm")
    getattr(op, "drop_table")("firm")
    drop = op.drop_column
    drop("a", "b")
    list(map(op.drop_table, ["x", "y"]))
`,
  'what happens in try, with and match': `
def upgrade():
    try:
        op.drop_table("a")
    except ValueError:
        print("never")
        raise
    finally:
        op.drop_table("b")
    match op.get_bind().dialect.name:
        case "sqlite" | "mysql":
            op.drop_table("c")
        case "postgresql":
            op.drop_table("d")
    with op.get_context().autocommit_block():
        op.execute("VACUUM")
`,
}

for (const world of ['alembic-1.20', 'alembic-1.8'] as const) {
  const { python, reason } = providePython(world)

  describe.skipIf(reason)(`operations as ${world} invokes them${reason ? ` (${reason})` : ''}`, () => {
    test(`${count} random scripts, in three dialects`, () => {
      const random = randomNumbers(seed)
      const cases = Array.from({ length: count }, (_, i) => [randomScript(random), dialects[i % 3]!] as const)
      expect(compare(cases, ask(python!, cases))).toBeGreaterThan(count)
    })

    test('what random scripts do not have', () => {
      const texts = Object.values(written).map((lines) => `${imports}${lines}\ndef downgrade():\n    pass\n`)
      const cases = texts.flatMap((text) => dialects.map((dialect) => [text, dialect] as const))
      expect(compare(cases, ask(python!, cases))).toBeGreaterThan(cases.length)
    })
  })
}
