import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { maskSecrets, passwordsIn, Secret } from './secret.js'

describe('maskSecrets', () => {
  it.each([
    ['postgresql://app:hunter2@db/shop', 'postgresql://app:***@db/shop'],
    [
      'postgresql+psycopg2://app:hunter2@db:5432/shop?sslmode=require',
      'postgresql+psycopg2://app:***@db:5432/shop?sslmode=require',
    ],
    ['redis://:hunter2@cache:6379/0', 'redis://:***@cache:6379/0'],
    ['mysql://app:p@ss@db/shop', 'mysql://app:***@db/shop'],
    ['mysql://app:p/ss?w@db/shop', 'mysql://app:***@db/shop'],
    ['mysql://app:p%40ss@db/shop?email=ada@example.org', 'mysql://app:***@db/shop?email=ada@example.org'],
    [
      'postgresql://db/shop?user=app&password=hunter2&sslmode=on',
      'postgresql://db/shop?user=app&password=***&sslmode=on',
    ],
    ['host=db dbname=shop password=hunter2 port=5432', 'host=db dbname=shop password=*** port=5432'],
    ["host=db password='hunter 2' port=5432", 'host=db password=*** port=5432'],
    ['PGPASSWORD=hunter2 pg_dump shop', 'PGPASSWORD=*** pg_dump shop'],
    ['MYSQL_PWD=hunter2 mysqldump shop', 'MYSQL_PWD=*** mysqldump shop'],
    [`{'user': 'app', 'password': 'hunter2'}`, `{'user': 'app', 'password': '***'}`],
    ['{"db_password": "hunter2"}', `{"db_password": '***'}`],
    ['DRIVER={ODBC};SERVER=db;UID=app;PWD=hunter2;', 'DRIVER={ODBC};SERVER=db;UID=app;PWD=***;'],
    ['SECRET_KEY=hunter2', 'SECRET_KEY=***'],
  ])('%s', (text, masked) => {
    expect(maskSecrets(text)).toBe(masked)
  })

  it.each([
    'sqlite:////var/lib/shop.db',
    'postgresql://app@db:5432/shop',
    'FATAL:  password authentication failed for user "app"',
    `(1045, "Access denied for user 'app'@'localhost' (using password: YES)")`,
    'Running upgrade 3c9e51a7b204 -> 8b1f2c7d90aa, add password_hash to users',
    'https://sqlalche.me/e/20/e3q8',
    'upgrade_token="engine1_upgrades"',
  ])('leaves alone: %s', (text) => {
    expect(maskSecrets(text)).toBe(text)
  })

  it('hides what is known to be secret, also where it is written as in an address', () => {
    expect(maskSecrets('given: p@ss word, as p%40ss%20word', ['p@ss word'])).toBe('given: ***, as ***')
    expect(maskSecrets('a cat', ['a'])).toBe('a cat')
  })

  it('takes time in proportion to the text', () => {
    const text = ['a:', 'password', '@', 'a', "'pwd' ", 'a://a:@']
      .map((one) => one.repeat(1_000_000 / one.length))
      .join('')
    expect(maskSecrets(text).length).toBeGreaterThan(0)
  })
})

describe('passwordsIn', () => {
  it.each([
    ['postgresql://app:hunter2@db/shop', ['hunter2']],
    ['mysql://app:p%40ss@db/shop', ['p%40ss', 'p@ss']],
    ['mysql://app:p@ss@db/shop', ['p@ss']],
    ['mysql://app:100%@db/shop', ['100%']],
    ['postgresql://app@db/shop', []],
    ['sqlite:///shop.db', []],
    ['', []],
  ])('%s', (address, passwords) => {
    expect(passwordsIn(address)).toEqual(passwords)
  })
})

describe('a secret', () => {
  const secret = new Secret('postgresql://app:hunter2@db/shop')

  it('is not printed by accident', () => {
    expect(
      [`${secret}`, JSON.stringify({ secret }), inspect({ secret }, { showHidden: true, depth: 9 })].join(),
    ).not.toContain('hunter2')
    expect(Object.entries(secret)).toEqual([])
  })

  it('is told to whoever asks for it', () => {
    expect(secret.reveal()).toContain('hunter2')
  })
})
