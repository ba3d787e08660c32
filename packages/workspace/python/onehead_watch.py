"""Watches a run of Alembic from inside: which revision runs, what of it has run when it fails, and that nobody else migrates.

Tells what it sees in lines of standard error that hold a mark which only onehead knows. Uses what Alembic and SQLAlchemy document.
"""

import hashlib
import json
import os
import re
import sys
import zlib
from contextlib import contextmanager

MOST_STATEMENTS = 20
LONGEST_STATEMENT = 300

WITHOUT_EFFECT = ("SELECT", "PRAGMA", "SHOW", "EXPLAIN", "BEGIN", "COMMIT", "END", "ROLLBACK")

# A script that ends the transaction that Alembic has begun for it.
COMMITS = re.compile(r"(?:^|;)\s*COMMIT\b|^\s*END\s*;?\s*$", re.IGNORECASE)


class Watch:
    """One run. `question`: `mark`, `locks` (a folder), `expected` (the rows of each database, in the order of env.py)."""

    def __init__(self, question):
        self.mark = question["mark"]
        self.locks = question["locks"]
        self.expected = question["expected"]
        self.databases = 0
        self.places = set()
        self.running = False
        self.ran = []
        self.committed = False

    def tell(self, **note):
        try:
            sys.stdout.flush()
            sys.stderr.flush()
            os.write(2, (self.mark + json.dumps(note) + "\n").encode("utf-8"))
        except OSError:
            # Whoever started this is gone: no reason to stop half-way.
            pass

    def install(self):
        from alembic.runtime.environment import EnvironmentContext
        from alembic.runtime.migration import MigrationContext

        initialise = EnvironmentContext.__init__
        migrate = MigrationContext.run_migrations
        autocommit = MigrationContext.autocommit_block

        def watched_init(environment, config, script, **options):
            work = options.get("fn")
            if work is not None:
                options["fn"] = lambda rows, context: self.steps(work(rows, context), rows, context)
            initialise(environment, config, script, **options)

        def watched_migrate(context, **options):
            with self.alone(context):
                self.listen(context)
                try:
                    migrate(context, **options)
                except BaseException:
                    if self.running:
                        self.tell(note="failed", ran=self.ran, committed=self.committed)
                    raise

        def watched_autocommit(context):
            # What ran before it in the same transaction is committed too.
            self.committed = True
            return autocommit(context)

        EnvironmentContext.__init__ = watched_init
        MigrationContext.run_migrations = watched_migrate
        MigrationContext.autocommit_block = watched_autocommit

    def steps(self, steps, rows, context):
        """Called with the lock held: what was planned must still be right."""
        expected = self.expected[self.databases] if self.databases < len(self.expected) else None
        self.databases += 1
        steps = list(steps)
        # An env.py that comes to a database twice finds there what it has just done.
        is_again = not steps and place_of(context) in self.places
        self.places.add(place_of(context))
        if sorted(rows) != expected and not is_again:
            self.tell(note="moved-on", rows=sorted(rows))
            raise self.refusal("the database stands elsewhere by now")
        return self.announced(steps, context)

    def announced(self, steps, context):
        """Alembic asks for the next step when one is done."""
        for step in steps:
            revision = step.info.up_revision_ids[0]
            transactional = is_transactional(context)
            self.running, self.ran, self.committed = True, [], not transactional
            place = {"database": self.databases - 1, "transactional": transactional}
            self.tell(note="begin", revision=revision, upgrade=step.info.is_upgrade, **place)
            yield step
            self.running = False
            self.tell(note="done", revision=revision)

    def listen(self, context):
        from sqlalchemy import event

        def executed(connection, cursor, statement, parameters, context, executemany):
            words = statement.split(None, 1)
            if self.running and words and words[0].upper().rstrip(";") not in WITHOUT_EFFECT:
                self.ran = (self.ran + [" ".join(statement.split())[:LONGEST_STATEMENT]])[-MOST_STATEMENTS:]
            if COMMITS.search(statement):
                committed(connection)

        def committed(connection):
            # Alembic's own, after a revision, is followed by the beginning of the next one.
            self.committed = self.committed or len(self.ran) > 0

        if context.connection is not None:
            event.listen(context.connection, "after_cursor_execute", executed)
            event.listen(context.connection, "commit", committed)

    @contextmanager
    def alone(self, context):
        """Holds a lock that ends with this process, whatever ends it."""
        taken = self.lock(context)
        try:
            yield
        finally:
            if taken is not None:
                self.let_go(taken)

    def let_go(self, taken):
        try:
            taken.close()
        except Exception:
            # A server that has closed it meanwhile has let the lock go too: what ran, ran.
            pass

    def lock(self, context):
        """What holds the lock, with `close`; None where there is nothing to lock."""
        if context.connection is None or context.as_sql:
            return None
        engine = context.connection.engine
        table = "%s.%s" % (context.version_table_schema or "", context.version_table)
        if context.dialect.name == "postgresql":
            # For the length of a transaction, so that it also holds behind a pooler that shares connections between transactions.
            key = zlib.crc32(table.encode("utf-8")) - 2**31
            # It waits while scripts run: a server that ends idle transactions would end the lock with it.
            stay = [] if old_server(context) else ["SET LOCAL idle_in_transaction_session_timeout = 0"]
            return self.on_server(engine, "SELECT pg_try_advisory_xact_lock(1869505896, %d)" % key, stay)
        if context.dialect.name in ("mysql", "mariadb"):
            # These names are shared by all databases of a server.
            name = digest("%s %s" % (engine.url.database, table))
            return self.on_server(engine, "SELECT GET_LOCK('onehead %s', 0)" % name, ["SET SESSION wait_timeout = 2147483"])
        place = os.path.abspath(engine.url.database or "") if context.dialect.name == "sqlite" else engine.url
        return self.beside("%s %s" % (place, table))

    def on_server(self, engine, statement, stay):
        from sqlalchemy import create_engine, text

        # A pool of its own, with the same way to connect: the project's may have one connection for all (StaticPool), or no second one.
        connection = create_engine(engine.url, pool=engine.pool.recreate()).connect()
        try:
            isolated = connection.execution_options(isolation_level="READ COMMITTED")
            for one in stay:
                isolated.execute(text(one))
            if isolated.execute(text(statement)).fetchone()[0]:
                # Closed it is closed, and not put by with its lock.
                isolated.detach()
                return isolated
        except BaseException:
            connection.close()
            raise
        connection.close()
        raise self.locked()

    def beside(self, address):
        """A file of ours that SQLite locks: the lock of whoever died is gone."""
        import sqlite3

        try:
            os.makedirs(self.locks, mode=0o700, exist_ok=True)
            held = sqlite3.connect(os.path.join(self.locks, digest(address)), timeout=0, isolation_level=None)
        except (OSError, sqlite3.OperationalError) as error:
            raise self.without_place(error)
        try:
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            held.close()
            if "locked" in str(error):
                raise self.locked()
            raise self.without_place(error)
        return held

    def without_place(self, error):
        message = "%s cannot be written, where the lock of this database would lie (%s)" % (self.locks, error)
        self.tell(note="no-lock", message=message)
        return self.refusal(message)

    def locked(self):
        self.tell(note="locked")
        return self.refusal("another onehead migrates this database just now")

    def refusal(self, words):
        from alembic.util import CommandError

        return CommandError(words)


def place_of(context):
    """Where the rows of a database are, as far as its configuration says."""
    url = None if context.connection is None else str(context.connection.engine.url)
    return (url, context.version_table_schema, context.version_table)


def old_server(context):
    """A PostgreSQL before 9.6, which ends no transaction by itself."""
    version = getattr(context.dialect, "server_version_info", None)
    return version is not None and tuple(version) < (9, 6)


def is_transactional(context):
    """True where what a script has done is taken back when it fails."""
    if not context.impl.transactional_ddl:
        return False
    try:
        return getattr(context.connection.connection, "autocommit", False) is not True
    except Exception:
        return True


def digest(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:40]
