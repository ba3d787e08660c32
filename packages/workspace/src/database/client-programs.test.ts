import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { Secret } from '@onehead/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Method } from './method.js'
import { type MysqlPlace, mysqlMethod } from './mysql.js'
import { postgresqlMethod } from './postgresql.js'
import type { Place } from './server.js'
import { typedShellCommand } from './shell-command.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onehead-programs-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Programs that only write down how they were called. */
function surroundings(programs: Readonly<Record<string, string>>) {
  for (const [name, version] of Object.entries(programs)) {
    const path = join(folder, name)
    const text = `#!/bin/sh\nif [ "$1" = --version ]; then echo '${version}'; exit; fi\nprintf '%s\\n' "${name}" "$@" >'${folder}/called'\nenv >'${folder}/env'\n`
    writeFileSync(path, text)
    chmodSync(path, 0o755)
  }
  return { cwd: folder, env: { PATH: `${folder}${delimiter}/usr/bin${delimiter}/bin` } }
}

async function called(method: Method): Promise<{ readonly words: readonly string[]; readonly env: string }> {
  await method.dump('/backups/shop')
  const read = (name: string) => readFileSync(join(folder, name), 'utf8').trim()
  return { words: read('called').split('\n'), env: read('env') }
}

const place: Place = { host: null, port: null, user: null, password: null, database: 'shop', query: {} }

describe.skipIf(process.platform === 'win32')('pg_dump', () => {
  const dump = (more: Partial<Place>) => called(postgresqlMethod({ ...place, ...more }, surroundings({ pg_dump: '' })))

  it('is told where, as whom and from what, and never waits for an answer', async () => {
    const { words, env } = await dump({ host: 'db', port: 5433, user: 'app', password: new Secret('hunter22') })
    expect(words).toEqual([
      ...['pg_dump', '--format=custom', '--no-password', '--lock-wait-timeout=60000', '--file=/backups/shop'],
      ...['--host=db', '--port=5433', '--username=app', '--dbname=shop'],
    ])
    expect(env).toContain('PGPASSWORD=hunter22')
    expect(env).toContain('PGCONNECT_TIMEOUT=10')
  })

  it('is left to find a server by itself where the address names none', async () => {
    const { words, env } = await dump({})
    expect(words.slice(5)).toEqual(['--dbname=shop'])
    expect(env).not.toContain('PGPASSWORD')
  })

  it.each([
    [{ host: '/run/postgresql' }, ['--host=/run/postgresql']],
    [{ host: 'db:5433' }, ['--host=db', '--port=5433']],
    [{ host: 'db', port: '5433', user: 'app' }, ['--host=db', '--port=5433', '--username=app']],
  ])('takes a server from the parameters: %j', async (query, words) => {
    expect((await dump({ query })).words.slice(5, -1)).toEqual(words)
  })

  it('speaks to the server as the application does', async () => {
    const query = { sslmode: 'verify-full', sslrootcert: '/etc/ca.pem', application_name: 'shop' }
    const { words, env } = await dump({ query })
    expect(env).toMatch(/^PGSSLMODE=verify-full$/m)
    expect(env).toMatch(/^PGSSLROOTCERT=\/etc\/ca.pem$/m)
    expect(words.join()).not.toContain('application')
    expect((await dump({ query: { ssl: 'require' } })).env).toMatch(/^PGSSLMODE=require$/m)
  })

  it('is never given a name for a connection string', async () => {
    expect((await dump({ database: "host=evil dbname='x" })).words.at(-1)).toBe(
      `--dbname=dbname='host=evil dbname=\\'x'`,
    )
    expect((await dump({ database: 'postgresql://evil/x' })).words.at(-1)).toBe("--dbname=dbname='postgresql://evil/x'")
  })

  it('is undone by commands that say the same', async () => {
    const method = postgresqlMethod(
      { ...place, host: 'db', database: 'my "shop"', query: { sslmode: 'require' } },
      surroundings({ pg_restore: '' }),
    )
    const { toNewPlace, inPlace } = await method.restore('/backups/my shop.dump')
    expect([...toNewPlace.commands, ...inPlace].map(typedShellCommand)).toEqual([
      `PGSSLMODE=require psql --host=db --dbname=postgres '--command=CREATE DATABASE "my ""shop""_restored" WITH TEMPLATE = template0'`,
      `PGSSLMODE=require pg_restore --host=db --exit-on-error '--dbname=my "shop"_restored' '/backups/my shop.dump'`,
      `PGSSLMODE=require dropdb --host=db --if-exists -- 'my "shop"'`,
      `PGSSLMODE=require pg_restore --host=db --create --exit-on-error --dbname=postgres '/backups/my shop.dump'`,
    ])
  })
})

describe.skipIf(process.platform === 'win32')('mysqldump', () => {
  const both = {
    'mariadb-dump': 'mariadb-dump  Ver 10.19 Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)',
    mysqldump: 'mysqldump  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)',
  }
  const mysql: MysqlPlace = { ...place, driver: 'pymysql', isMariaDB: false }
  const dump = (more: Partial<MysqlPlace>) => called(mysqlMethod({ ...mysql, ...more }, surroundings(both)))

  it('is told where, as whom and from what, and reads no settings of anybody', async () => {
    const { words, env } = await dump({ host: 'db', port: 3307, user: 'app', password: new Secret('hunter22') })
    expect(words.slice(0, 6)).toEqual([
      ...['mysqldump', '--no-defaults', '--host=db', '--port=3307', '--user=app', '--protocol=tcp'],
    ])
    for (const wish of ['--single-transaction', '--routines', '--triggers', '--events']) expect(words).toContain(wish)
    expect(words.slice(-3)).toEqual(['--set-gtid-purged=OFF', '--result-file=/backups/shop', 'shop'])
    expect((await dump({ database: '-shop' })).words.slice(-2)).toEqual(['--', '-shop'])
    expect(env).toMatch(/^MYSQL_PWD=hunter22$/m)
    expect(words.join()).not.toContain('hunter22')
  })

  it('is the one of the server, which knows other options', async () => {
    const { words } = await dump({ isMariaDB: true })
    expect(words[0]).toBe('mariadb-dump')
    expect(words).not.toContain('--set-gtid-purged=OFF')
  })

  it.each([
    [{ unix_socket: '/run/mysqld.sock' }, 'pymysql', ['--no-defaults', '--socket=/run/mysqld.sock']],
    [
      { read_default_file: '/etc/shop.cnf' },
      'pymysql',
      ['--defaults-file=/etc/shop.cnf', '--host=localhost', '--protocol=tcp'],
    ],
    [{ ssl_ca: '/ca.pem' }, 'mysqldb', ['--no-defaults', '--host=localhost', '--ssl-ca=/ca.pem']],
  ])('goes the way of the application: %j by %s', async (query, driver, words) => {
    const said = await dump({ host: 'localhost', query: query as Record<string, string>, driver })
    expect(said.words.slice(1, 1 + words.length)).toEqual(words)
    expect(said.words[1 + words.length]).toBe('--single-transaction')
  })

  it('is undone by commands that ask for the password', async () => {
    const method = mysqlMethod(
      { ...mysql, host: 'db', database: 'a`b', password: new Secret('hunter22') },
      surroundings({}),
    )
    const { toNewPlace, inPlace } = await method.restore('/backups/shop.sql')
    const start = 'mysql --no-defaults --host=db --protocol=tcp --password'
    expect([...toNewPlace.commands, ...inPlace].map(typedShellCommand)).toEqual([
      `${start} '--execute=CREATE DATABASE \`a\`\`b_restored\`'`,
      `${start} --binary-mode '--database=a\`b_restored' < /backups/shop.sql`,
      `${start} '--execute=DROP DATABASE IF EXISTS \`a\`\`b\`; CREATE DATABASE \`a\`\`b\`'`,
      `${start} --binary-mode '--database=a\`b' < /backups/shop.sql`,
    ])
  })
})
