"""Takes steps as JSON and answers each in turn: real Alembic commands, SQL, what a database holds. One process, one import."""

import json
import os
import sys
import tempfile
import traceback

import sqlalchemy as sa


def alembic(args):
    """As `alembic <args>` in a process of its own would: exit code and what it wrote."""
    from alembic.config import CommandLine

    return answer(*captured(lambda: CommandLine("alembic").main(args)))


def flask(args):
    """The same for `flask --app app db <args>`."""
    from flask.cli import cli

    return answer(*captured(lambda: cli.main(["--app", "app", "db", *args])))


def answer(status, out, err):
    return {"status": status, "stdout": out, "stderr": err, "output": out + err}


def captured(command):
    """How a command ends and what it writes. By descriptor: Alembic keeps the stdout it was imported with."""
    kept = [os.dup(1), os.dup(2)]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        os.dup2(out.fileno(), 1)
        os.dup2(err.fileno(), 2)
        try:
            status = exit_code(command)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for descriptor, copy in enumerate(kept, start=1):
                os.dup2(copy, descriptor)
                os.close(copy)
        return status, *(read(file) for file in (out, err))


def exit_code(command):
    try:
        command()
        return 0
    except SystemExit as end:
        return int(end.code or 0) & 255
    except Exception:
        traceback.print_exc()
        return 1


def read(file):
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def write(files):
    for path, text in files.items():
        if text is None:
            os.remove(path)
            continue
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)


def rows(engine, statement):
    # Without parameters a percent sign is one.
    options = {"isolation_level": "AUTOCOMMIT", "no_parameters": True}
    with engine.connect().execution_options(**options) as connection:
        result = connection.exec_driver_sql(statement)
        return [[plain(value) for value in row] for row in result] if result.returns_rows else []


def plain(value):
    value = bytes(value) if isinstance(value, memoryview) else value
    return value if value is None or isinstance(value, (int, float, str)) else str(value)


def describe(engine):
    """Every table but Alembic's own, with what could differ between two ways to one schema; and Alembic's rows, sorted."""
    asked = sa.inspect(engine)
    names = sorted(asked.get_table_names())
    stamped = rows(engine, "SELECT version_num FROM alembic_version") if "alembic_version" in names else []
    own = [name for name in names if name != "alembic_version"]
    return {
        "versions": sorted(row[0] for row in stamped),
        "tables": {name: table(asked, name) for name in own},
        "rows": {name: rows(engine, f"SELECT count(*) FROM {name}")[0][0] for name in own},
    }


def table(asked, name):
    return {
        "columns": {
            column["name"]: f"{column['type']}{'' if column['nullable'] else ' NOT NULL'}"
            for column in asked.get_columns(name)
        },
        "indexes": sorted(
            f"{index['name']} ({', '.join(map(str, index['column_names']))})" for index in asked.get_indexes(name)
        ),
    }


def fill(engine, ident):
    """One row in every table."""
    for name in describe(engine)["tables"]:
        rows(engine, f"INSERT INTO {name} (id) VALUES ({ident})")


def empty(engine):
    """As if it had just been created."""
    found = sa.MetaData()
    found.reflect(engine)
    found.drop_all(engine)


def main():
    asked = json.load(sys.stdin)
    engine = sa.create_engine(asked["url"], poolclass=sa.pool.NullPool)
    actions = {
        "alembic": alembic,
        "flask": flask,
        "write": write,
        "sql": lambda statement: rows(engine, statement),
        "fill": lambda ident: fill(engine, ident),
        "empty": lambda _: empty(engine),
        "describe": lambda _: describe(engine),
    }
    answers = [actions[name](value) for step in asked["steps"] for name, value in step.items()]
    json.dump(answers, sys.stdout)


main()
