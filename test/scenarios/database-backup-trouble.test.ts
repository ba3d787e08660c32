import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { inspect } from 'node:util'
import { Secret } from '@onehead/core'
import type { Backup } from '@onehead/workspace'
import { describe, expect, it } from 'vitest'
import { BackupWorld } from '../support/backup-world.js'
import { reasonAgainst } from '../support/database-world.js'

/** As an administrator everything can be written: what tests missing rights would find nothing. */
const isAdministrator = process.getuid?.() === 0

const sqlite = reasonAgainst('sqlite')
describe.skipIf(sqlite)(`a backup${sqlite ? ` (${sqlite})` : ''}`, () => {
  const shop = new BackupWorld('sqlite')

  it('of a file that somebody writes to is one moment of it: all that was committed, nothing else', async () => {
    const database = await shop.facts()
    const written = join(shop.world.git.folder, 'written')
    // Three transactions: one in the file, one in the log beside it, one that is never committed.
    const writer = `
import os, sqlite3, subprocess, sys
path, written = sys.argv[1:]
shop = sqlite3.connect(path, isolation_level=None)
shop.execute("PRAGMA journal_mode = WAL")
shop.execute("PRAGMA wal_autocheckpoint = 0")
shop.execute("INSERT INTO teams (id) VALUES (8)")
shop.execute("BEGIN IMMEDIATE")
shop.execute("INSERT INTO teams (id) VALUES (9)")
open(written, "w").close()
sys.stdin.read()
`
    // The writer holds on until the shell around it ends.
    const { app, world } = shop
    shop.install({
      python: `mkfifo ${written}.pipe 2>/dev/null
if [ "$2" = copy ]; then
  ${world.python} -c '${writer}' '${app.database.name}' ${written} <${written}.pipe & exec 3>${written}.pipe
  while [ ! -f ${written} ]; do sleep 0.05; done
fi
${world.python} "$@"; code=$?; exec 3>&-; wait; exit $code`,
    })
    const backup = await shop.take({}, database)
    const restored = world.named('sqlite', backup.restore.toNewPlace.place)
    shop.type(backup.restore.toNewPlace.commands)
    expect(restored.sql('SELECT id FROM teams ORDER BY id')).toEqual([[7], [8]])
    const name = backup.path.split('/').at(-1)
    expect(readdirSync(dirname(backup.path)).sort()).toEqual([name, `${name}.json`])
  })

  it('of nothing is none: a file that is not there yet, a database in memory', async () => {
    const database = await shop.facts()
    expect(await shop.any({}, { ...database, exists: false })).toEqual({
      kind: 'nothing',
      name: null,
      because: 'absent',
    })
    const memory = { ...database, database: ':memory:' }
    expect(await shop.any({}, memory)).toEqual({ kind: 'nothing', name: null, because: 'in-memory' })
    expect(shop.kept()).toEqual([])
  })

  it('of a database of another kind is for somebody else to make', async () => {
    const database = await shop.facts()
    expect(await shop.refusal({}, { ...database, dialect: 'mssql' })).toMatchObject({
      kind: 'unknown-dialect',
      message: 'onehead knows no backup of a mssql database',
      help: 'give a command that backs it up as "backup" in onehead.json',
    })
    expect(await shop.refusal({}, { ...database, isOffline: true })).toMatchObject({ kind: 'no-address' })
    expect(await shop.refusal({}, { ...database, connection: null })).toMatchObject({ kind: 'no-address' })
  })

  it('is not taken of a file that is no database, nor of one that is damaged', async () => {
    const database = await shop.facts()
    const path = join(shop.world.git.folder, 'junk.sqlite')
    writeFileSync(path, 'id,name\n7,Ada\n')
    expect(await shop.refusal({}, { ...database, database: path })).toMatchObject({
      kind: 'failed',
      message: 'file is not a database',
    })
    const whole = readFileSync(shop.app.database.name)
    writeFileSync(path, whole.fill(255, 4096 + 100))
    expect(await shop.refusal({}, { ...database, database: path })).toMatchObject({
      kind: 'damaged',
      message: expect.stringContaining(`the copy of ${path} does not read back`),
      help: expect.stringContaining('integrity_check'),
    })
  })

  it('may lie elsewhere, but not in the workspace', async () => {
    const database = await shop.facts()
    const { path } = await shop.take({ settings: { directory: '../elsewhere' } }, database)
    expect(path.startsWith(join(shop.world.git.folder, 'elsewhere/shop1-'))).toBe(true)
    const home = await shop.take({ settings: { directory: '~/elsewhere' } }, database)
    expect(home.path.startsWith(join(shop.world.git.folder, 'home/elsewhere/shop1-'))).toBe(true)
    for (const directory of ['backups', '.', './a/../b', shop.app.folder]) {
      expect(await shop.refusal({ settings: { directory } }, database)).toMatchObject({
        kind: 'place',
        message: expect.stringContaining('lies in the workspace'),
      })
    }
    const link = join(shop.world.git.folder, 'link')
    symlinkSync(shop.app.folder, link)
    expect(await shop.refusal({ settings: { directory: link } }, database)).toMatchObject({ kind: 'place' })
  })

  it('that cannot be written says so', async () => {
    const database = await shop.facts()
    const taken = join(shop.world.git.folder, 'taken')
    writeFileSync(taken, '')
    expect(await shop.refusal({ settings: { directory: taken } }, database)).toMatchObject({ kind: 'place' })
    if (isAdministrator) return
    const closed = join(shop.world.git.folder, 'closed')
    mkdirSync(closed)
    chmodSync(closed, 0o500)
    expect(await shop.refusal({ settings: { directory: closed } }, database)).toMatchObject({ kind: 'place' })
  })

  it('clears away what a killed run has left, and nothing of one that goes on', async () => {
    const database = await shop.facts()
    const { path } = await shop.take({}, database)
    const ended = shop.world.git.run('sh', ['-c', 'echo $$'], '/').stdout.trim()
    for (const end of ['', '-journal']) writeFileSync(`${path}.${ended}.part${end}`, '')
    writeFileSync(`${path}.${process.ppid}.part`, '')
    await shop.take({}, database)
    const unfinished = shop.kept().filter((name) => name.includes('.part'))
    expect(unfinished).toEqual([expect.stringContaining(`.${process.ppid}.part`)])
  })

  describe('by a command of the user', () => {
    const by = async (text: string, onOutput?: (line: string) => void): Promise<Backup> => {
      shop.install({ snapshot: text })
      return shop.any({ settings: 'snapshot "of billing" --now', ...(onOutput === undefined ? {} : { onOutput }) })
    }

    it('is there where its exit code says so', async () => {
      const lines: string[] = []
      const command = 'snapshot "of billing" --now'
      const backup = await by('printf "%s|" "$@" "$ONEHEAD_ENVIRONMENT" "$ONEHEAD_DATABASE"', (line) =>
        lines.push(line),
      )
      expect(backup).toEqual({ kind: 'command', name: null, command })
      expect(lines).toEqual([`of billing|--now|billing|${shop.app.database.url}|`])
    })

    it('is not there where it does not, or where there is no such command', async () => {
      shop.install({ snapshot: 'echo "no such instance: password=hunter22" >&2; exit 3' })
      expect(await shop.refusal({ settings: 'snapshot' })).toMatchObject({
        kind: 'failed',
        message: 'no such instance: password=***',
      })
      shop.install({ snapshot: 'exit 3' })
      expect(await shop.refusal({ settings: 'snapshot' })).toMatchObject({
        message: 'snapshot ended with exit code 3 and said nothing',
      })
      expect(await shop.refusal({ settings: 'no-such-snapshot --now' })).toMatchObject({
        kind: 'missing-program',
        message: 'no-such-snapshot is not on the PATH',
      })
    })
  })
})

const PASSWORD = 'p@ss/wörd%20'

const postgresql = reasonAgainst('postgresql')
describe.skipIf(postgresql)(`a backup on postgresql${postgresql ? ` (${postgresql})` : ''}`, () => {
  const shop = new BackupWorld('postgresql')
  const withPassword = async () => ({
    ...(await shop.facts()),
    connection: new Secret(`postgresql://postgres:${encodeURIComponent(PASSWORD)}@127.0.0.1/shop?sslmode=prefer`),
  })

  it('gives the password to the program in its environment, and to nobody else', async () => {
    const seen = join(shop.world.git.folder, 'seen')
    shop.install({ pg_dump: `echo "$@" >${seen}.args; env >${seen}.env; exec ${shop.real('pg_dump')} "$@"` })
    const backup = await shop.take({}, await withPassword())
    expect(readFileSync(`${seen}.args`, 'utf8')).not.toContain('wörd')
    const env = readFileSync(`${seen}.env`, 'utf8')
    expect(env).toContain(`\nPGPASSWORD=${PASSWORD}\n`)
    expect(env).toContain('\nPGSSLMODE=prefer\n')
    for (const shown of [inspect(backup, { depth: 9, showHidden: true }), JSON.stringify(backup)]) {
      expect(shown).not.toMatch(/w(ö|%C3%B6)rd/)
    }
  })

  it('masks what the program prints', async () => {
    shop.install({ pg_dump: `echo "pg_dump: error: no entry for $PGPASSWORD" >&2; exit 1` })
    const failure = await shop.refusal({}, await withPassword())
    expect(failure.message).toBe('pg_dump: error: no entry for ***')
  })

  it.each([
    ['connection failed: fe_sendauth: no password supplied', 'give the password in the address'],
    ['permission denied for table users', 'back up as a user who may read everything'],
    ['canceling statement due to lock timeout', 'try again once nobody changes a table'],
  ])('that ends with "%s" says what to do', async (words, help) => {
    shop.install({ pg_dump: `echo "pg_dump: error: ${words}" >&2; exit 1` })
    expect(await shop.refusal()).toMatchObject({
      kind: 'failed',
      message: `pg_dump: error: ${words}`,
      help: expect.stringContaining(help),
    })
  })

  it('that is cut off is none, though its list of contents is whole', async () => {
    shop.app.database.sql('INSERT INTO users (id, name) SELECT i, md5(i::text) FROM generate_series(10, 20000) AS i')
    const dump = shop.real('pg_dump')
    const cut = `for last; do case $last in --file=*) file=\${last#--file=};; esac; done
${dump} "$@" && head -c 60000 "$file" >"$file.cut" && cat "$file.cut" >"$file" && rm "$file.cut" && pg_restore --list "$file" >/dev/null`
    shop.install({ pg_dump: cut })
    expect(await shop.refusal()).toMatchObject({
      kind: 'damaged',
      message: expect.stringMatching(/^the backup does not read back \(pg_restore: error: /),
    })
  })

  it('needs a pg_dump, and one that is not older than the server', async () => {
    shop.install({
      pg_dump: `echo "pg_dump: error: aborting because of server version mismatch
pg_dump: detail: server version: 17.2 (Debian 17.2-1); pg_dump version: 15.20 (Debian 15.20-0)" >&2; exit 1`,
    })
    expect(await shop.refusal()).toMatchObject({
      kind: 'older-program',
      message: 'pg_dump 15.20 is older than the server, which is 17.2',
      help: 'install postgresql-client-17',
    })
    const database = await shop.facts()
    const nowhere = { ...shop.runner.childEnvironment(), PATH: shop.world.git.folder }
    shop.runner = { ...shop.runner, childEnvironment: () => nowhere }
    expect(await shop.refusal({}, database)).toMatchObject({
      kind: 'missing-program',
      message: 'pg_dump is not on the PATH',
      help: expect.stringContaining('install postgresql-client (Debian, Ubuntu)'),
    })
  })

  it('of a server that is not there, or a database that is gone, says what the program says', async () => {
    const database = await shop.facts()
    expect((await shop.refusal({}, { ...database, port: 1 })).message).toMatch(/port 1 failed: Connection refused/)
    expect((await shop.refusal({}, { ...database, database: 'no=such' })).message).toMatch(
      /database "no=such" does not exist/,
    )
  })
})

const mariadb = reasonAgainst('mariadb')
describe.skipIf(mariadb)(`a backup on mariadb${mariadb ? ` (${mariadb})` : ''}`, () => {
  const shop = new BackupWorld('mariadb')

  it('is made by a user with a password, which stands in no list of processes', async () => {
    const { database } = shop.app
    const user = `${database.name.slice(-12)}_user`
    database.sql(`CREATE USER '${user}'@'%' IDENTIFIED BY '${PASSWORD}'`)
    try {
      const seen = join(shop.world.git.folder, 'seen')
      shop.install({ 'mariadb-dump': `echo "$@" >>${seen}; exec ${shop.real('mariadb-dump')} "$@"` })
      const connection = (password: string) => new Secret(`mysql://u:${encodeURIComponent(password)}@h/d`)
      const facts = { ...(await shop.facts()), user, connection: connection(PASSWORD) }
      expect((await shop.refusal({}, facts)).message).toMatch(/Access denied for user/)
      database.sql(`GRANT ALL ON ${database.name}.* TO '${user}'@'%'`)
      const backup = await shop.take({}, facts)
      expect(readFileSync(seen, 'utf8')).not.toContain('wörd')
      expect(inspect(backup, { depth: 9 }) + JSON.stringify(backup)).not.toMatch(/w(ö|%C3%B6)rd/)
      expect(backup.restore.toNewPlace.commands[1]!.words).toContain('--password')
      const wrong = await shop.refusal({}, { ...facts, connection: connection('wrong') })
      expect(wrong).toMatchObject({ help: expect.stringContaining('MYSQL_PWD') })
    } finally {
      database.sql(`DROP USER '${user}'@'%'`)
    }
  })

  it('without the mark at its end is none', async () => {
    const dump = shop.real('mariadb-dump')
    const cut = `for last; do case $last in --result-file=*) file=\${last#--result-file=};; esac; done
${dump} "$@" && if [ -n "$file" ]; then head -c 900 "$file" >"$file.cut" && cat "$file.cut" >"$file" && rm "$file.cut"; fi`
    shop.install({ 'mariadb-dump': cut })
    expect(await shop.refusal()).toMatchObject({
      kind: 'damaged',
      message: 'the dump has no end: its last line does not say "Dump completed"',
    })
  })

  it('is also made by mysqldump where that is what there is', async () => {
    const facts = await shop.facts()
    const folder = join(shop.world.git.folder, 'only')
    mkdirSync(folder)
    for (const name of ['mysqldump', 'mysql']) symlinkSync(shop.real(name), join(folder, name))
    const env = { ...shop.runner.childEnvironment(), PATH: folder }
    shop.runner = { ...shop.runner, childEnvironment: () => env }
    expect(await shop.take({}, facts)).toMatchObject({ kind: 'file', method: 'mysql' })
    env.PATH = shop.world.git.folder
    expect(await shop.refusal({}, facts)).toMatchObject({
      kind: 'missing-program',
      message: 'mariadb-dump is not on the PATH',
    })
  })
})
