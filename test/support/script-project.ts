import { execFileSync } from 'node:child_process'
import { dirname } from 'node:path'
import { expect } from 'vitest'
import type { Files, GitRepository, GitWorld, Ran } from './git-world.js'
import { script } from './git-world.js'

/** A `script.py.mako` of the plain kind; `@{…}` stands for Mako's expressions. */
export const plainTemplate = asMako(`"""@{message}

Revision ID: @{up_revision}
Revises: @{down_revision | comma,n}
Create Date: @{create_date}

"""
from alembic import op
import sqlalchemy as sa
@{imports if imports else ""}

revision = @{repr(up_revision)}
down_revision = @{repr(down_revision)}
branch_labels = @{repr(branch_labels)}
depends_on = @{repr(depends_on)}


def upgrade() -> None:
    @{upgrades if upgrades else "pass"}


def downgrade() -> None:
    @{downgrades if downgrades else "pass"}
`)

export function asMako(text: string): string {
  return text.replaceAll('@{', '\u0024{')
}

/** An app below `path` whose new scripts follow the template, with the revisions given as `id: parents`. */
export function scriptApp(
  path: string,
  revisions: Readonly<Record<string, string | readonly string[] | null>>,
  { template = plainTemplate, ini = '' }: { readonly template?: string; readonly ini?: string } = {},
): Record<string, string> {
  const scripts = Object.entries(revisions).map(([id, parents]) => scriptFile(path, id, parents))
  return {
    [`${path}/alembic.ini`]: `[alembic]\nscript_location = %(here)s/migrations\n${ini}`,
    [`${path}/migrations/env.py`]: 'raise SystemExit("nobody runs this")\n',
    [`${path}/migrations/script.py.mako`]: template,
    ...Object.assign({}, ...scripts),
  }
}

export function scriptFile(
  path: string,
  id: string,
  parents: string | readonly string[] | null,
  message = `add ${id}`,
) {
  return { [`${path}/migrations/versions/${id}.py`]: script(id, parents, message) }
}

/** A bare origin and a clone of it on `main`, with the files pushed. */
export function shared(
  world: GitWorld,
  files: Files,
): { readonly origin: GitRepository; readonly mine: GitRepository } {
  const origin = world.bare('origin')
  const mine = world.clone(origin, 'mine')
  mine.commit('start', files)
  mine.git('push', '--quiet', '--set-upstream', 'origin', 'main')
  mine.git('remote', 'set-head', 'origin', 'main')
  return { origin, mine }
}

/** Somebody else's clone, at what is on origin now. */
export function colleague(world: GitWorld, origin: GitRepository, name = 'theirs'): GitRepository {
  return world.clone(origin, name)
}

/** The one file that a command has written, by path; fails where it is not one. */
export function newFile(repository: GitRepository): string {
  const paths = repository.git('ls-files', '--others', '--exclude-standard').split('\n').filter(Boolean)
  expect(paths.filter((path) => !path.includes('__pycache__'))).toHaveLength(1)
  return paths.find((path) => !path.includes('__pycache__'))!
}

/** What real `alembic heads` prints for an app. */
export function realHeads(python: string, folder: string): readonly string[] {
  const output = execFileSync(python, ['-m', 'alembic', 'heads'], { cwd: folder, encoding: 'utf8' })
  return output.split('\n').filter(Boolean)
}

/** The environment of a shell in which that Python's virtual environment is active. */
export function activated(python: string): { readonly VIRTUAL_ENV: string } {
  return { VIRTUAL_ENV: dirname(dirname(python)) }
}

export function says(
  { output, status }: Ran,
  wanted: { readonly status: number; readonly text: readonly string[] },
): void {
  const flat = output.replace(/\s*\n\s*[│|]?\s*/g, ' ')
  expect([status, output]).toEqual([wanted.status, output])
  for (const text of wanted.text) expect(flat).toContain(text)
}
