"""Copies of databases on a server, beside their originals."""

import json
import os
import re
import time

from onehead_rehearse_maintenance import Maintenance
from onehead_rehearse_sqlite import first_value
from onehead_rehearse_words import KEPT, PREFIX, Refused, is_loopback

class ServerCopy:
    """`database_keys`: what drivers call the name of the database among their options."""

    def __init__(self, question, tell, dialect, arguments, options):
        self.question = question
        self.tell = tell
        self.dialect = dialect
        self.arguments = list(arguments)
        self.options = dict(options)
        self.original = self.original_of(arguments, options)
        kept = KEPT if question["keep"] else PREFIX
        # At most 63 bytes, with something that a person knows again.
        known = re.sub(r"\W", "_", self.database or "", flags=re.ASCII)[-28:]
        self.name = "%s%s_%d_%s" % (kept, question["token"][:8], question["count"](), known)
        self.maintenance = Maintenance(dialect)
        self.method = "empty"
        self.because = None
        self.is_made = False

    @classmethod
    def original_of(cls, arguments, options):
        """Where a connection would go, as far as that tells two places apart."""
        host = options.get("host") or ""
        port = str(options.get("port") or cls.usual_port)
        local = "localhost" if host in ("127.0.0.1", "::1") else str(host)
        return (local, options.get("unix_socket"), options.get("service"), port, cls.database_of(options))

    @classmethod
    def database_of(cls, options):
        return next((options[key] for key in cls.database_keys if options.get(key)), None)

    @property
    def database(self):
        return self.original[-1]

    def is_named(self, name):
        return name == self.name

    def is_at(self, original):
        return original[-1] == self.name

    def aim(self, arguments, options):
        options.update(self.aimed(self.name))

    def aimed(self, name):
        """The options of a connection to another database of the same server."""
        keys = [key for key in self.database_keys if key in self.options] or list(self.database_keys[:1])
        return {key: name for key in keys}

    def is_behind(self, connection):
        return self.is_named(connection.exec_driver_sql(self.asks_name).fetchone()[0])

    @classmethod
    def name_asked(cls, connection):
        return first_value(connection, cls.asks_name, 0)

    def refuse_remote(self):
        where = self.host()
        if self.question["remote"] or (where is not None and is_loopback(where)):
            return
        said = "somewhere that its settings name" if where is None else "on %s, which is not this machine" % where
        help = "go on with --remote where a copy may be made there"
        raise Refused("remote", "the database %s is %s" % (self.database or "", said), help)

    def make(self):
        self.refuse_remote()
        self.connect()
        self.sweep()
        if self.question["sweepOnly"]:
            raise Refused("stopped", "what was left is dropped")
        if not self.lock(self.name):
            raise Refused("copy", "somebody else holds the name %s" % self.name)
        self.create()
        self.tell(
            note="copy",
            original=self.shown(),
            copy=self.name,
            dialect=self.dialect.name,
            method=self.method,
            because=self.because,
        )

    def shown(self):
        host = self.options.get("host") or "localhost"
        return "%s on %s" % (self.database, host) if isinstance(host, str) else str(self.database)

    def create(self):
        self.tell(note="copying", original=self.shown())
        try:
            self.create_database()
        except Refused:
            raise
        except Exception as error:
            raise self.explained(error)
        self.is_made = True
        if self.method == "dump":
            self.fill()
        try:
            self.plant()
        except Exception as error:
            raise self.explained(error)

    def fill(self):
        """Whoever started us has the programs that dump and restore; waits until it says that it is done."""
        number = self.question["count"]()
        wish = os.path.join(self.question["work"], "fill-%d.json" % number)
        done = os.path.join(self.question["work"], "filled-%d.json" % number)
        keys = set(self.database_keys) | {"host", "port", "user", "username", "password", "passwd"}
        others = {key: str(value) for key, value in self.options.items() if key not in keys and is_plain(value)}
        place = {
            "dialect": self.dialect.name,
            "driver": self.dialect.driver,
            "isMariaDB": bool(getattr(self, "is_mariadb", False)),
            "host": self.options.get("host"),
            "port": int(self.options["port"]) if self.options.get("port") else None,
            "user": self.options.get("user") or self.options.get("username"),
            "password": self.options.get("password") or self.options.get("passwd"),
            "database": self.database,
            "copy": self.name,
            "query": others,
        }
        descriptor = os.open(wish, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(place, file)
        self.tell(note="fill", number=number)
        parent = os.getppid()
        while not os.path.exists(done):
            if os.getppid() != parent:
                raise Refused("stopped", "whoever fills the copy is gone")
            time.sleep(0.02)
        with open(done, encoding="utf-8") as file:
            answer = json.load(file)
        if answer["refused"] is not None:
            raise Refused(answer["refused"]["kind"], answer["refused"]["message"], answer["refused"]["help"])

    def explained(self, error):
        words = str(error).strip().split("\n")[0]
        text = str(error).lower()
        if "no space" in text or "disk full" in text or "errno: 28" in text:
            return Refused("disk-full", "the server has no room for a copy (%s)" % words, "make room on its disk")
        if "permission denied" in text or "access denied" in text:
            message = "this user may not make a database (%s)" % words
            return Refused("permission", message, self.permission_help())
        return Refused("copy", "the copy cannot be made (%s)" % words)

    def renew(self):
        self.drop_database()
        self.is_made = False
        self.create()

    def drop(self):
        try:
            if self.is_made and not self.question["keep"]:
                self.connect()
                self.drop_database()
        finally:
            self.maintenance.close()

    def sweep(self):
        """What runs that were killed have left: nobody holds its lock any more."""
        for name in self.leftovers():
            if name.startswith(KEPT) or not self.lock(name):
                continue
            try:
                self.maintenance.execute("DROP DATABASE %s" % self.quoted(name))
                self.tell(note="swept", name=name)
            except Exception as error:
                self.tell(note="left", name=name, message=str(error).strip().split("\n")[0])
            self.unlock(name)


def literal(text):
    """Of what holds no backslash: MySQL would read it, PostgreSQL would not."""
    if "\\" in str(text):
        raise Refused("copy", "a name with a backslash is none that onehead can copy: %s" % text)
    return "'%s'" % str(text).replace("'", "''")


def is_plain(value):
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)
