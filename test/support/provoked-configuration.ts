import { alembic, fails, INI, line, type Provocation, type ProvokingStep } from './provoking.js'

const flaskApp = (more = ''): Record<string, string> => ({
  'app.py': `import os\n\nfrom flask import Flask\nfrom flask_migrate import Migrate\nfrom flask_sqlalchemy import SQLAlchemy\n\napp = Flask(__name__)\napp.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]\ndb = SQLAlchemy(app)\n${more || 'migrate = Migrate(app, db)\n'}`,
})
const flask = (...args: readonly string[]): ProvokingStep => ({ flask: ['--app', 'app', 'db', ...args] })
const bare = (
  row: string,
  kind: string,
  files: Readonly<Record<string, string>>,
  steps: readonly ProvokingStep[],
  env: Readonly<Record<string, string>> = {},
): Provocation => ({ row, kind, files, steps, env })
const withEnv = (text: string, more: Readonly<Record<string, string>> = {}) => ({
  files: { 'migrations/env.py': text, ...more },
})
const withIni = (text: string) => ({ files: { 'alembic.ini': text } })
const current = [alembic('current')]

/** §6.2: configuration, env.py, the application. */
export const configurationProvocations: readonly Provocation[] = [
  bare("No 'script_location' key found in configuration", 'no-configuration', { 'README.md': '' }, [alembic('heads')]),
  bare(
    'No config file found, or file has no section',
    'no-configuration',
    {
      'pyproject.toml': '[tool.alembic]\nscript_location = "%(here)s/migrations"\n',
      'migrations/env.py':
        'from alembic import context\ncontext.config.get_section_option("alembic", "sqlalchemy.url")\ncontext.config.get_main_option("sqlalchemy.url")\n',
    },
    current,
  ),
  fails(
    "Path doesn't exist",
    'no-script-location',
    line,
    [alembic('heads')],
    withIni('[alembic]\nscript_location = nope\n'),
  ),
  fails(
    'InterpolationMissingOptionError',
    'percent-sign',
    line,
    [alembic('revision', '-m', 'x')],
    withIni(`${INI}file_template = %(rev)s\n`),
  ),
  fails('InterpolationSyntaxError', 'percent-sign', line, current, {
    files: {
      'alembic.ini': `${INI}sqlalchemy.url = postgresql://app:50%off@db/shop\n`,
      'migrations/env.py': 'from alembic import context\ncontext.config.get_main_option("sqlalchemy.url")\n',
    },
  }),
  fails(
    'ValueError: invalid interpolation syntax',
    'percent-sign',
    line,
    current,
    withEnv(
      'from alembic import context\ncontext.config.set_main_option("sqlalchemy.url", "postgresql://app:50%off@db/shop")\n',
    ),
  ),
  fails(
    'MissingSectionHeaderError',
    'broken-configuration',
    line,
    [alembic('heads')],
    withIni('script_location = migrations\n'),
  ),
  fails(
    "KeyError: 'formatters'",
    'no-logging-sections',
    line,
    current,
    withEnv(
      'from logging.config import fileConfig\nfrom alembic import context\nfileConfig(context.config.config_file_name)\n',
    ),
  ),
  bare("migrations/alembic.ini doesn't exist", 'no-configuration-file', flaskApp(), [
    flask('init'),
    { write: { 'migrations/alembic.ini': null } },
    flask('current'),
  ]),
  fails("ImportError: Can't find Python file", 'no-python-file', line, [
    { write: { 'migrations/env.py': null } },
    alembic('current'),
  ]),
  fails('ModuleNotFoundError in env.py', 'no-module', line, current, withEnv('import billing_models\n')),
  fails(
    'partially initialized module',
    'circular-import',
    line,
    current,
    withEnv('import shop_a\n', {
      'shop_a.py': 'from shop_b import thing\nother = 1\n',
      'shop_b.py': 'from shop_a import other\nthing = 1\n',
    }),
  ),
  bare('Working outside of application context', 'no-application-context', flaskApp(), [
    flask('init'),
    {
      python:
        'text = open("migrations/alembic.ini").read()\nopen("alembic.ini", "w").write(text.replace("[alembic]", "[alembic]\\nscript_location = migrations", 1))\n',
    },
    alembic('current'),
  ]),
  bare("No such command 'db'", 'no-module', { 'app.py': 'import billing_models\n' }, [flask('upgrade')]),
  bare(
    "No such command 'db': Migrate never given the app",
    'no-flask-migrate',
    { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' },
    [{ flask: ['--app', 'app', 'nope'] }],
  ),
  bare("KeyError: 'migrate'", 'no-flask-migrate', flaskApp('import flask_migrate\n'), [
    { flask: ['--app', 'app', 'db', 'heads'] },
  ]),
  fails(
    "Can't proceed with --autogenerate option",
    'no-metadata',
    [],
    [alembic('revision', '--autogenerate', '-m', 'x')],
  ),
  fails(
    "'connection' argument to configure() is expected to be",
    'environment-script',
    line,
    current,
    withEnv(
      'import sqlalchemy as sa\nfrom alembic import context\ncontext.configure(connection=sa.create_engine("sqlite://"))\n',
    ),
  ),
  fails(
    'No context has been configured yet',
    'environment-script',
    line,
    current,
    withEnv('from alembic import context\ncontext.get_context()\n'),
  ),
  fails(
    'AssertionError: nothing configured',
    'environment-script',
    line,
    current,
    withEnv('from alembic import context\ncontext.run_migrations()\n'),
  ),
  fails(
    'Connection, url, or dialect_name is required',
    'environment-script',
    line,
    current,
    withEnv('from alembic import context\ncontext.configure()\n'),
  ),
  fails('No starting revision argument is available', 'environment-script', line, [
    {
      python:
        'from alembic.config import Config\nfrom alembic.script import ScriptDirectory\nfrom alembic.runtime.environment import EnvironmentContext\nconfig = Config("alembic.ini")\nwith EnvironmentContext(config, ScriptDirectory.from_config(config)) as context:\n    context.get_starting_revision_argument()\n',
    },
  ]),
  fails(
    "Can't locate timezone",
    'no-timezone',
    line,
    [alembic('revision', '-m', 'x')],
    withIni(`${INI}timezone = Europe/Atlantis\n`),
  ),
  fails('NoSuchModuleError: sqlalchemy.dialects:driver', 'unknown-dialect', line, current, {
    env: { DATABASE_URL: 'driver://user:pass@localhost/dbname' },
  }),
  fails('NoSuchModuleError: sqlalchemy.dialects:postgres', 'unknown-dialect', line, current, {
    env: { DATABASE_URL: 'postgres://app@localhost/shop' },
  }),
  fails('NoSuchModuleError: another one', 'unknown-dialect', line, current, {
    env: { DATABASE_URL: 'postgress://app@localhost/shop' },
  }),
  fails('Could not parse SQLAlchemy URL', 'no-address', line, current, { env: { DATABASE_URL: '' } }),
  fails("No module named 'MySQLdb'", 'no-driver', line, current, {
    env: { DATABASE_URL: 'mysql://app@localhost/shop' },
  }),
  fails("No module named 'aiosqlite'", 'no-driver', line, [
    { python: 'from sqlalchemy.ext.asyncio import create_async_engine\ncreate_async_engine("sqlite+aiosqlite://")\n' },
  ]),
  fails(
    "KeyError: 'DATABASE_URL'",
    'no-variable',
    line,
    current,
    withEnv('import os\nos.environ["SHOP_DATABASE_URL"]\n'),
  ),
]

/** Rows of the reference that nobody can provoke here, and why. */
export const unprovoked: Readonly<Record<string, string>> = {
  'Destination is not a valid upgrade target':
    'no command of Alembic 1.20 was found that says it; the downgrade row is the same pattern',
  "No module named 'psycopg2'": 'the driver is installed; the row of MySQLdb is the same text',
  'texts of MySQLdb (mysqlclient)':
    'it has no wheel, and its headers are not everywhere; its texts are recorded in the unit tests',
  '3730 and 3940 of MySQL 8': 'the server is MariaDB, which says 1451 and 1091; recorded in the unit tests',
  'Identifier too long of MySQL (1059)': 'SQLAlchemy refuses the name before the server sees it',
  'deadlock detected': 'needs two sessions that wait for each other, which depends on time',
  'PostgreSQL in another language': 'the server has only its own language; recorded in the unit tests',
}
