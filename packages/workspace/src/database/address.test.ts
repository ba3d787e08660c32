import { inspect } from 'node:util'
import { Secret } from '@onehead/core'
import { describe, expect, it } from 'vitest'
import { readAddress } from './address.js'

describe('an address', () => {
  it.each([
    ['postgresql+psycopg://app:p%40ss%2F%C3%B6@db.example:5433/shop', 'p@ss/ö', {}],
    ['postgresql://app:p/a:s?s@db/shop', 'p/a:s?s', {}],
    [
      'mysql+pymysql://app:50%@db/shop?charset=utf8mb4&ssl_ca=%2Fetc%2Fca.pem',
      '50%',
      { charset: 'utf8mb4', ssl_ca: '/etc/ca.pem' },
    ],
    ['postgresql://app@db/shop?host=one&host=two&sslmode=require', null, { host: 'two', sslmode: 'require' }],
    ['postgresql:///shop?service=billing', null, { service: 'billing' }],
    ['postgresql://app:@[::1]:5432/shop', '', {}],
    ['sqlite:////srv/shop.sqlite', null, {}],
    ['sqlite://', null, {}],
    ['no address', null, {}],
  ])('%s has its password and its parameters', (text, password, query) => {
    const read = readAddress(new Secret(text))
    expect(read.password?.reveal() ?? null).toBe(password)
    expect(read.query).toEqual(query)
  })

  it('shows no password', () => {
    const read = readAddress(new Secret('postgresql://app:hunter22@db/shop'))
    expect(inspect(read, { showHidden: true }) + JSON.stringify(read)).not.toContain('hunter22')
  })
})
