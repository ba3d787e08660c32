"""Runs scripts given as JSON lines under the installed Alembic, without a database, and says which operations they invoke."""

import json
import logging
import sys
import types
import warnings

from alembic.config import Config
from alembic.operations import Operations, base
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from sqlalchemy import schema
from sqlalchemy.sql.elements import TextClause, quoted_name

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

CONSTRAINTS = [
    (schema.PrimaryKeyConstraint, "primary"),
    (schema.ForeignKeyConstraint, "foreign"),
    (schema.UniqueConstraint, "unique"),
    (schema.CheckConstraint, "check"),
]
ADDED = {
    "CreateUniqueConstraintOp": "unique",
    "CreatePrimaryKeyOp": "primary",
    "CreateCheckConstraintOp": "check",
    "CreateForeignKeyOp": "foreign",
    "CreateExcludeConstraintOp": "exclude",
}


def name(value):
    return str(value) if isinstance(value, (str, quoted_name)) else None


def names(values):
    return [name(value) if isinstance(value, str) else getattr(value, "name", None) for value in values]


def column(value):
    return {
        "name": value.name,
        "type": type(value.type).__name__,
        "nullable": value.nullable,
        "default": value.server_default is not None,
        "primary": value.primary_key,
    }


def constraint(value):
    kind = next(kind for cls, kind in CONSTRAINTS if isinstance(value, cls))
    if kind == "check":
        return {"type": kind, "name": name(value.name), "columns": []}
    columns = value.column_keys if kind == "foreign" else value._pending_colargs
    return {"type": kind, "name": name(value.name), "columns": names(columns)}


def added_constraint(op):
    kind = ADDED[type(op).__name__]
    said = {"kind": "create_constraint", "type": kind, "name": name(op.constraint_name)}
    if kind == "foreign":
        said.update(table=op.source_table, columns=list(op.local_cols), referred=op.referent_table)
        said.update(referredColumns=list(op.remote_cols), schema=op.kw.get("source_schema"))
        return said
    said.update(table=op.table_name, schema=op.schema)
    if kind in ("unique", "primary"):
        said.update(columns=names(op.columns))
    if kind == "exclude":
        said.update(columns=[element[0] for element in op.elements])
    return said


def describe(op):
    kind = type(op).__name__
    if kind in ADDED:
        return added_constraint(op)
    said = {"table": getattr(op, "table_name", None), "schema": getattr(op, "schema", None)}
    if kind == "CreateTableOp":
        columns = [column(c) for c in op.columns if isinstance(c, schema.Column)]
        constraints = [constraint(c) for c in op.columns if isinstance(c, schema.Constraint)]
        return {"kind": "create_table", **said, "columns": columns, "constraints": constraints}
    if kind == "AddColumnOp":
        return {"kind": "add_column", **said, "column": column(op.column)}
    if kind == "DropColumnOp":
        return {"kind": "drop_column", **said, "column": op.column_name}
    if kind == "AlterColumnOp":
        return {
            "kind": "alter_column",
            **said,
            "column": op.column_name,
            "newName": op.modify_name,
            "nullable": op.modify_nullable,
            "typed": op.modify_type is not None,
            "defaulted": op.modify_server_default is not False,
        }
    if kind == "CreateIndexOp":
        columns = names(op.columns)
        return {"kind": "create_index", **said, "name": name(op.index_name), "columns": columns, "unique": bool(op.unique)}
    if kind == "DropIndexOp":
        return {"kind": "drop_index", **said, "name": name(op.index_name)}
    if kind == "DropConstraintOp":
        return {"kind": "drop_constraint", **said, "name": name(op.constraint_name), "type": op.constraint_type}
    if kind == "RenameTableOp":
        return {"kind": "rename_table", **said, "newName": op.new_table_name}
    if kind == "DropTableOp":
        return {"kind": "drop_table", **said}
    if kind in ("CreateTableCommentOp", "DropTableCommentOp"):
        return {"kind": "table_comment", **said}
    if kind == "BulkInsertOp":
        return {"kind": "bulk_insert", "table": op.table.name, "schema": op.table.schema}
    if kind == "ExecuteSQLOp":
        return {"kind": "execute", "sql": sql_of(op.sqltext)}
    return {"kind": "opaque", "name": kind}


def sql_of(statement):
    if isinstance(statement, str):
        return statement
    return statement.text if isinstance(statement, TextClause) else None


def run(text, function, dialect, offline):
    """What a function invokes, until it ends or fails."""
    recorded = []
    context = MigrationContext.configure(dialect_name=dialect, opts={"as_sql": True})
    context.impl._exec = lambda construct, *_, **__: recorded.append({"kind": "execute", "sql": sql_of(construct)})
    context.impl.static_output = lambda text: None

    def invoke(operations, op):
        recorded.append(describe(op))
        if type(op).__name__ == "CreateTableOp":
            return op.to_table(operations.migration_context)

    # Batches share it; before 1.11 with `op` itself.
    getattr(base, "AbstractOperations", Operations).invoke = invoke
    try:
        with EnvironmentContext(Config(), None, as_sql=offline), Operations.context(context):
            module = types.ModuleType("script")
            exec(compile(text, "script", "exec"), module.__dict__)
            getattr(module, function)()
    except Exception as error:
        return {"operations": recorded, "error": f"{type(error).__name__}: {error}"}
    return {"operations": recorded, "error": None}


for line in sys.stdin:
    text, dialect, offline = json.loads(line)
    sys.stdout, out = sys.stderr, sys.stdout
    answers = {function: run(text, function, dialect, offline) for function in ("upgrade", "downgrade")}
    sys.stdout = out
    print(json.dumps(answers))
