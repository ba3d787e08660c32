/** One script as `alembic revision` writes it, without the parts that nobody reads here. */
export function scriptText(revision: string, down: string | null, message = 'add column'): string {
  return `"""${message}

Revision ID: ${revision}
Revises: ${down ?? ''}

"""
from alembic import op

revision = "${revision}"
down_revision = ${down === null ? 'None' : `"${down}"`}
branch_labels = None
depends_on = None


def upgrade():
    op.execute("SELECT 1")


def downgrade():
    op.execute("SELECT 1")
`
}

/** The files of an app below `directory`: alembic.ini and the revisions given as `id: parent`. */
export function alembicApp(
  directory: string,
  revisions: Readonly<Record<string, string | null>>,
  ini = '[alembic]\nscript_location = %(here)s/migrations\n',
): Record<string, string> {
  return { [`${directory}/alembic.ini`]: ini, ...migrations(`${directory}/migrations`, revisions) }
}

/** A script directory without its configuration. */
export function migrations(
  directory: string,
  revisions: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const scripts = Object.entries(revisions).map(([id, down]) => [
    `${directory}/versions/${id}_add_column.py`,
    scriptText(id, down),
  ])
  return { [`${directory}/env.py`]: 'raise SystemExit("never run")\n', ...Object.fromEntries(scripts) }
}
