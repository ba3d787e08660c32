import { existsSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BackupWorld } from '../support/backup-world.js'
import { reasonAgainst, type Server, servers } from '../support/database-world.js'

for (const server of servers) {
  const reason = reasonAgainst(server)
  describe.skipIf(reason)(`a backup on ${server}${reason ? ` (${reason})` : ''}`, () => {
    const shop = new BackupWorld(server)

    it('is whole, private, outside of the tree, and goes back to a new place', async () => {
      const before = shop.app.run(...furnish[server].map((sql) => ({ sql })))
      const backup = await shop.take()
      expect(backup).toMatchObject({ kind: 'file', name: null, bytes: statSync(backup.path).size, removed: [] })
      expect(backup.tables).toBe(Object.keys(before.tables).length + 1)
      expect(statSync(backup.path).mode & 0o777).toBe(0o600)
      expect(statSync(dirname(backup.path)).mode & 0o777).toBe(0o700)
      expect(backup.path.startsWith(join(shop.state, 'onehead/backups/shop1-'))).toBe(true)
      expect(shop.app.repository.git('status', '--short', '--ignored')).not.toContain('2026')

      const { place, commands } = backup.restore.toNewPlace
      const restored = shop.world.named(server, place)
      shop.app.database.sql('DELETE FROM users')
      shop.type(commands)
      expect(restored.describe()).toEqual(before)
      expect(restored.sql('SELECT id, name, photo FROM users ORDER BY id')).toEqual(furnished)
      if (server === 'mariadb') expect(restored.sql('SHOW TRIGGERS')).toHaveLength(1)
      expect(shop.app.database.describe().rows.users).toBe(0)
    })

    it('goes back in place: what came later is gone, what went is back', async () => {
      const before = shop.app.database.describe()
      const { restore } = await shop.take()
      shop.app.run({ sql: 'DROP TABLE teams' }, { sql: 'CREATE TABLE later (id integer)' }, 'stamp b0')
      shop.type(restore.inPlace)
      expect(shop.app.database.describe()).toEqual(before)
    })

    it('lets the last five of this database stay, and goes on from there', async () => {
      const database = await shop.facts()
      const first = await shop.take({}, database)
      const other = join(dirname(first.path), '2025-01-01T00-00-00.000Z_other-12345678.dump')
      writeFileSync(other, '')
      const paths = [first.path]
      for (let more = 0; more < 4; more++) paths.push((await shop.take({}, database)).path)
      const { path, removed } = await shop.take({}, database)
      expect(removed).toEqual([first.path])
      expect(existsSync(first.path)).toBe(false)
      expect([...paths.slice(1), path, other].every((one) => existsSync(one))).toBe(true)
      expect((await shop.take({ settings: { keep: 1 } }, database)).removed).toEqual([
        path,
        ...paths.slice(1).reverse(),
      ])
    })

    it('is taken by a program with a time limit, and by one that can be stopped; neither leaves a file', async () => {
      const database = await shop.facts()
      shop.install({ [dumpers[server]]: slow(shop.real(dumpers[server])) })
      expect(await shop.refusal({ timeoutMs: 300 }, database)).toMatchObject({ kind: 'timeout' })
      const stop = new AbortController()
      setTimeout(() => stop.abort(), 300)
      expect(await shop.refusal({ signal: stop.signal }, database)).toMatchObject({ kind: 'stopped' })
    })

    it('that does not fit on the disk leaves nothing', async () => {
      const database = await shop.facts()
      shop.install({ [dumpers[server]]: full[server](shop.real(dumpers[server])) })
      expect(await shop.refusal({}, database)).toMatchObject({
        kind: 'disk-full',
        help: expect.stringContaining('make room'),
      })
    })
  })
}

/** Content that is easily lost, in every table and beside them. */
const furnished = [
  [7, null, null],
  [8, `Zoë 😀 ' "`, "b'\\x00\\xff\\n'"],
]
const insert = (photo: string) => `INSERT INTO users (id, name, photo) VALUES (8, 'Zoë 😀 '' "', ${photo})`
const furnish: Record<Server, readonly string[]> = {
  sqlite: ['PRAGMA journal_mode = WAL', insert("x'00ff0a'")],
  postgresql: [
    insert("'\\x00ff0a'"),
    "CREATE TYPE colour AS ENUM ('red')",
    'ALTER TABLE teams ADD COLUMN colour colour',
  ],
  mariadb: [insert("x'00ff0a'"), 'CREATE TRIGGER t BEFORE DELETE ON users FOR EACH ROW SET @gone = 1'],
}

const dumpers: Record<Server, string> = { sqlite: 'python', postgresql: 'pg_dump', mariadb: 'mariadb-dump' }

/** Says its version, and then takes its time. */
const slow = (real: string) => `case "$1" in --version) exec ${real} "$@";; esac\nexec sleep 600`

/** The real programs write to a disk that is full; for SQLite, what it says of one. */
const full: Record<Server, (real: string) => string> = {
  sqlite: () => 'echo "database or disk is full" >&2; exit 1',
  postgresql: (real) => `exec ${real} "$@" --file=/dev/full`,
  mariadb: (real) => `exec ${real} "$@" --result-file=/dev/full`,
}
