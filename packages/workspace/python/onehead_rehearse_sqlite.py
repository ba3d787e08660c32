"""A copy of a SQLite database: a file of our own."""

import os
import re
from urllib.parse import unquote

from onehead_sqlite import copy as copy_while_used
from onehead_rehearse_words import CANARY, KEPT, PREFIX, Refused

LOGS = ("", "-wal", "-shm", "-journal")


class SqliteCopy:
    def __init__(self, question, tell, dialect, arguments, options):
        self.question = question
        self.tell = tell
        self.dialect = dialect
        self.original = self.original_of(arguments, options)
        self.folder = question["folder"]
        kept = KEPT if question["keep"] else PREFIX
        name = "%s%d_%s_%d.sqlite" % (kept, os.getpid(), question["token"][:8], question["count"]())
        self.name = os.path.join(self.folder, name)
        # True while we read the original ourselves.
        self.is_copying = False
        self.method = "empty"

    @staticmethod
    def original_of(arguments, options):
        """The file that would be opened, links followed; None for a database in memory."""
        name = arguments[0] if arguments else options.get("database")
        if isinstance(name, bytes):
            name = os.fsdecode(name)
        if not isinstance(name, (str, os.PathLike)) or str(name) in ("", ":memory:"):
            return None
        return path_of(name)

    @staticmethod
    def name_asked(connection):
        return first_value(connection, "PRAGMA database_list", 2)

    def is_named(self, name):
        return os.path.realpath(name) == os.path.realpath(self.name)

    def is_at(self, original):
        return self.is_named(original)

    def is_original(self, name):
        return path_of(name) == self.original

    def is_behind(self, connection):
        row = connection.exec_driver_sql("PRAGMA database_list").fetchone()
        return row is not None and self.is_named(row[2])

    def has_canary(self, connection):
        found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name = '%s'" % CANARY).fetchone()
        if found is None:
            return False
        rows = connection.exec_driver_sql("SELECT token FROM %s" % CANARY).fetchall()
        return self.question["token"] in [row[0] for row in rows]

    def aim(self, arguments, options):
        if arguments:
            arguments[0] = self.name
        else:
            options["database"] = self.name
        # As a plain path: what an address may say besides (`mode=ro`) is about the original.
        options.pop("uri", None)

    def make(self):
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        os.chmod(self.folder, 0o700)
        self.sweep()
        if self.question["sweepOnly"]:
            raise Refused("stopped", "what was left is dropped")
        self.create()
        self.tell(
            note="copy",
            original=self.original,
            copy=self.name,
            dialect=self.dialect.name,
            method=self.method,
            because=self.because,
        )

    def create(self):
        source = self.question["source"]
        origin = self.question["dump"] if source == "dump" else self.original
        self.because = None
        if source == "copy" and not os.path.exists(self.original):
            self.because = "%s is not there yet" % self.original
        os.close(os.open(self.name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        if source != "empty" and self.because is None:
            self.method = "file"
            self.tell(note="copying", original=self.original)
            self.read(origin)
        self.plant()

    def read(self, origin):
        from sqlite3 import Error

        self.is_copying = True
        try:
            copy_while_used(origin, self.name)
        except (Error, TimeoutError, OSError) as error:
            full = "full" in str(error) or "No space" in str(error)
            help = "make room in %s, or set XDG_STATE_HOME to a place with more" % self.folder if full else None
            raise Refused("disk-full" if full else "copy", "%s cannot be copied (%s)" % (origin, error), help)
        finally:
            self.is_copying = False

    def plant(self):
        import sqlite3

        connection = sqlite3.connect(self.name)
        try:
            connection.execute("CREATE TABLE IF NOT EXISTS %s (token TEXT)" % CANARY)
            connection.execute("INSERT INTO %s VALUES (?)" % CANARY, (self.question["token"],))
            connection.commit()
        except sqlite3.Error as error:
            raise Refused("disk-full", "the copy %s cannot be written (%s)" % (self.name, error), "make room there")
        finally:
            connection.close()

    def renew(self):
        self.remove(self.name)
        self.create()

    def drop(self):
        if not self.question["keep"]:
            self.remove(self.name)

    def remove(self, name):
        for end in LOGS:
            if os.path.exists(name + end):
                os.remove(name + end)

    def sweep(self):
        """What runs that were killed have left: their process stands in the name."""
        for name in os.listdir(self.folder):
            owner = re.match(PREFIX + r"(\d+)_\w+\.sqlite$", name)
            if owner is None or is_running(int(owner.group(1))):
                continue
            self.remove(os.path.join(self.folder, name))
            self.tell(note="swept", name=os.path.join(self.folder, name))


def path_of(name):
    """Of a file name or an address such as `file:shop.db?mode=ro`."""
    text = os.fspath(name)
    if isinstance(text, bytes):
        text = os.fsdecode(text)
    if text.startswith("file:"):
        text = unquote(text[len("file:") :].split("?")[0])
        text = re.sub(r"^//(localhost)?(?=/)", "", text)
    return os.path.realpath(os.path.abspath(text))


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def first_value(connection, statement, column):
    """One value, asked of a connection of the driver; None where it does not understand the question."""
    cursor = None
    try:
        cursor = connection.cursor()
        cursor.execute(statement)
        row = cursor.fetchone()
        value = None if row is None else row[column]
        return "" if value is None and row is not None else value
    except Exception:
        return None
    finally:
        try:
            if cursor is not None:
                cursor.close()
            # Nothing has begun on it yet.
            connection.rollback()
        except Exception:
            pass
