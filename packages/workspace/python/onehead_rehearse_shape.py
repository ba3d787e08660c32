"""What a database holds: every table, column, index and so on in words, and how many rows and values.

A shape is a dictionary from what a thing is to its words; what has no name has its words in the key. The words of two things are equal
exactly where the things are.
"""

import json

from onehead_rehearse_postgresql import postgresql_things
from onehead_rehearse_words import CANARY

SYSTEM_SCHEMAS = ("information_schema", CANARY)


def shape_of(context, with_rows):
    """Of all schemas of PostgreSQL, else of the one database; without Alembic's own table and ours."""
    from sqlalchemy import inspect

    connection = context.connection
    inspector = inspect(connection)
    shape = Shape(connection, inspector)
    own = {(context.version_table_schema or inspector.default_schema_name, context.version_table)}
    for schema in schemas_of(connection, inspector):
        names = [name for name in sorted(inspector.get_table_names(schema=schema)) if name != CANARY]
        names = [name for name in names if (schema or inspector.default_schema_name, name) not in own]
        shape.add_tables(schema, [name for name in names if not name.startswith("sqlite_")])
        shape.add_views(schema)
    if connection.dialect.name == "postgresql":
        postgresql_things(shape, own)
    elif connection.dialect.name == "sqlite":
        for table, name, text in rows_of(connection, "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'"):
            shape.add("trigger", table, name, squeezed(text))
    else:
        mysql_things(shape)
    if with_rows:
        for (schema, table), columns in shape.tables.items():
            shape.count(schema, table, columns)
    return shape.things


def schemas_of(connection, inspector):
    if connection.dialect.name != "postgresql":
        return [None]
    default = inspector.default_schema_name
    names = [name for name in inspector.get_schema_names() if name not in SYSTEM_SCHEMAS and not name.startswith("pg_")]
    return [None] + sorted(name for name in names if name != default)


class Shape:
    def __init__(self, connection, inspector):
        self.connection = connection
        self.inspector = inspector
        self.is_postgresql = connection.dialect.name == "postgresql"
        self.things = {}
        # (schema, table) → names of its columns
        self.tables = {}

    def add(self, kind, table, name, text):
        name = "" if name is None else str(name)
        key = [kind, table, name]
        self.things[json.dumps(key if name != "" or kind in ("table", "data") else key + [text])] = text

    def add_tables(self, schema, names):
        if not names:
            return
        columns = self.reflect("columns", schema, names)
        primary = self.reflect("pk_constraint", schema, names)
        foreign = self.reflect("foreign_keys", schema, names)
        unique = self.reflect("unique_constraints", schema, names)
        # PostgreSQL is asked itself: it has more of them than SQLAlchemy has words for.
        checks = {} if self.is_postgresql else self.reflect("check_constraints", schema, names)
        indexes = {} if self.is_postgresql else self.reflect("indexes", schema, names)
        comments = self.reflect("table_comment", schema, names)
        for name in names:
            table = placed(schema, name)
            own = columns.get(name, [])
            self.tables[(schema, name)] = [column["name"] for column in own]
            comment = (comments.get(name) or {}).get("text")
            self.add("table", table, "", "" if comment is None else "comment %s" % quoted(comment))
            for column in own:
                self.add("column", table, column["name"], self.say_column(column))
            key = primary.get(name) or {}
            if key.get("constrained_columns"):
                self.add("primary key", table, key.get("name"), in_brackets(key["constrained_columns"]))
            for one in foreign.get(name, []):
                self.add("foreign key", table, one.get("name"), say_foreign_key(one))
            for one in unique.get(name, []):
                self.add("unique constraint", table, one.get("name"), in_brackets(one["column_names"]))
            for one in checks.get(name, []):
                self.add("check constraint", table, one.get("name"), squeezed(one["sqltext"]))
            for one in indexes.get(name, []):
                self.add("index", table, one.get("name"), say_index(one))

    def reflect(self, what, schema, names):
        """By table; all at once where SQLAlchemy can."""
        try:
            at_once = getattr(self.inspector, "get_multi_" + what, None)
            if at_once is not None:
                return {table: told for (_, table), told in at_once(schema=schema, filter_names=names).items()}
            return {name: getattr(self.inspector, "get_" + what)(name, schema=schema) for name in names}
        except NotImplementedError:
            return {}

    def say_column(self, column):
        words = [say_type(column["type"], self.connection.dialect)]
        if not column.get("nullable", True):
            words.append("NOT NULL")
        if column.get("default") is not None:
            words.append("DEFAULT %s" % squeezed(column["default"]))
        if column.get("computed"):
            words.append("GENERATED (%s)" % squeezed(column["computed"]["sqltext"]))
        if column.get("identity"):
            words.append("IDENTITY" + (" ALWAYS" if column["identity"].get("always") else ""))
        if column.get("autoincrement") is True and not self.is_postgresql:
            words.append("AUTO_INCREMENT")
        if column.get("comment"):
            words.append("comment %s" % quoted(column["comment"]))
        return " ".join(words)

    def add_views(self, schema):
        for name in sorted(self.inspector.get_view_names(schema=schema)):
            try:
                text = self.inspector.get_view_definition(name, schema=schema)
            except Exception:
                text = ""
            self.add("view", placed(schema, name), "", squeezed(text or ""))

    def count(self, schema, table, columns):
        """Rows, and in each column the values that are not NULL."""
        quote = self.connection.dialect.identifier_preparer.quote
        where = ".".join(quote(one) for one in (schema, table) if one is not None)
        chosen = columns[:1000]
        asked = ", ".join(["count(*)"] + ["count(%s)" % quote(name) for name in chosen])
        row = tuple(rows_of(self.connection, "SELECT %s FROM %s" % (asked, where))[0])
        self.add("data", placed(schema, table), "", {"rows": row[0], "values": dict(zip(chosen, row[1:]))})


def mysql_things(shape):
    own = "table_schema = DATABASE()"
    triggers = (
        "SELECT event_object_table, trigger_name, action_timing, event_manipulation, action_statement"
        " FROM information_schema.triggers WHERE trigger_schema = DATABASE()"
    )
    for table, name, timing, event, text in rows_of(shape.connection, triggers):
        shape.add("trigger", table, name, "%s %s %s" % (timing, event, squeezed(text)))
    routines = (
        "SELECT routine_name, routine_type, routine_definition FROM information_schema.routines"
        " WHERE routine_schema = DATABASE()"
    )
    for name, kind, text in rows_of(shape.connection, routines):
        shape.add("function", None, name, "%s %s" % (kind, squeezed(text or "")))
    engines = "SELECT table_name, engine, table_collation FROM information_schema.tables WHERE %s" % own
    for table, engine, collation in rows_of(shape.connection, engines):
        key = json.dumps(["table", table, ""])
        if key in shape.things:
            shape.things[key] = " ".join(str(one) for one in (engine, collation, shape.things[key]) if one)


def rows_of(connection, statement):
    """Without parameters, so that no driver reads a percent sign in a name."""
    return connection.execution_options(no_parameters=True).exec_driver_sql(statement).fetchall()


def placed(schema, table):
    return table if schema is None else "%s.%s" % (schema, table)


def in_brackets(columns):
    return "(%s)" % ", ".join(str(column) for column in columns)


def quoted(text):
    return "'%s'" % str(text).replace("'", "''")


def squeezed(text):
    return " ".join(str(text).split())


def say_type(type_, dialect):
    try:
        words = type_.compile(dialect=dialect)
    except Exception:
        words = repr(type_)
    return squeezed(words)


def say_foreign_key(one):
    target = placed(one.get("referred_schema"), one["referred_table"])
    options = one.get("options") or {}
    words = ["%s → %s %s" % (in_brackets(one["constrained_columns"]), target, in_brackets(one["referred_columns"]))]
    words += ["%s %s" % (name.upper(), options[name]) for name in sorted(options) if options[name] is not None]
    return " ".join(words)


def say_index(one):
    columns = one.get("expressions") or one["column_names"]
    words = ["unique"] if one.get("unique") else []
    options = one.get("dialect_options") or {}
    told = ["%s=%s" % (name.split("_", 1)[-1], options[name]) for name in sorted(options) if options[name]]
    return " ".join(words + [in_brackets(columns)] + told)
