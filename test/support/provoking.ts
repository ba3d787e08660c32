import { adds, creates, type Script, textOf } from './database-scripts.js'

/** One way to make Alembic, Flask-Migrate or a database fail, and what `explain` has to say of what they print. */
export interface Provocation {
  /** The text of the reference that it stands for. */
  readonly row: string
  /** The kind that comes first in the answer. */
  readonly kind: string
  /** Absolute file name → text; the steps run in a folder that holds them. */
  readonly files: Readonly<Record<string, string | null>>
  /** The last one fails, or warns. */
  readonly steps: readonly ProvokingStep[]
  readonly env?: Readonly<Record<string, string>>
}

export type ProvokingStep =
  | { readonly alembic: readonly string[] }
  | { readonly flask: readonly string[] }
  | { readonly python: string }
  | { readonly sql: readonly string[] }
  | { readonly write: Readonly<Record<string, string | null>> }

/** A provocation on a real database, with the driver's name in SQLAlchemy's addresses. */
export interface DatabaseProvocation extends Provocation {
  readonly server: 'sqlite' | 'postgresql' | 'mariadb'
  /** Drivers that say something else there, or nothing. */
  readonly notWith?: readonly string[]
}

export const INI = '[alembic]\nscript_location = %(here)s/migrations\n'

/** Connects to `DATABASE_URL`, with an asynchronous driver too. */
const ENV = `import logging
import os
import sys

from alembic import context
from sqlalchemy import create_engine, pool

logging.basicConfig(format="%(levelname)-5.5s [%(name)s] %(message)s")
logging.getLogger("alembic").setLevel(logging.INFO)
url = os.environ["DATABASE_URL"]
try:
    from models import metadata
except ModuleNotFoundError:
    metadata = None


def run(connection):
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    context.configure(url=url, target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
elif "+asyncpg" in url:
    import asyncio

    from sqlalchemy.ext.asyncio import create_async_engine

    async def connect():
        async with create_async_engine(url, poolclass=pool.NullPool).connect() as connection:
            await connection.run_sync(run)
            await connection.commit()

    asyncio.run(connect())
else:
    with create_engine(url, poolclass=pool.NullPool).connect() as connection:
        run(connection)
`

export const MAKO = `"""@{message}

Revision ID: @{up_revision}
"""
from alembic import op
import sqlalchemy as sa

revision = @{repr(up_revision)}
down_revision = @{repr(down_revision)}
branch_labels = @{repr(branch_labels)}
depends_on = @{repr(depends_on)}


def upgrade():
    @{upgrades if upgrades else "pass"}


def downgrade():
    @{downgrades if downgrades else "pass"}
`.replaceAll('@{', '\u0024{')

export const MODELS = `import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table("customer", metadata, sa.Column("id", sa.Integer, primary_key=True))
`

const scriptFiles = (scripts: readonly Script[], folder = 'migrations/versions'): Record<string, string> =>
  Object.fromEntries(scripts.map((script) => [`${folder}/${script.file ?? script.id}.py`, textOf(script)]))

export function project(
  scripts: readonly Script[],
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    'alembic.ini': INI,
    'migrations/env.py': ENV,
    'migrations/script.py.mako': MAKO,
    ...scriptFiles(scripts),
    ...more,
  }
}

export const invoice: Script = { id: 'aa01', parents: null, ...creates('invoice') }
export const due: Script = { id: 'aa02', parents: 'aa01', ...adds('invoice', 'due') }
export const note: Script = { id: 'bb02', parents: 'aa01', ...adds('invoice', 'note') }
export const line = [invoice, due]
export const fork = [invoice, due, note]
export const twoLines = [invoice, due, { id: 'cc01', parents: null, label: 'users' }, { id: 'cc02', parents: 'cc01' }]
export const idle = (id: string, parents: Script['parents'], more: Partial<Script> = {}): Script => ({
  id,
  parents,
  ...more,
})

export const alembic = (...args: readonly string[]): ProvokingStep => ({ alembic: args })
export const fails = (
  row: string,
  kind: string,
  scripts: readonly Script[],
  steps: readonly ProvokingStep[],
  more: { readonly files?: Readonly<Record<string, string>>; readonly env?: Readonly<Record<string, string>> } = {},
): Provocation => ({ row, kind, files: project(scripts, more.files), steps, ...(more.env ? { env: more.env } : {}) })

export const asked = (code: string): ProvokingStep => ({
  python: `from alembic.config import Config\nfrom alembic.script import ScriptDirectory\nscripts = ScriptDirectory.from_config(Config("alembic.ini"))\n${code}\n`,
})
