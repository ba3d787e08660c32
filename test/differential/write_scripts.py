"""Reads a JSON list of commands on stdin and runs each as its own command line would, in its directory.

`{"cwd": …, "alembic": [arguments]}` is Alembic's command line; `{"cwd": …, "merge": {…}}` and `{"revision": {…}}` are what
`flask db` calls. Writes a list of what went wrong, null for what went well.
"""
import contextlib
import io
import json
import os
import sys
import warnings

import alembic.config

warnings.simplefilter("ignore")


def run(case):
    if "alembic" in case:
        alembic.config.main(argv=case["alembic"], prog="alembic")
        return
    import flask
    import flask_migrate
    import flask_sqlalchemy

    app = flask.Flask("shop")
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    flask_migrate.Migrate(app, flask_sqlalchemy.SQLAlchemy(app))
    with app.app_context():
        if "merge" in case:
            flask_migrate.merge(**case["merge"])
        else:
            flask_migrate.revision(**case["revision"])


def attempt(case):
    os.chdir(case["cwd"])
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            run(case)
    except SystemExit as error:
        return f"{error.code}: {said.getvalue()}" if error.code else None
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


json.dump([attempt(case) for case in json.load(sys.stdin)], sys.stdout)
