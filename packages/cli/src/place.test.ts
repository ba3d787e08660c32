import { describe, expect, it } from 'vitest'
import { world } from '../../../test/support/world.js'
import { parseArguments } from './arguments.js'
import { findPlace, placeOptions } from './place.js'

/** The workspace is /srv/shop, in a repository at /srv. */
const find = (cwd: string, typed: string[] = [], named: string[] = []) =>
  findPlace(parseArguments(typed, placeOptions), named, world({ cwd }), () => ({
    root: '/srv/shop',
    repository: '/srv',
  }))

describe('findPlace', () => {
  it('shows paths as seen from where the user stands', () => {
    expect(find('/srv/shop').showPath('users/v/a.py')).toBe('users/v/a.py')
    expect(find('/srv/shop/users').showPath('users/v/a.py')).toBe('v/a.py')
    expect(find('/srv/shop/billing').showPath('users/v/a.py')).toBe('../users/v/a.py')
    expect(find('/srv/shop', ['--cwd', 'users']).showPath('users/v/a.py')).toBe('v/a.py')
  })

  it('names configuration files from the root, with their section', () => {
    expect(find('/srv/shop/users').configs).toEqual([])
    expect(find('/srv/shop/users', ['-c', 'db.ini', '-c', '../billing/db.ini']).configs).toEqual([
      'users/db.ini',
      'billing/db.ini',
    ])
    expect(find('/srv/shop/users', ['-c', 'db.ini', '-n', 'tenants']).configs).toEqual(['users/db.ini#tenants'])
    expect(find('/srv/shop/users', ['-n', 'tenants']).configs).toEqual(['users/alembic.ini#tenants'])
  })

  it('refuses a configuration file outside the workspace', () => {
    expect(() => find('/srv/shop', ['-c', '../other/alembic.ini'])).toThrow(
      '../other/alembic.ini is outside the workspace',
    )
  })

  it('takes names as they are and relative paths from where the user stands', () => {
    expect(find('/srv/shop/users', [], ['billing', '.', './db', '../search']).environments).toEqual([
      'billing',
      './users',
      './users/db',
      './search',
    ])
    expect(find('/srv/shop', [], ['.']).environments).toEqual(['.'])
  })

  it('knows how the repository calls the workspace', () => {
    expect(find('/srv/shop').repositoryPrefix).toBe('shop/')
  })
})
