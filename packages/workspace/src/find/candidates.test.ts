import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Configuration, defaultConfiguration } from '../configuration/index.js'
import { UsageError } from '../errors.js'
import { workingTree } from '../snapshot/working-tree.js'
import { findCandidates, selectUsual } from './index.js'

let root = ''
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'onehead-find-')))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), '')
  }
}

const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')))

function git(...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], {
    cwd: root,
    env: environment,
  })
}

async function find(environments: Partial<Configuration['environments']> = {}): Promise<string[]> {
  const configuration = {
    ...defaultConfiguration,
    environments: { include: null, exclude: [], entries: [], ...environments },
  }
  const found = await findCandidates(root, configuration, workingTree(root))
  return found.map(({ config, explicit }) => (explicit ? `${config} (explicit)` : config))
}

const usual = ['alembic.ini', 'billing/alembic-tenant.ini', 'billing/pyproject.toml', 'users/migrations/alembic.ini']

/** Everything that is never meant, with what makes it so. */
function clutter(): void {
  write(
    '{{cookiecutter.app}}/alembic.ini',
    'users/env/pyvenv.cfg',
    'users/env/lib/python3.11/alembic.ini',
    'users/lib/site-packages/thing/alembic.ini',
    'node_modules/thing/alembic.ini',
    'dist/alembic.ini',
    'build/lib/alembic.ini',
    '.tox/py311/alembic.ini',
    '.nx/cache/alembic.ini',
    'users/logging.ini',
    'users/alembic.ini.mako',
    'users/alembic.py',
  )
}

describe.each(['in git', 'outside git'])('findCandidates %s', (where) => {
  const inGit = where === 'in git'

  it('finds the usual names, hidden directories too, in code-point order', async () => {
    write(...usual, '.services/alembic.ini')
    if (inGit) git('init', '--quiet')
    expect(await find()).toEqual(['.services/alembic.ini', ...usual])
  })

  it('leaves out what nobody means', async () => {
    write(...usual)
    clutter()
    if (inGit) git('init', '--quiet')
    expect(await find()).toEqual(usual)
  })

  it('respects .gitignore files: the deeper one wins, and nothing comes back out of an ignored directory', async () => {
    write(...usual, 'generated/alembic.ini', 'generated/kept/alembic.ini', 'users/tmp/alembic.ini', 'old-alembic.ini')
    write('users/old-alembic.ini')
    writeFileSync(join(root, '.gitignore'), '/generated/\nold-alembic.ini\n!generated/kept/alembic.ini\n')
    writeFileSync(join(root, 'users/.gitignore'), 'tmp\n!old-alembic.ini\n')
    if (inGit) git('init', '--quiet')
    expect(await find()).toEqual(['alembic.ini', ...usual.slice(1, 3), usual[3]!, 'users/old-alembic.ini'])
  })

  it('does not enter nested repositories, worktrees and links to directories', async () => {
    write(...usual, 'vendored/alembic.ini', 'odd/.git/HEAD', 'odd/db/alembic.ini', '.worktrees/topic/alembic.ini')
    execFileSync('git', ['init', '--quiet', join(root, 'vendored')], { env: environment })
    symlinkSync('users', join(root, 'people'))
    if (inGit) {
      rmSync(join(root, '.worktrees'), { recursive: true })
      git('init', '--quiet')
      git('commit', '--quiet', '--allow-empty', '-m', 'start')
      git('worktree', 'add', '--quiet', '.worktrees/topic')
      write('.worktrees/topic/alembic.ini')
    } else writeFileSync(join(root, '.worktrees/topic/.git'), 'gitdir: /elsewhere/.git/worktrees/topic\n')
    expect(await find()).toEqual(usual)
  })

  it('takes what onehead.json includes instead, and leaves out what it excludes', async () => {
    write(...usual, 'conf/db.cfg', 'conf/db2.cfg', 'shop/alembic.ini', 'shop/old/alembic.ini')
    if (inGit) git('init', '--quiet')
    expect(await find({ include: ['conf/*.cfg'] })).toEqual(['conf/db.cfg', 'conf/db2.cfg'])
    expect(await find({ include: ['./shop/'] })).toEqual(['shop/alembic.ini', 'shop/old/alembic.ini'])
    expect(await find({ include: ['s*', 'conf/db.cfg'], exclude: ['shop/old'] })).toEqual([
      'conf/db.cfg (explicit)',
      'shop/alembic.ini',
    ])
    expect(await find({ exclude: ['**/alembic*.ini', 'shop'] })).toEqual(['billing/pyproject.toml'])
    expect(await find({ include: ['.'] })).toEqual([
      'alembic.ini',
      'billing/alembic-tenant.ini',
      'billing/pyproject.toml',
      'shop/alembic.ini',
      'shop/old/alembic.ini',
      'users/migrations/alembic.ini',
    ])
  })

  it('keeps a named file that is not there: the reader has to say so', async () => {
    if (inGit) git('init', '--quiet')
    expect(await find({ include: ['conf/gone.cfg'] })).toEqual(['conf/gone.cfg (explicit)'])
  })

  it('refuses patterns that leave the workspace', async () => {
    await expect(find({ include: ['../other/alembic.ini'] })).rejects.toThrow(UsageError)
    await expect(find({ exclude: ['/etc/**'] })).rejects.toThrow('leaves the workspace')
  })

  it('finds names that are hard to write', async () => {
    write('Größe/alembic.ini', 'a b/alembic.ini', 'q"t/alembic.ini', '[x]/alembic.ini')
    if (inGit) git('init', '--quiet')
    expect(await find()).toEqual(['Größe/alembic.ini', '[x]/alembic.ini', 'a b/alembic.ini', 'q"t/alembic.ini'])
  })
})

describe('findCandidates in part of a repository', () => {
  it('finds tracked files although they are ignored, and only below the root', async () => {
    write('apps/users/alembic.ini', 'alembic.ini', 'apps/.gitignore')
    git('init', '--quiet')
    git('add', '.')
    writeFileSync(join(root, 'apps/.gitignore'), 'users\n')
    root = join(root, 'apps')
    expect(await find()).toEqual(['users/alembic.ini'])
    root = dirname(root)
  })

  it('looks on disk where the repository around ignores the whole workspace', async () => {
    write('tmp/users/alembic.ini')
    git('init', '--quiet')
    writeFileSync(join(root, '.gitignore'), 'tmp\n')
    root = join(root, 'tmp')
    expect(await find()).toEqual(['users/alembic.ini'])
    root = dirname(root)
  })
})

describe('selectUsual', () => {
  it('judges listed paths by the same rules', () => {
    const paths = [
      ...usual,
      'dist/alembic.ini',
      '{{app}}/alembic.ini',
      'users/env/pyvenv.cfg',
      'users/env/etc/alembic.ini',
      'users/environment/alembic.ini',
      'setup.cfg',
    ]
    expect(selectUsual(paths)).toEqual([...usual, 'users/environment/alembic.ini'])
  })
})
