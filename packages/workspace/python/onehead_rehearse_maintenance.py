"""A connection of our own to a server, by the project's own driver, for making and dropping databases."""

import threading


class Maintenance:
    """Statements run at once (autocommit). An asynchronous driver gets a thread with a loop that outlives those of env.py."""

    def __init__(self, dialect):
        self.dialect = dialect
        self.connection = None
        self.loop = None

    def open(self, arguments, options):
        def work():
            connection = self.dialect.connect(*arguments, **options)
            self.dialect.set_isolation_level(connection, "AUTOCOMMIT")
            return connection

        self.connection = self.perform(work)

    def is_open(self):
        """Where the server has ended it, a new one has to be made."""
        if self.connection is None:
            return False
        try:
            self.rows("SELECT 1")
            return True
        except Exception:
            self.connection = None
            return False

    def rows(self, statement):
        def work():
            cursor = self.connection.cursor()
            try:
                cursor.execute(statement)
                return [] if cursor.description is None else [tuple(row) for row in cursor.fetchall()]
            finally:
                cursor.close()

        return self.perform(work)

    def execute(self, statement):
        self.rows(statement)

    def value(self, statement):
        rows = self.rows(statement)
        return rows[0][0] if rows else None

    def close(self):
        connection, self.connection = self.connection, None
        try:
            if connection is not None:
                self.perform(connection.close)
        except Exception:
            # The server had ended it.
            pass
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.loop = None

    def perform(self, work):
        if not getattr(self.dialect, "is_async", False):
            return work()
        import asyncio

        from sqlalchemy.util import greenlet_spawn

        if self.loop is None:
            self.loop = asyncio.new_event_loop()
            threading.Thread(target=self.loop.run_forever, daemon=True).start()
        return asyncio.run_coroutine_threadsafe(greenlet_spawn(work), self.loop).result()
