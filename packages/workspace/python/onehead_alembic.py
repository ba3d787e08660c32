"""Runs the project's own Alembic or Flask-Migrate for onehead, and answers what it is asked about the database.

    python onehead_alembic.py probe
    python onehead_alembic.py alembic <arguments of alembic>
    python onehead_alembic.py flask <arguments of flask db>
    python onehead_alembic.py watch <question as JSON> alembic|flask <arguments>
    python onehead_alembic.py ask <question as JSON>
    python onehead_alembic.py rehearse <question as JSON>

Needs nothing but what the project has installed; Python 3.6 or later. Answers go into the file that the question names, so that
whatever env.py prints is only printed.
"""

import json
import os
import sys

MARK = "onehead-probe:"


def main():
    watch = load_watch() if sys.argv[1] == "watch" else None
    rehearsal = load_rehearsal() if sys.argv[1] == "rehearse" else None
    # As for a console script: the folder of this file is no place for the project to import from.
    here = os.path.dirname(os.path.abspath(__file__))
    if sys.path and os.path.abspath(sys.path[0]) == here:
        del sys.path[0]
    command, arguments = sys.argv[1], sys.argv[2:]
    if command == "watch":
        question, command, *arguments = arguments
        watch(json.loads(question)).install()
    if command == "probe":
        probe()
    elif command == "alembic":
        run_alembic(arguments)
    elif command == "flask":
        run_flask(arguments)
    elif command == "rehearse":
        rehearse(json.loads(arguments[0]), rehearsal)
    else:
        ask(json.loads(arguments[0]))


def load_watch():
    """From beside this file, where nothing compiled is left behind."""
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        from onehead_watch import Watch
    finally:
        sys.dont_write_bytecode = writes
    return Watch


def load_rehearsal():
    """The same."""
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        from onehead_rehearse import Rehearsal
    finally:
        sys.dont_write_bytecode = writes
    return Rehearsal


def probe():
    """Tells what is installed, without importing any of it."""
    packages = {"alembic": "alembic", "flaskMigrate": "Flask-Migrate", "flask": "Flask", "sqlalchemy": "SQLAlchemy"}
    modules = {"alembic": "alembic", "flaskMigrate": "flask_migrate", "flask": "flask", "sqlalchemy": "sqlalchemy"}
    found = {name: version_of(package, modules[name]) for name, package in packages.items()}
    found["python"] = ".".join(str(part) for part in sys.version_info[:3])
    found["executable"] = sys.executable
    print("\n" + MARK + json.dumps(found))


def version_of(package, module):
    """The version, "" where only the module is there, None where it cannot be imported."""
    from importlib.util import find_spec

    spec = find_spec(module)
    # A folder of that name, such as a script directory, is no package of the library.
    if spec is None or spec.origin is None:
        return None
    try:
        from importlib.metadata import version
    except ImportError:
        return ""
    try:
        return version(package)
    except Exception:
        return ""


def run_alembic(arguments):
    from alembic.config import CommandLine

    sys.argv = ["alembic"] + arguments
    CommandLine(prog="alembic").main(argv=arguments)


def run_flask(arguments):
    """`flask db …` whatever the app calls the group, and with the app's own error where it cannot be imported."""
    from flask.cli import cli, main as flask
    from flask_migrate.cli import db

    cli.add_command(db, "db")
    sys.argv = ["flask", "db"] + arguments
    flask()


def ask(question):
    """Runs env.py as `current` does, and writes down which databases it connects to and where they stand."""
    databases = Databases(question["withPassword"], question["tables"], question.get("counts", False))
    databases.absent = bool(question.get("absent"))
    go_elsewhere(question.get("elsewhere") or {}, databases.absent)
    with_configuration(question, lambda config: run_environment(config, databases))
    with open(question["answer"], "w", encoding="utf-8") as answer:
        json.dump({"databases": databases.found}, answer)


def rehearse(question, rehearsal):
    """Runs the migrations on copies: nothing of the project is imported before every connection is led to one."""
    work = rehearsal(question)
    work.begin(lambda: with_configuration(question, work.run))


def with_configuration(question, work):
    """Calls `work` with the configuration that a command of Alembic or Flask-Migrate would have."""
    if question["form"] == "flask":
        with_flask(question, work)
    else:
        with_alembic(question, work)


def with_alembic(question, work):
    from alembic import util
    from alembic.config import CommandLine

    class Asking(CommandLine):
        def run_cmd(self, config, options):
            try:
                work(config)
            except util.CommandError as error:
                util.err(str(error))

    arguments = question["arguments"] + ["current"]
    sys.argv = ["alembic"] + arguments
    Asking(prog="alembic").main(argv=arguments)


def with_flask(question, work):
    from alembic.util import CommandError
    from flask import current_app
    from flask.cli import cli

    @cli.command("db")
    def db():
        migrate = current_app.extensions["migrate"].migrate
        config = migrate.get_config(question["directory"], x_arg=question["x"])
        try:
            work(config)
        except CommandError as error:
            print("Error: " + str(error), file=sys.stderr)
            sys.exit(1)

    sys.argv = ["flask", "db", "current"]
    cli.main(args=["db"], prog_name="flask", standalone_mode=False)


def run_environment(config, databases):
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    leave_no_empty_files(databases)
    script = ScriptDirectory.from_config(config)
    with EnvironmentContext(config, script, fn=databases.add, dont_mutate=True):
        script.run_env()


# Databases that every server has.
ALWAYS_THERE = {"postgresql": "postgres", "mysql": "information_schema", "mariadb": "information_schema"}


def go_elsewhere(places, absent):
    """
    Whoever connects to one of these databases gets the other one: what was restored is asked as if it were the original. Where the
    original is absent, its server is asked all the same.
    """
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    if not places and not absent:
        return
    if absent:
        from alembic.runtime.migration import MigrationContext

        # What the server's own databases hold is none of Alembic's business.
        MigrationContext.get_current_heads = lambda context: ()

    @event.listens_for(Engine, "do_connect")
    def connect(dialect, record, arguments, options):
        if dialect.name == "sqlite" and arguments and isinstance(arguments[0], str):
            # By the path that SQLite itself gives, links followed.
            real = {os.path.realpath(path): other for path, other in places.items()}
            arguments[0] = real.get(os.path.realpath(arguments[0]), arguments[0])
        for key in ("dbname", "database", "db"):
            if absent and key in options:
                options[key] = ALWAYS_THERE.get(dialect.name, options[key])
            elif options.get(key) in places:
                options[key] = places[options[key]]


def leave_no_empty_files(databases):
    """SQLite makes the file of a database that is not there: whoever only asks is given an empty one in memory."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @event.listens_for(Engine, "do_connect")
    def connect(dialect, record, arguments, options):
        name = arguments[0] if arguments else options.get("database")
        if dialect.name != "sqlite" or not isinstance(name, str):
            return None
        if name in ("", ":memory:") or name.startswith("file:") or os.path.exists(name):
            return None
        databases.missing = os.path.abspath(name)
        return dialect.connect(":memory:", *arguments[1:], **options)


class Databases:
    """What env.py connects to, in its order."""

    def __init__(self, with_password, tables, counts):
        self.with_password = with_password
        self.counts = counts
        self.absent = False
        self.tables = tables
        self.missing = None
        self.found = []

    def add(self, revisions, context):
        """Called by Alembic in place of a migration, once per database."""
        connection = context.connection
        dialect = context.dialect
        offline = bool(context.as_sql) or connection is None
        url = None if offline else connection.engine.url
        self.found.append(
            {
                "name": name_of(context),
                "dialect": dialect.name,
                "driver": getattr(dialect, "driver", None),
                "isMariaDB": bool(getattr(dialect, "is_mariadb", False)),
                "serverVersion": version_text(getattr(dialect, "server_version_info", None)),
                "isOffline": offline,
                "address": None if url is None else address_of(url),
                "secretAddress": text_of(url) if self.with_password and url is not None else None,
                "user": None if url is None else url.username,
                "host": None if url is None else url.host,
                "port": None if url is None else url.port,
                "database": None if url is None else self.database_of(connection, dialect, url),
                "exists": self.missing is None and not self.absent,
                "currentRevisions": sorted(revisions),
                "versionTable": context.version_table,
                "versionTableSchema": context.version_table_schema,
                "hasVersionTable": not offline and not self.absent and has_version_table(context),
                "leftovers": [] if offline else leftovers_of(connection, dialect),
                "columns": {} if offline else columns_of(connection, self.tables),
                "rowCounts": row_counts_of(connection, dialect) if self.counts and not offline else None,
            }
        )
        self.missing = None
        return []

    def database_of(self, connection, dialect, url):
        """By the server's own word where it has one: an address may leave the name out."""
        if self.absent:
            return url.database
        if dialect.name == "sqlite":
            if self.missing is not None:
                return self.missing
            return value_of(connection, "PRAGMA database_list", 2) or ":memory:"
        if dialect.name == "postgresql":
            return value_of(connection, "SELECT current_database()", 0)
        if dialect.name in ("mysql", "mariadb"):
            return value_of(connection, "SELECT DATABASE()", 0)
        return url.database


def value_of(connection, statement, column):
    from sqlalchemy import text

    row = connection.execute(text(statement)).fetchone()
    return None if row is None else row[column]


def has_version_table(context):
    schema = context.version_table_schema
    return bool(context.dialect.has_table(context.connection, context.version_table, schema=schema))


def leftovers_of(connection, dialect):
    """What a batch operation that failed has left: on SQLite nothing takes it away again."""
    from sqlalchemy import text

    if dialect.name != "sqlite":
        return []
    rows = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"))
    return [name for (name,) in rows if name.startswith("_alembic_tmp_")]


def columns_of(connection, tables):
    """The columns of each of these tables; None for one that is not there."""
    from sqlalchemy import inspect

    if not tables:
        return {}
    inspector = inspect(connection)
    there = {}
    for name in tables:
        schema, _, table = name.rpartition(".")
        place = schema or None
        is_there = table in inspector.get_table_names(schema=place)
        there[name] = [column["name"] for column in inspector.get_columns(table, schema=place)] if is_there else None
    return there


def row_counts_of(connection, dialect):
    """How many rows each table has, `schema.table` outside of the default schema."""
    from sqlalchemy import column, func, inspect, select, table

    inspector = inspect(connection)
    schemas = [None]
    if dialect.name == "postgresql":
        usual = inspector.default_schema_name
        others = [name for name in inspector.get_schema_names() if name != usual]
        schemas += [name for name in others if name != "information_schema" and not name.startswith("pg_")]
    counts = {}
    for schema in schemas:
        for name in inspector.get_table_names(schema=schema):
            found = table(name, column("1"), schema=schema)
            count = func.count()
            try:
                query = select(count).select_from(found)
            except Exception:
                query = select([count]).select_from(found)
            counts[name if schema is None else schema + "." + name] = connection.execute(query).scalar()
    return counts


def name_of(context):
    """With several databases in one env.py, the templates of Alembic and Flask-Migrate name each of them here."""
    token = context.opts.get("upgrade_token")
    if isinstance(token, str) and token.endswith("_upgrades"):
        return token[: -len("_upgrades")]
    return None


def version_text(version):
    return None if not version else ".".join(str(part) for part in version)


# Parameters of an address that say where a database is; others may hold a password.
TELLING = ("host", "port", "service", "unix_socket", "charset", "sslmode", "mode", "uri")


def address_of(url):
    """The address without a password, and without parameters that may be one."""
    import copy

    query = {key: value for key, value in dict(url.query).items() if key in TELLING}
    if hasattr(url, "_replace"):
        return text_of(url._replace(password=None, query=type(url.query)(query)))
    safe = copy.copy(url)
    safe.password = None
    safe.query = query
    return text_of(safe)


def text_of(url):
    if hasattr(url, "render_as_string"):
        return url.render_as_string(hide_password=False)
    return str(url)


if __name__ == "__main__":
    main()
