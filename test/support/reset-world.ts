import { join } from 'node:path'
import type { DatabaseApp, DatabaseWorld, Server } from './database-world.js'
import { TEMPLATE } from './git-world.js'
import { runnerOf } from './runner-world.js'

/** Models of a shop: a table with an enum, and one that refers to it. */
const MODELS = `import sqlalchemy as sa

metadata = sa.MetaData(naming_convention={
    "fk": "fk_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s", "ck": "ck_%(table_name)s_%(constraint_name)s",
})
invoice = sa.Table(
    "invoice", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("state", sa.Enum("open", "paid", name="invoice_state")),
)
refund = sa.Table(
    "refund", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("invoice_id", sa.Integer, sa.ForeignKey("invoice.id")),
)
`

const ENV = `import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from alembic import context
from sqlalchemy import create_engine, pool
from models import metadata

engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
`

const FLASK = `import os

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
db = SQLAlchemy(app)
migrate = Migrate(app, db)


class Invoice(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    state = db.Column(db.Enum("open", "paid", name="invoice_state"))
`

/** Two scripts that make what the models declare, the second on the first. */
export const made = {
  first: {
    id: '3c9e51a7b204',
    parents: null,
    upgrade: [
      "op.create_table('invoice', sa.Column('id', sa.Integer(), nullable=False), sa.Column('state', sa.Enum('open', 'paid', name='invoice_state')), sa.PrimaryKeyConstraint('id', name='pk_invoice'))",
    ],
    downgrade: ["op.drop_table('invoice')"],
  },
  second: {
    id: '8b1f2c7d90aa',
    parents: '3c9e51a7b204',
    upgrade: [
      "op.create_table('refund', sa.Column('id', sa.Integer(), nullable=False), sa.Column('invoice_id', sa.Integer()), sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name='fk_refund_invoice_id'), sa.PrimaryKeyConstraint('id', name='pk_refund'))",
    ],
    downgrade: ["op.drop_table('refund')"],
  },
}

/**
 * An app whose database stands at the first of two revisions, and holds a row. Nothing of it is committed: nothing is published. A file of
 * SQLite lies in the workspace.
 */
export async function developedApp(
  world: DatabaseWorld,
  server: Server,
  kind: 'alembic' | 'flask-migrate' = 'alembic',
): Promise<DatabaseApp> {
  const isFlask = kind === 'flask-migrate'
  const files = {
    'alembic.ini': '[alembic]\nscript_location = %(here)s/migrations\n',
    'models.py': MODELS,
    'migrations/env.py': ENV,
    'migrations/script.py.mako': TEMPLATE,
  }
  const flask = isFlask ? {} : { files }
  const app = world.app({ server, kind, scripts: isFlask ? [] : [made.first, made.second], ...flask })
  if (isFlask) app.repository.write({ 'billing/app.py': FLASK })
  await runnerOf(app, world.python, isFlask ? { config: 'migrations/alembic.ini' } : {})
  app.repository.write({ '.gitignore': '.venv\n__pycache__\n*.db\n', 'README.md': 'Billing\n' })
  if (server === 'sqlite') app.env.DATABASE_URL = `sqlite:///${join(app.folder, 'billing.db')}`
  return app
}
