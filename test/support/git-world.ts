import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../packages/cli/bin/onehead.js', import.meta.url))

/** A file's text, or a symlink's target; `null` deletes. */
export type Files = Readonly<Record<string, string | Uint8Array | { readonly symlink: string } | null>>

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
  /** Both, stdout first: for messages that may be in either. */
  readonly output: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string
  /** A folder relative to the repository, or absolute. */
  readonly cwd?: string
}

/** One repository of the world. */
export interface GitRepository {
  /** Absolute. */
  readonly root: string
  /** Runs git and gives its standard output without the last line feed. Throws with git's words where it fails. */
  git(...args: readonly string[]): string
  /** Runs git and tells how it ended. */
  try(args: readonly string[], options?: RunOptions): Ran
  write(files: Files): void
  /** Writes, stages everything and commits; gives the commit's id. */
  commit(message: string, files?: Files): string
  /** Runs the built `onehead`. */
  onehead(args: readonly string[], options?: RunOptions): Ran
  /** Installs a hook that runs the built `onehead hook <name>`. */
  installHook(name: string): void
  /** The id of a revision: `HEAD`, `origin/main`. */
  id(revision: string): string
}

export interface GitWorld {
  /** A temporary folder for everything. */
  readonly folder: string
  /** What every git and every `onehead` of the world runs with. */
  readonly env: NodeJS.ProcessEnv
  /** `git init -b main`. */
  repository(name: string, options?: readonly string[]): GitRepository
  /** A bare repository with branch main. */
  bare(name: string): GitRepository
  /** A clone; `origin` is the one cloned. */
  clone(from: GitRepository, name: string, options?: readonly string[]): GitRepository
  /** A repository that is there already (a linked worktree, a submodule). */
  open(root: string): GitRepository
  run(command: string, args: readonly string[], cwd: string, options?: RunOptions): Ran
  remove(): void
}

/**
 * A world of git repositories: real git, a fixed author and date, a home of its own, nothing of the surrounding
 * repository or of the user's configuration. Call `remove` in `afterEach`.
 */
export function gitWorld(): GitWorld {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'onehead-git-')))
  const env = environmentIn(folder)
  mkdirSync(env.HOME!)
  writeFileSync(
    join(env.HOME!, '.gitconfig'),
    '[init]\n\tdefaultBranch = main\n[maintenance]\n\tauto = false\n[gc]\n\tauto = 0\n[advice]\n\tdetachedHead = false\n[protocol "file"]\n\tallow = always\n[core]\n\tautocrlf = false\n',
  )
  const run: GitWorld['run'] = (command, args, cwd, options = {}) => {
    const result = spawnSync(command, args, {
      cwd: options.cwd === undefined ? cwd : join(cwd, options.cwd),
      env: { ...env, ...options.env },
      encoding: 'utf8',
      input: options.input ?? '',
      maxBuffer: 256 << 20,
      timeout: 100_000,
    })
    if (result.error) throw result.error
    const { status, stdout, stderr } = result
    return { status, stdout, stderr, output: stdout + stderr }
  }
  const open = (root: string): GitRepository => repositoryAt(root, run)
  const make = (name: string, args: readonly string[]): GitRepository => {
    const root = join(folder, name)
    strict(run('git', [...args, root], folder), args)
    return open(root)
  }
  return {
    folder,
    env,
    run,
    open,
    repository: (name, options = []) => make(name, ['init', '--quiet', '-b', 'main', ...options]),
    bare: (name) => make(name, ['init', '--quiet', '--bare', '-b', 'main']),
    clone: (from, name, options = []) => make(name, ['clone', '--quiet', ...options, from.root]),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  }
}

function environmentIn(folder: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      !/^(GIT_|NX_|HUSKY|LEFTHOOK|ONEHEAD_|GITHUB_|npm_)/.test(name) && name !== 'CI' && name !== 'NODE_OPTIONS',
  )
  const date = '2026-01-05T10:00:00Z'
  return {
    ...Object.fromEntries(inherited),
    HOME: join(folder, 'home'),
    XDG_CONFIG_HOME: join(folder, 'home/.config'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.org',
    GIT_COMMITTER_DATE: date,
    GIT_EDITOR: 'true',
    GIT_TERMINAL_PROMPT: '0',
    NO_COLOR: '1',
    LC_ALL: 'C',
  }
}

function repositoryAt(root: string, run: GitWorld['run']): GitRepository {
  const git = (...args: readonly string[]) => strict(run('git', args, root), args)
  const write = (files: Files) => {
    for (const [path, content] of Object.entries(files)) {
      const full = join(root, path)
      if (content === null || (typeof content === 'object' && 'symlink' in content)) rmSync(full, { force: true })
      if (content === null) continue
      mkdirSync(dirname(full), { recursive: true })
      if (typeof content === 'object' && 'symlink' in content) symlinkSync(content.symlink, full)
      else writeFileSync(full, content)
    }
  }
  const id = (revision: string) => git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`)
  return {
    root,
    git,
    try: (args, options) => run('git', args, root, options),
    write,
    commit(message, files = {}) {
      write(files)
      git('add', '--all')
      git('commit', '--quiet', '--allow-empty', '--no-verify', '-m', message)
      return id('HEAD')
    },
    onehead: (args, options) => run(process.execPath, [bin, ...args], root, options),
    installHook(name) {
      const path = resolve(root, git('rev-parse', '--git-path', `hooks/${name}`))
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, `#!/bin/sh\nexec "${process.execPath}" "${bin}" hook ${name} "$@"\n`)
      chmodSync(path, 0o755)
    },
    id,
  }
}

function strict({ status, stdout, stderr }: Ran, args: readonly string[]): string {
  if (status !== 0) throw new Error(`git ${args.join(' ')} ended with ${status}: ${stderr}${stdout}`)
  return stdout.replace(/\n$/, '')
}

/** What scripts do that are about something else: a script that does nothing at all is found. */
export const NOTHING = "op.execute('SELECT 1')"

/** A script as Alembic's template writes it, in short. A merge does nothing, everything else does something that changes nothing. */
export function script(id: string, parent: string | readonly string[] | null, message = 'change'): string {
  const list = parent === null ? [] : typeof parent === 'string' ? [parent] : parent
  const value =
    typeof parent === 'string'
      ? `'${parent}'`
      : parent === null
        ? 'None'
        : `(${list.map((one) => `'${one}'`).join(', ')},)`
  const body = list.length > 1 ? 'pass' : NOTHING
  return `"""${message}\n\nRevision ID: ${id}\nRevises: ${list.join(', ')}\nCreate Date: 2026-01-05 10:00:00\n\n"""\nfrom alembic import op\n\nrevision = '${id}'\ndown_revision = ${value}\nbranch_labels = None\ndepends_on = None\n\n\ndef upgrade():\n    ${body}\n\n\ndef downgrade():\n    pass\n`
}

/** What `alembic init` writes, without its first words. */
export const TEMPLATE = `"""\${message}

Revision ID: \${up_revision}
Revises: \${down_revision | comma,n}
Create Date: \${create_date}

"""
from alembic import op
import sqlalchemy as sa
\${imports if imports else ""}

revision = \${repr(up_revision)}
down_revision = \${repr(down_revision)}
branch_labels = \${repr(branch_labels)}
depends_on = \${repr(depends_on)}


def upgrade():
    \${upgrades if upgrades else "pass"}


def downgrade():
    \${downgrades if downgrades else "pass"}
`

/** The files of an app with an environment of its own, without scripts. */
export function app(path: string): Record<string, string> {
  const prefix = path === '' ? '' : `${path}/`
  return {
    [`${prefix}alembic.ini`]: '[alembic]\nscript_location = %(here)s/migrations\n',
    [`${prefix}migrations/env.py`]: 'raise SystemExit("nobody runs this")\n',
    [`${prefix}migrations/script.py.mako`]: TEMPLATE,
  }
}

/** `PATH` with a folder in front: for fakes of git and other commands. */
export function pathWith(folder: string, env: NodeJS.ProcessEnv): string {
  return `${folder}${delimiter}${env.PATH ?? ''}`
}
