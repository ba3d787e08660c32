import { describe, expect, it } from 'vitest'
import { type DatabaseTraits, recogniseDevelopment } from './recognise.js'

const local: DatabaseTraits = { dialect: 'postgresql', name: 'shop', isLoopback: true, pathInWorkspace: null }
const file: DatabaseTraits = { ...local, dialect: 'sqlite', name: 'shop.db', pathInWorkspace: 'billing/shop.db' }

describe('a database for development', () => {
  it.each(['shop', 'shop_dev', 'products', 'delivery', 'alive', 'onstage', 'reproduce', 'backstages'])(
    'is %s on this machine',
    (name) => {
      expect(recogniseDevelopment({ ...local, name }, {})).toMatchObject({ isDevelopment: true })
    },
  )

  it.each([
    'shop_prod',
    'prod',
    'shopprod',
    'PROD-shop',
    'shop.live',
    'shop_staging',
    'myproduction',
    'stg',
    'shop-uat',
  ])('is not %s', (name) => {
    expect(recogniseDevelopment({ ...local, name }, {})).toMatchObject({ isDevelopment: false })
  })

  it('says why', () => {
    expect(recogniseDevelopment(file, { CI: 'false', APP_ENV: 'development' })).toEqual({
      isDevelopment: true,
      reasons: [
        'it is a file of this workspace: billing/shop.db',
        'its name speaks of no production',
        'this is not CI',
      ],
    })
    expect(recogniseDevelopment(local, {})).toMatchObject({
      reasons: expect.arrayContaining(['it is on this machine']),
    })
  })

  it.each([
    [{ ...local, isLoopback: false }, {}, 'on another machine'],
    [{ ...file, pathInWorkspace: null }, {}, 'outside of the workspace'],
    [{ ...file, pathInWorkspace: 'prod/shop.db' }, {}, 'is called "prod"'],
    [local, { CI: 'true' }, 'this is CI (CI is set)'],
    [local, { GITHUB_ACTIONS: 'true' }, 'GITHUB_ACTIONS'],
    [local, { FLASK_ENV: 'production' }, 'FLASK_ENV is production'],
    [local, { APP_ENV: 'prod-eu' }, 'APP_ENV is prod-eu'],
  ])('is not one where anything speaks against it: %j %j', (traits, env, words) => {
    expect(recogniseDevelopment(traits, env)).toMatchObject({
      isDevelopment: false,
      message: expect.stringContaining(words),
    })
  })
})
