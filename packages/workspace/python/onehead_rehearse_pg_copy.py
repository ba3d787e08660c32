"""A copy of a database of PostgreSQL: by `CREATE DATABASE … TEMPLATE`, else through a dump."""

import os
import zlib

from onehead_rehearse_maintenance import Maintenance
from onehead_rehearse_servers import ServerCopy, literal
from onehead_rehearse_words import CANARY, PREFIX, Refused

# Of advisory locks: ours begin with this.
LOCKS = 1869505897


class PostgresqlCopy(ServerCopy):
    database_keys = ("dbname", "database")
    usual_port = "5432"
    asks_name = "SELECT current_database()"

    def host(self):
        """Also what the client library reads from its variables; None where a service file says it."""
        if self.options.get("service") or (os.environ.get("PGSERVICE") and not self.options.get("host")):
            return None
        host = self.options.get("hostaddr") or self.options.get("host")
        return host or os.environ.get("PGHOSTADDR") or os.environ.get("PGHOST") or ""

    def connect(self):
        """To a database that is not the original: one with somebody in it cannot be copied."""
        if self.maintenance.is_open():
            return
        for name in ("postgres", "template1"):
            if name == self.database and name != "template1":
                continue
            try:
                self.maintenance.open(self.arguments, dict(self.options, **self.aimed(name)))
                return
            except Exception as error:
                failure = error
        raise Refused("copy", str(failure).strip().split("\n")[0], "start the server, or see what env.py connects to")

    def lock(self, name):
        return self.maintenance.value("SELECT pg_try_advisory_lock(%d, %d)" % (LOCKS, digest(name)))

    def unlock(self, name):
        self.maintenance.execute("SELECT pg_advisory_unlock(%d, %d)" % (LOCKS, digest(name)))

    def leftovers(self):
        names = self.maintenance.rows("SELECT datname FROM pg_database WHERE left(datname, %d) = '%s'" % (len(PREFIX), PREFIX))
        return [row[0] for row in names]

    def create_database(self):
        source = self.question["source"]
        template = self.database or self.options.get("user")
        birth = self.maintenance.rows(
            "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = %s"
            % literal(template)
        )
        if source == "copy" and not birth:
            self.because = "there is no database %s yet" % template
        elif source == "copy":
            if self.copy_template(template):
                self.method = "template"
                return
            self.method = "dump"
        elif source == "dump":
            self.method = "dump"
        wish = " ENCODING %s LC_COLLATE %s LC_CTYPE %s" % tuple(map(literal, birth[0])) if birth else ""
        self.maintenance.execute("CREATE DATABASE %s TEMPLATE template0%s" % (self.quoted(self.name), wish))

    def copy_template(self, template):
        """False where only a dump leads to a copy: somebody is connected, or it belongs to somebody else."""
        try:
            self.maintenance.execute(
                "CREATE DATABASE %s TEMPLATE %s" % (self.quoted(self.name), self.quoted(template))
            )
            return True
        except Exception as error:
            text = str(error)
            if "being accessed by other users" in text or code_of(error) == "55006":
                return False
            if "permission denied to copy database" in text:
                return False
            raise

    def plant(self):
        planting = Maintenance(self.dialect)
        planting.open(self.arguments, dict(self.options, **self.aimed(self.name)))
        try:
            schema = CANARY
            planting.execute("CREATE SCHEMA IF NOT EXISTS %s" % schema)
            planting.execute("CREATE TABLE IF NOT EXISTS %s.%s (token text)" % (schema, CANARY))
            planting.execute("INSERT INTO %s.%s VALUES (%s)" % (schema, CANARY, literal(self.question["token"])))
            planting.execute("GRANT USAGE ON SCHEMA %s TO PUBLIC" % schema)
            planting.execute("GRANT SELECT ON %s.%s TO PUBLIC" % (schema, CANARY))
        finally:
            planting.close()

    def has_canary(self, connection):
        there = connection.exec_driver_sql("SELECT to_regclass('%s.%s') IS NOT NULL" % (CANARY, CANARY)).fetchone()[0]
        if not there:
            return False
        rows = connection.exec_driver_sql("SELECT token FROM %s.%s" % (CANARY, CANARY)).fetchall()
        return self.question["token"] in [row[0] for row in rows]

    def drop_database(self):
        """Whoever is still connected to our own copy is ended with it."""
        name = self.quoted(self.name)
        version = int(self.maintenance.value("SHOW server_version_num"))
        self.maintenance.execute("DROP DATABASE IF EXISTS %s%s" % (name, " WITH (FORCE)" if version >= 130000 else ""))

    def permission_help(self):
        user = self.maintenance.value("SELECT current_user")
        return 'let an administrator run: ALTER ROLE "%s" CREATEDB' % user

    def quoted(self, name):
        return '"%s"' % name.replace('"', '""')


def digest(name):
    return zlib.crc32(name.encode("utf-8")) - 2**31


def code_of(error):
    for one in (error, getattr(error, "orig", None)):
        for name in ("pgcode", "sqlstate"):
            if getattr(one, name, None):
                return getattr(one, name)
    return None
