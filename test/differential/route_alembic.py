"""Walks routes on real databases: JSON lines in, one answer for each. Every revision creates a table of its own and drops it again."""

import io
import json
import os
import shutil
import sys
import tempfile
import traceback

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

ENV = """
from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection)
with context.begin_transaction():
    context.run_migrations()
"""

SCRIPT = '''
from alembic import op
import sqlalchemy as sa
revision, down_revision, depends_on, branch_labels = %r, %r, %r, None
def upgrade():
    op.create_table("t_%s", sa.Column("id", sa.Integer))
def downgrade():
    op.drop_table("t_%s")
'''


def write(folder, graph):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder + "/versions")
    with open(folder + "/env.py", "w") as file:
        file.write(ENV)
    for revision, table, parents, depends_on in graph:
        with open("%s/versions/%s.py" % (folder, revision), "w") as file:
            file.write(SCRIPT % (revision, tuple(parents) or None, tuple(depends_on) or None, table, table))


def take(config, step):
    action = step["command"]
    if action == "stamp":
        command.stamp(config, step["revision"], purge=step.get("purge", False))
    else:
        getattr(command, action)(config, step["revision"])


def state(connection):
    asked = sa.inspect(connection)
    tables = set(asked.get_table_names())
    rows = connection.execute(sa.text("SELECT version_num FROM alembic_version")) if "alembic_version" in tables else []
    return {"rows": sorted(row[0] for row in rows), "tables": sorted(t[2:] for t in tables if t.startswith("t_"))}


def walk(folder, parts):
    """Each part: a graph that is written, steps that are taken; what there is after each part, or the first error."""
    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", folder)
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    answers = []
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        for part in parts:
            write(folder, part["graph"])
            for step in part["steps"]:
                try:
                    take(config, step)
                except Exception as error:
                    answers.append({"error": "%s: %s" % (step, error), **state(connection)})
                    return answers
            answers.append(state(connection))
    return answers


def main():
    sys.dont_write_bytecode = True
    folder = tempfile.mkdtemp()
    try:
        for line in sys.stdin:
            json.dump(walk(folder + "/scripts", json.loads(line)), sys.stdout)
            print()
    finally:
        shutil.rmtree(folder)


main()
