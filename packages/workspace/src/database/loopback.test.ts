import { Secret } from '@onehead/core'
import { describe, expect, it } from 'vitest'
import type { DatabaseFacts } from '../alembic/index.js'
import { isLoopback } from './loopback.js'

const at = (url: string, env: NodeJS.ProcessEnv = {}): boolean => {
  const host = /\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/?]*)/.exec(url)?.[1] || null
  const facts = { dialect: url.split(/[+:]/)[0], host, connection: new Secret(url) }
  return isLoopback(facts as DatabaseFacts, env)
}

describe('a database on this machine', () => {
  it.each([
    'postgresql://app@localhost/shop',
    'postgresql://app@127.0.0.1:5432/shop',
    'postgresql://app@[::1]/shop',
    'postgresql:///shop',
    'postgresql:///shop?host=/run/postgresql',
    'postgresql:///shop?host=localhost:5433',
    'mysql+pymysql://root@127.8.9.1/shop',
    'mysql://root@db.example/shop?unix_socket=/run/mysqld.sock',
    'sqlite:////shop.db',
  ])('is %s', (url) => expect(at(url)).toBe(true))

  it.each([
    'postgresql://app@db.example/shop',
    'postgresql://app@127.0.0.1.example.org/shop',
    'postgresql://app@localhost.example/shop',
    'postgresql:///shop?host=db',
    'postgresql:///shop?host=localhost,db',
    'postgresql://localhost/shop?hostaddr=10.0.0.7',
    'postgresql:///shop?service=production',
    'mysql://root@10.0.0.7/shop',
    'mysql://root@localhost/shop?read_default_file=/etc/shop.cnf',
  ])('is not %s', (url) => expect(at(url)).toBe(false))

  it('is where the environment says, where the address does not', () => {
    expect(at('postgresql:///shop', { PGHOST: 'db.example' })).toBe(false)
    expect(at('postgresql:///shop', { PGHOST: '/run/postgresql' })).toBe(true)
    expect(at('postgresql://localhost/shop', { PGHOST: 'db.example' })).toBe(true)
    expect(at('postgresql:///shop', { PGSERVICE: 'production' })).toBe(false)
  })
})
