import type { KnownError } from './known-error.js'

/** What stops Alembic before its first statement: the configuration, env.py, the application, the way to the database. */
export const environmentErrors: readonly KnownError[] = [
  {
    pattern: /Working outside of application context/,
    cause: 'env.py belongs to Flask-Migrate and needs the Flask application, and `alembic` does not load one.',
    cure: 'run `flask db` instead; for onehead, name the application as "app" in onehead.json',
    rules: [],
  },
  {
    pattern:
      /Could not locate a Flask application|Could not import '[^']{1,200}'|Failed to find Flask application or factory/,
    cause: 'Flask does not know which application is meant, or finds nothing under that name.',
    cure: 'name it with FLASK_APP or `flask --app`; for onehead, as "app" in onehead.json',
    rules: [],
  },
  {
    pattern: /No such command 'db'/,
    cause:
      'The application has no Flask-Migrate: it failed to import (the real error stands above), or Migrate was never given the app.',
    cure: 'mend the import error above, or call migrate.init_app(app, db) where the app is made',
    rules: [],
  },
  {
    pattern: /KeyError: 'migrate'/,
    cause:
      'Flask-Migrate was never given this application: Migrate was made for another one, or not initialised in this factory.',
    cure: 'call migrate.init_app(app, db) where the app is made',
    rules: [],
  },
  {
    pattern: /KeyError: '(?:formatters|loggers|handlers)'/,
    cause: 'env.py sets up logging from a configuration that has no logging sections, or is not there.',
    cure: 'restore the configuration file, add its [loggers], [handlers] and [formatters], or guard fileConfig() in env.py',
    rules: ['broken-configuration'],
  },
  {
    pattern: /(?:FileNotFoundError: )?\S*alembic\.ini doesn't exist/,
    cause: 'The folder of the migrations has lost its alembic.ini, and env.py reads it.',
    cure: 'restore alembic.ini from git',
    rules: ['broken-configuration'],
  },
  {
    pattern: /Can't find Python file \S+/,
    cause: 'env.py is not there, or a script is a link to nowhere.',
    cure: 'restore the file from git',
    rules: ['unreadable-script'],
  },
  {
    pattern: /cannot import name '[^']{1,120}' from partially initialized module/,
    cause: 'Two modules import each other, and env.py or a script comes in between.',
    cure: 'import the models inside env.py after the application is made; import no application code in scripts',
    rules: [],
  },
  {
    pattern:
      /No module named '(?:MySQLdb|pymysql|psycopg2?|asyncpg|aiosqlite|aiomysql|asyncmy|mysql|mariadb|oracledb|cx_Oracle|pyodbc)(?:\.[\w.]+)?'/,
    cause: 'The driver that the address of the database names is not installed in this Python.',
    cure: "install the driver with the project's requirements, or name another one in the address (postgresql+psycopg://…)",
    rules: [],
  },
  {
    pattern:
      /No module named '(?!(?:MySQLdb|pymysql|psycopg2?|asyncpg|aiosqlite|aiomysql|asyncmy|mysql|mariadb|oracledb|cx_Oracle|pyodbc)\b)[^']{1,120}'/,
    cause:
      'env.py or a script imports what this Python does not find: not installed, another virtual environment, or the folder of the application is not searched.',
    cure: 'set prepend_sys_path = . in the configuration, or install the requirements; for onehead, "env": {"PYTHONPATH": "."} does it too',
    rules: [],
  },
  {
    pattern: /Can't load plugin: sqlalchemy\.dialects:postgres\b/,
    cause: 'The address starts with postgres://, which SQLAlchemy does not know since 1.4.',
    cure: 'write postgresql:// in the address',
    rules: [],
  },
  {
    pattern: /Can't load plugin: sqlalchemy\.dialects:driver\b/,
    cause: 'The address of the database is still the one of the template: driver://user:pass@localhost/dbname.',
    cure: 'set sqlalchemy.url in the configuration, or let env.py take it from the application',
    rules: [],
  },
  {
    pattern: /Can't load plugin: sqlalchemy\.dialects:(?!(?:postgres|driver)\b)[\w.]+/,
    cause: 'The address names a kind of database that SQLAlchemy does not know here.',
    cure: 'correct the part in front of ://, or install the dialect',
    rules: [],
  },
  {
    pattern: /Could not parse (?:SQLAlchemy|rfc1738) URL from(?: given URL)? string/,
    cause: 'The address of the database is empty or no address: usually a variable of the environment that is not set.',
    cure: 'set the variable that env.py or the application reads the address from',
    rules: [],
  },
  {
    pattern: /password authentication failed for user "[^"]{1,120}"/,
    cause: 'The PostgreSQL server refused this user: the password is wrong, or the user does not exist there.',
    cure: 'correct user and password in the address, and see that it is the right server',
    rules: [],
  },
  {
    pattern: /Access denied for user '[^']{0,120}'@'[^']{0,120}'/,
    cause:
      'The MySQL or MariaDB server refused this user: the password is wrong, or the user may not come from this host or use this database.',
    cure: 'correct user and password in the address, or grant the user what it needs',
    rules: [],
  },
  {
    pattern: /no password supplied|fe_sendauth/,
    cause: 'The PostgreSQL server wants a password and the address has none.',
    cure: 'put it into the address, into PGPASSWORD or into ~/.pgpass',
    rules: [],
  },
  {
    pattern: /no pg_hba\.conf entry for host[^,]{0,200}/,
    cause: 'The PostgreSQL server lets nobody in from here with this user and database.',
    cure: 'let pg_hba.conf of the server allow it, or go through the host that is allowed',
    rules: [],
  },
  {
    pattern: /database "[^"]{1,120}" does not exist|Unknown database '[^']{1,120}'/,
    cause: 'The server has no database of that name.',
    cure: 'create it, or correct the name in the address',
    rules: [],
  },
  {
    pattern: /role "[^"]{1,120}" does not exist/,
    cause: 'The PostgreSQL server has no user of that name.',
    cure: 'create the role, or correct the user in the address',
    rules: [],
  },
  {
    pattern:
      /could not translate host name "[^"]{1,200}"|Name or service not known|nodename nor servname provided|Temporary failure in name resolution|Unknown (?:MySQL )?server host/,
    cause:
      'The host in the address has no such name here: misspelt, or only known inside a container or a private network.',
    cure: 'correct the host; from outside of docker compose the service is usually on localhost with its published port',
    rules: [],
  },
  {
    pattern: /Connection refused|Can't connect to (?:local )?(?:MySQL )?server/,
    cause: 'Nothing listens at that host and port: the server is not started, or it is elsewhere.',
    cure: 'start the database server, or correct host and port in the address',
    rules: [],
  },
  {
    pattern: /timeout expired|Connection timed out|No route to host|Network is unreachable/,
    cause: 'The host of the database does not answer: a firewall, a VPN that is down, or the wrong address.',
    cure: 'see that the host can be reached from here',
    rules: [],
  },
  {
    pattern: /unable to open database file/,
    cause:
      'SQLite cannot open or make the file: its folder is not there or not writable. A relative path starts where Alembic is run.',
    cure: 'make the folder, or correct the path (four slashes for an absolute one: sqlite:////var/lib/app.db)',
    rules: [],
  },
  {
    pattern:
      /server closed the connection unexpectedly|terminating connection due to administrator command|Lost connection to (?:MySQL )?server|MySQL server has gone away/,
    cause:
      'The connection to the database was cut while it was in use: the server was restarted or stopped, or somebody ended the session.',
    cure: 'see that the server is up, then ask where the database stands before running anything again',
    rules: [],
  },
  {
    pattern: /EOFError: EOF when reading a line|EOFError|click\.exceptions\.Abort/,
    cause: 'Something asked a question on standard input, where nobody answers.',
    cure: 'give the answer in a variable of the environment, or take the question out of env.py',
    rules: [],
  },
]
