import { describe, expect, it } from 'vitest'
import { defaultConfiguration } from '../configuration/index.js'
import { memorySnapshot } from '../snapshot/memory.js'
import { findCandidatesInSnapshot } from './in-snapshot.js'
import { globTest } from './pattern.js'

function find(
  paths: readonly string[],
  environments: { include?: readonly string[]; exclude?: readonly string[] } = {},
) {
  const snapshot = memorySnapshot(Object.fromEntries(paths.map((path) => [path, ''])))
  const settings = { ...defaultConfiguration.environments, ...environments }
  return findCandidatesInSnapshot(snapshot, { ...defaultConfiguration, environments: settings }).then((found) =>
    found.map(({ config, explicit }) => (explicit ? `${config} (explicit)` : config)),
  )
}

const usual = ['alembic.ini', 'billing/alembic-tenant.ini', 'billing/pyproject.toml', 'users/migrations/alembic.ini']

describe('findCandidatesInSnapshot', () => {
  it('finds the usual names, and not where nobody means them', async () => {
    const found = await find([
      ...usual,
      'dist/alembic.ini',
      '{{app}}/alembic.ini',
      'users/env/pyvenv.cfg',
      'users/env/etc/alembic.ini',
      'users/environment/alembic.ini',
      'setup.cfg',
      'users/migrations/env.py',
      'users/migrations/versions/deep/alembic.ini',
      'versions/alembic.ini',
    ])
    expect(found).toEqual([...usual, 'users/environment/alembic.ini', 'versions/alembic.ini'].sort())
  })

  it('takes what onehead.json includes instead, and leaves out what it excludes', async () => {
    const paths = [
      ...usual,
      'conf/db.cfg',
      'conf/db2.cfg',
      'conf/deep/db.cfg',
      'shop/alembic.ini',
      'shop/old/alembic.ini',
    ]
    expect(await find(paths, { include: ['conf/*.cfg'] })).toEqual(['conf/db.cfg', 'conf/db2.cfg'])
    expect(await find(paths, { include: ['./shop/'] })).toEqual(['shop/alembic.ini', 'shop/old/alembic.ini'])
    expect(await find(paths, { include: ['s*', 'conf/db.cfg'], exclude: ['shop/old'] })).toEqual([
      'conf/db.cfg (explicit)',
      'shop/alembic.ini',
    ])
    expect(await find(paths, { include: ['gone.cfg'] })).toEqual(['gone.cfg (explicit)'])
    await expect(find(paths, { include: ['../shop'] })).rejects.toThrow('leaves the workspace')
  })
})

describe('globTest', () => {
  it.each([
    ['**/alembic.ini', ['alembic.ini', 'a/alembic.ini', 'a/b/alembic.ini'], ['a/xalembic.ini', 'alembic.ini/x']],
    ['apps/*/db.ini', ['apps/a/db.ini', 'apps/new\nline/db.ini'], ['apps/db.ini', 'apps/a/b/db.ini', 'apps/a/dbxini']],
    ['apps/**', ['apps/a', 'apps/a/b'], ['apps', 'app']],
    ['[ab]?[!c].ini', ['axd.ini', 'b-x.ini'], ['axc.ini', 'cxd.ini', 'a/d.ini']],
    ['a+(b)|{c}.$.ini', ['a+(b)|{c}.$.ini'], ['aab.ini']],
    ['[a&&b].ini', ['&.ini', 'a.ini'], ['c.ini']],
    ['[].ini', ['[].ini'], ['a.ini']],
    ['a/**/b', ['a/b', 'a/x/y/b'], ['ab', 'a/xb']],
  ])('%s', (pattern, fitting, others) => {
    expect(fitting.filter((path) => !globTest(pattern)(path))).toEqual([])
    expect(others.filter((path) => globTest(pattern)(path))).toEqual([])
  })
})
