"""A copy of a database of MySQL or MariaDB, through a dump."""

from onehead_rehearse_servers import ServerCopy, literal
from onehead_rehearse_words import CANARY, PREFIX, Refused


class MysqlCopy(ServerCopy):
    database_keys = ("database", "db")
    usual_port = "3306"
    asks_name = "SELECT DATABASE()"

    def host(self):
        if self.options.get("read_default_file") and not self.options.get("host"):
            return None
        return "" if self.options.get("unix_socket") else self.options.get("host") or ""

    def connect(self):
        if self.maintenance.is_open():
            return
        others = {key: value for key, value in self.options.items() if key not in self.database_keys}
        try:
            self.maintenance.open(self.arguments, others)
        except Exception as error:
            words = str(error).strip().split("\n")[0]
            raise Refused("copy", words, "start the server, or see what env.py connects to")
        self.is_mariadb = "MariaDB" in str(self.maintenance.value("SELECT VERSION()"))

    def lock(self, name):
        return self.maintenance.value("SELECT GET_LOCK(%s, 0)" % literal(name)) == 1

    def unlock(self, name):
        self.maintenance.rows("SELECT RELEASE_LOCK(%s)" % literal(name))

    def leftovers(self):
        names = self.maintenance.rows("SELECT schema_name FROM information_schema.schemata")
        return [row[0] for row in names if row[0].startswith(PREFIX)]

    def create_database(self):
        birth = self.maintenance.rows(
            "SELECT default_character_set_name, default_collation_name FROM information_schema.schemata"
            " WHERE schema_name = %s" % literal(self.database or "")
        )
        if self.question["source"] == "copy" and not birth:
            self.because = "there is no database %s yet" % self.database
        elif self.question["source"] != "empty":
            self.method = "dump"
        wish = " CHARACTER SET %s COLLATE %s" % tuple(birth[0]) if birth else ""
        self.maintenance.execute("CREATE DATABASE %s%s" % (self.quoted(self.name), wish))

    def plant(self):
        # What the scheduler would run from the copy may name the original.
        events = "SELECT event_name FROM information_schema.events WHERE event_schema = %s" % literal(self.name)
        for (name,) in self.maintenance.rows(events):
            self.maintenance.execute("DROP EVENT %s.%s" % (self.quoted(self.name), self.quoted(name)))
        table = "%s.%s" % (self.quoted(self.name), CANARY)
        self.maintenance.execute("CREATE TABLE IF NOT EXISTS %s (token VARCHAR(64))" % table)
        self.maintenance.execute("INSERT INTO %s VALUES (%s)" % (table, literal(self.question["token"])))

    def has_canary(self, connection):
        if connection.exec_driver_sql("SHOW TABLES LIKE '%s'" % CANARY).fetchone() is None:
            return False
        rows = connection.exec_driver_sql("SELECT token FROM %s" % CANARY).fetchall()
        return self.question["token"] in [row[0] for row in rows]

    def drop_database(self):
        self.maintenance.execute("DROP DATABASE IF EXISTS %s" % self.quoted(self.name))

    def permission_help(self):
        user = str(self.maintenance.value("SELECT CURRENT_USER()"))
        name, _, host = user.rpartition("@")
        return "let an administrator run: GRANT ALL ON `onehead\\_rehearsal\\_%%`.* TO '%s'@'%s'" % (name, host)

    def quoted(self, name):
        return "`%s`" % name.replace("`", "``")
