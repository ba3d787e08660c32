"""Copies a SQLite database while others use it, tells whether a copy is whole, and puts one in the place of another.

    python onehead_sqlite.py copy <database> <copy>
    python onehead_sqlite.py check <copy>
    python onehead_sqlite.py users <database>
    python onehead_sqlite.py replace <new> <database>

Needs nothing but Python 3.7 or later.
"""

import json
import os
import shutil
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
        {"copy": copy, "check": check, "users": users, "replace": replace}[command](*arguments)
    except (sqlite3.Error, TimeoutError, OSError) as error:
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
        # Not those that SQLite keeps for itself.
        count = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        print(json.dumps({"tables": found.execute(count).fetchone()[0]}))
    finally:
        found.close()


LOGS = ("-wal", "-shm", "-journal")


def users(path):
    """How many processes have it open, where the system tells; else 1 where somebody holds a lock."""
    real = os.path.realpath(path)
    found = openers([real] + [real + end for end in LOGS])
    if not found:
        found = {0} if is_locked(real) else set()
    print(json.dumps({"users": len(found)}))


def openers(paths):
    """Other processes that have one of the files open, by /proc: those of other users are seen only by the administrator."""
    found = set()
    try:
        processes = [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
    except OSError:
        return found
    for process in processes:
        folder = os.path.join("/proc", process, "fd")
        try:
            descriptors = os.listdir(folder)
        except OSError:
            continue
        for descriptor in descriptors:
            try:
                if os.readlink(os.path.join(folder, descriptor)) in paths:
                    found.add(process)
            except OSError:
                continue
    return found


def is_locked(path):
    held = sqlite3.connect(path, isolation_level=None, timeout=0)
    try:
        held.execute("BEGIN EXCLUSIVE")
        held.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        return "locked" in str(error)
    except sqlite3.Error:
        # Damaged: whoever restores it has a reason.
        return False
    finally:
        held.close()
    return False


def replace(new, database):
    """Renames the new file to the old one's name while nobody can write to the old one."""
    real = os.path.realpath(database)
    held = None
    if os.path.exists(real):
        look_like(new, real)
        held = alone(real)
    try:
        os.replace(new, real)
        folder = os.open(os.path.dirname(real), os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        if held is not None:
            held.close()


def look_like(new, old):
    """The same permissions and, where we may, the same owner."""
    shutil.copymode(old, new)
    there = os.stat(old)
    try:
        os.chown(new, there.st_uid, there.st_gid)
    except OSError:
        pass


def alone(path):
    """Locks the file, and plays its log into it: a log that stayed would be played into whatever bears the name next."""
    held = sqlite3.connect(path, isolation_level=None, timeout=0)
    try:
        held.execute("PRAGMA journal_mode = DELETE").fetchone()
        held.execute("BEGIN EXCLUSIVE")
        return held
    except sqlite3.DatabaseError as error:
        held.close()
        if "locked" in str(error) or "busy" in str(error):
            raise
    for end in LOGS:
        try:
            os.remove(path + end)
        except FileNotFoundError:
            pass
    return None


if __name__ == "__main__":
    main()
