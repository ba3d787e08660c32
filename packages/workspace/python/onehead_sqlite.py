"""Copies a SQLite database while others use it, and tells whether a copy is whole.

    python onehead_sqlite.py copy <database> <copy>
    python onehead_sqlite.py check <copy>

Needs nothing but Python 3.7 or later.
"""

import json
import sqlite3
import sys
import time
from pathlib import Path

# Somebody who writes for longer than this without a pause keeps us waiting on purpose.
PATIENCE_SECONDS = 60

# What SQLite answers while somebody else holds the lock.
SQLITE_BUSY = 5
SQLITE_LOCKED = 6


def main():
    command, arguments = sys.argv[1], sys.argv[2:]
    try:
        if command == "copy":
            copy(*arguments)
        else:
            check(*arguments)
    except (sqlite3.Error, TimeoutError) as error:
        print(str(error), file=sys.stderr)
        sys.exit(1)


def copy(database, target):
    """SQLite's online backup: one moment of the database, with what still stands in its write-ahead log."""
    deadline = time.monotonic() + PATIENCE_SECONDS

    def wait(status, remaining, total):
        if status in (SQLITE_BUSY, SQLITE_LOCKED) and time.monotonic() > deadline:
            raise TimeoutError("database is locked")

    # For writing, though nothing is written: after a crash the log has to be played back first.
    source = sqlite3.connect(Path(database).absolute().as_uri() + "?mode=rw", uri=True)
    into = sqlite3.connect(target)
    try:
        source.backup(into, progress=wait)
    finally:
        into.close()
        source.close()


def check(path):
    """Reads all of it. Nobody writes to a copy, and reading must leave no file beside it."""
    found = sqlite3.connect(Path(path).absolute().as_uri() + "?immutable=1", uri=True)
    try:
        words = [row[0] for row in found.execute("PRAGMA integrity_check")]
        if words != ["ok"]:
            raise sqlite3.DatabaseError("integrity_check: " + "; ".join(words[:3]))
        # Virtual tables may need a module that is not here; what they store lies in ordinary ones.
        names = found.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
        for (name,) in names.fetchall():
            found.execute('SELECT count(*) FROM "{}"'.format(name.replace('"', '""'))).fetchone()
        print(json.dumps({"tables": found.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()[0]}))
    finally:
        found.close()


if __name__ == "__main__":
    main()
