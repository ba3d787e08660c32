"""Makes real programs fail, many in one process: each command runs in a fork of a Python that has everything imported already."""

import json
import logging
import os
import sys
import tempfile
import traceback
import warnings

import alembic.autogenerate  # noqa: F401
import alembic.command  # noqa: F401
import alembic.config
import sqlalchemy as sa


def run_alembic(args):
    alembic.config.CommandLine("alembic").main(args)


def run_flask(args):
    from flask.cli import cli

    cli.main(args)


def run_python(code):
    exec(compile(code, "provoke.py", "exec"), {"__name__": "__main__"})


def run_sql(statements):
    engine = sa.create_engine(os.environ["PLAIN_URL"], poolclass=sa.pool.NullPool)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT", no_parameters=True) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


ACTIONS = {"alembic": run_alembic, "flask": run_flask, "python": run_python, "sql": run_sql}


def write(folder, files):
    for path, text in files.items():
        path = os.path.join(folder, path)
        if text is None:
            os.remove(path)
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)


def in_fork(action, value, folder, env):
    """How it ends and what it prints, as a process of its own would."""
    with tempfile.TemporaryFile() as out:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(out.fileno(), 2)
            os._exit(ended(lambda: ACTIONS[action](value), folder, env))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out.seek(0)
        return {"status": status, "output": out.read().decode("utf-8", "replace")}


def ended(command, folder, env):
    warnings.simplefilter("always", UserWarning)
    logging.raiseExceptions = False
    os.chdir(folder)
    os.environ.update(env)
    sys.path.insert(0, folder)
    status = 0
    try:
        command()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(bool(end.code))
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return status & 255


def main():
    answers = []
    for case in json.load(sys.stdin):
        write(case["folder"], case["files"])
        answer = {"status": None, "output": ""}
        for step in case["steps"]:
            for action, value in step.items():
                if action == "write":
                    write(case["folder"], value)
                else:
                    answer = in_fork(action, value, case["folder"], case["env"])
        answers.append(answer)
    json.dump(answers, sys.stdout)


main()
