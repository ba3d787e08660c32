"""Copies of databases for a rehearsal: made where SQLAlchemy is about to connect, and the only thing that it may connect to.

Uses what SQLAlchemy documents: the events `do_connect` and `connect`.
"""

import os
import sys

from onehead_rehearse_mysql_copy import MysqlCopy
from onehead_rehearse_pg_copy import PostgresqlCopy
from onehead_rehearse_sqlite import SqliteCopy
from onehead_rehearse_words import Refused

KINDS = {"sqlite": SqliteCopy, "postgresql": PostgresqlCopy, "mysql": MysqlCopy, "mariadb": MysqlCopy}


class Copies:
    """Every connection of this process goes to a copy, or is refused."""

    def __init__(self, question, tell):
        self.question = question
        self.tell = tell
        self.made = []
        # What was refused, though env.py may have swallowed it.
        self.refused = None

    def install(self):
        from sqlalchemy import event
        from sqlalchemy.engine import Engine
        from sqlalchemy.pool import Pool

        event.listen(Engine, "do_connect", self.lead)
        event.listen(Pool, "connect", self.prove)
        if hasattr(sys, "addaudithook"):
            sys.addaudithook(self.audit)
        self.announce(self.question["variable"])

    def announce(self, variable):
        """The copy in the variable that env.py reads, for whoever connects past SQLAlchemy's own way."""
        from sqlalchemy import create_engine
        from sqlalchemy.engine import make_url

        if not variable or not os.environ.get(variable):
            return
        try:
            url = make_url(os.environ[variable])
            dialect = create_engine(url).dialect
            arguments, options = dialect.create_connect_args(url)
        except Exception:
            # env.py may make an address of it.
            return
        arguments, options = list(arguments), dict(options)
        self.lead_to_copy(dialect, arguments, options)
        if self.made:
            copied = url.set(database=self.made[0].name)
            os.environ[variable] = copied.render_as_string(hide_password=False)

    def lead(self, dialect, record, arguments, options):
        """In place of the original, the copy: wherever the address came from."""
        try:
            self.lead_to_copy(dialect, arguments, options)
        except Refused as refused:
            self.refused = refused
            raise

    def lead_to_copy(self, dialect, arguments, options):
        kind = KINDS.get(dialect.name)
        if kind is None:
            words = "onehead makes no copy of a %s database" % dialect.name
            raise Refused("copy", words, "rehearse on SQLite, PostgreSQL, MySQL or MariaDB")
        original = kind.original_of(arguments, options)
        if original is None or any(copy.is_at(original) for copy in self.made):
            return
        for copy in self.made:
            if copy.original == original:
                return copy.aim(arguments, options)
        copy = kind(self.question, self.tell, dialect, arguments, options)
        if self.question["source"] == "dump" and self.made:
            words = "env.py connects to several databases, and one dump is given"
            raise Refused("dump", words, "leave --from out")
        self.made.append(copy)
        copy.make()
        copy.aim(arguments, options)

    def prove(self, connection, record):
        """Asked of the server itself: also a connection that env.py makes by hand (`creator`) passes here."""
        if self.owner_of(connection) is not None:
            return
        words = "env.py connects to something else than the copy: it makes its connections itself (creator=)"
        self.refused = Refused("not-the-copy", words, WAY_OUT)
        raise self.refused

    def owner_of(self, connection):
        """The copy that a connection of the driver leads to, or a database in memory; None for anything else."""
        for kind in (PostgresqlCopy, MysqlCopy, SqliteCopy):
            name = kind.name_asked(connection)
            if name is None:
                continue
            if kind is SqliteCopy and name == "":
                return name
            return next((copy for copy in self.made if isinstance(copy, kind) and copy.is_named(name)), None)
        return None

    def find(self, connection):
        """The copy behind a connection of SQLAlchemy; refused where it is none, or where the canary is not there."""
        for copy in self.made:
            if copy.dialect.name == connection.dialect.name and copy.is_behind(connection):
                if copy.has_canary(connection):
                    return copy
        words = "env.py does not run the migrations on the copy"
        self.refused = Refused("not-the-copy", words, WAY_OUT)
        raise self.refused

    def audit(self, name, arguments):
        """Scripts that open the file themselves, past SQLAlchemy."""
        if name != "sqlite3.connect" or not isinstance(arguments[0], (str, os.PathLike)):
            return
        for copy in self.made:
            if isinstance(copy, SqliteCopy) and not copy.is_copying and copy.is_original(arguments[0]):
                words = "something opens the original database past SQLAlchemy"
                self.refused = Refused("not-the-copy", words, WAY_OUT)
                raise self.refused

    def renew(self):
        for copy in self.made:
            copy.renew()

    def drop(self):
        """Every copy, whatever happens to the one before."""
        for copy in self.made:
            try:
                copy.drop()
            except BaseException as error:
                self.tell(note="left", name=copy.name, message=str(error).strip())


WAY_OUT = "let env.py read the address from a variable, and name it as databaseUrlEnv in onehead.json"
