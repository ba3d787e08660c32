import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type DatabaseWorld, databaseWorld, reasonAgainst, servers } from '../support/database-world.js'
import {
  backupFiles,
  furnished,
  furniture,
  intercept,
  json,
  nameOf,
  onehead,
  type,
  visit,
} from '../support/restore-world.js'
import { behindByTwo, invoice, refund, start } from '../support/upgrade-world.js'

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

/** No database of ours is left on the server. */
const leftOf = (sql: (statement: string) => readonly (readonly unknown[])[]) => ({
  sqlite: () => [],
  postgresql: () =>
    sql(
      "SELECT datname FROM pg_database WHERE datname LIKE 'onehead\\_re%ing\\_%' OR datname LIKE 'onehead\\_replaced%'",
    ),
  mariadb: () =>
    sql("SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'onehead\\_restoring%'"),
})

for (const server of servers) {
  const without = reasonAgainst(server)
  describe.skipIf(without)(`onehead restore on ${server}${without ? ` (${without})` : ''}`, () => {
    it('beside: everything is there, nothing is touched, and each further one has a place of its own', async () => {
      const app = await behindByTwo(world, server)
      app.run(...furniture[server].map((sql) => ({ sql })))
      const before = [app.database.describe(), furnished(app.database.sql, server)]
      const made = onehead(app, 'backup')
      expect(made.status, made.output).toBe(0)
      const command = /^ +next +(onehead restore billing \S+)$/m.exec(made.stdout)![1]!
      app.database.sql('DELETE FROM photo')
      const after = app.database.describe()

      const told = type(app, world, command)
      expect(told.status, told.output).toBe(0)
      const place = / restored into (\S+)$/m.exec(told.stdout)![1]!
      const restored = world.named(server, place)
      expect([restored.describe(), furnished(restored.sql, server)]).toEqual(before)
      expect(app.database.describe()).toEqual(after)
      expect(told.stdout).toContain(`stands at ${invoice.id}`)
      expect(told.stdout).toMatch(/rows +photo 3, invoice 1/)
      const second = json(app, 'restore', 'billing')
      world.named(server, second.place)
      expect(second).toMatchObject({ exitCode: 0, outcome: 'restored', standing: { rows: { photo: 3 } } })
      expect(second.place).not.toBe(place)
      if (server === 'sqlite') expect(statSync(place).mode & 0o777).toBe(0o600)
      expect(type(app, world, second.discard).status).toBe(0)
      // Its name is free again.
      expect(json(app, 'restore', 'billing', '--dry-run').place).toBe(second.place)
    })

    it('in place: behind a backup, and undone by the command that it prints', async () => {
      const app = await behindByTwo(world, server)
      app.run(...furniture[server].map((sql) => ({ sql })))
      if (server === 'postgresql') {
        app.database.sql(`ALTER DATABASE ${app.database.name} SET search_path TO public, "$user"`)
        app.database.sql(`ALTER DATABASE ${app.database.name} SET statement_timeout TO '7min'`)
        app.database.sql(`COMMENT ON DATABASE ${app.database.name} IS 'the shop''s'`)
        app.database.sql(`REVOKE CONNECT ON DATABASE ${app.database.name} FROM PUBLIC`)
      }
      const before = [app.database.describe(), furnished(app.database.sql, server)]
      expect(onehead(app, 'backup').status).toBe(0)
      app.run('upgrade head', { fill: 9 }, { sql: 'DROP VIEW latest' }, { sql: 'DROP TABLE photo' })
      const later = app.database.describe()

      const told = onehead(app, 'restore', 'billing', 'latest', '--in-place', '--yes', nameOf(app))
      expect(told.status, told.output).toBe(0)
      expect([app.database.describe(), furnished(app.database.sql, server)]).toEqual(before)
      expect(told.stdout).toMatch(/backup .*before-restore.*read back\)/)
      if (server === 'postgresql') {
        expect(app.database.sql('SHOW search_path')).toEqual([['public, "$user"']])
        expect(app.database.sql('SHOW statement_timeout')).toEqual([['7min']])
        const facts =
          "SELECT shobj_description(oid, 'pg_database'), datacl::text FROM pg_database WHERE datname = current_database()"
        expect(app.database.sql(facts)).toEqual([["the shop's", expect.not.stringContaining('=Tc/')]])
      }
      expect(leftOf(app.database.sql)[server]()).toEqual([])

      const undo = /^ +undo +(onehead restore .*)$/m.exec(told.stdout)![1]!
      expect(type(app, world, undo).status).toBe(0)
      expect(app.database.describe()).toEqual(later)
      // Latest is what somebody asked for, not what a restore made for itself.
      expect(json(app, 'restore', 'billing', '--dry-run').backup).toMatchObject({
        before: null,
        revisions: [invoice.id],
      })
    })

    it('in place: nobody is thrown out, and nothing is touched while somebody is connected', async () => {
      const app = await behindByTwo(world, server)
      expect(onehead(app, 'backup').status).toBe(0)
      app.run('upgrade head')
      const visitor = await visit(world, app.database.url)
      const refused = json(app, 'restore', 'billing', 'latest', '--in-place', '--yes', nameOf(app))
      expect(refused).toMatchObject({ exitCode: 1, outcome: 'refused', refusal: { kind: 'connected' } })
      expect(refused.refusal.message).toBe('1 other is connected to the database')
      expect(await visitor.ask()).toBe('1')
      await visitor.leave()
      expect([app.database.describe().versions, backupFiles(world).length]).toEqual([[refund.id], 1])
      expect(json(app, 'restore', 'billing', 'latest', '--in-place', '--yes', nameOf(app)).exitCode).toBe(0)
      expect(app.database.describe().versions).toEqual([invoice.id])
    })

    // What takes the place of a SQLite file is one rename.
    const itOnServers = server === 'sqlite' ? () => {} : it
    itOnServers('killed in the middle: the next one finds its way', async () => {
      const app = await behindByTwo(world, server)
      expect(onehead(app, 'backup').status).toBe(0)
      app.run('upgrade head', { fill: 9 })
      const there = app.database.describe()
      const reached = join(world.git.folder, 'reached')
      const wait = `echo $$ >${reached}; exec sleep 600`
      const clients = {
        postgresql: { pg_restore: `case "$*" in *dbname=onehead_restoring*) ${wait};; esac; exec $REAL "$@"` },
        // The second time: the scratch place holds all of it, and the database itself is empty by now.
        mariadb: {
          mariadb: `case "$*" in *binary-mode*database=${app.database.name}) ${wait};; esac; exec $REAL "$@"`,
        },
      }
      const path = app.env.PATH
      intercept(app, world, clients[server as 'postgresql'])
      const running = start(app, 'restore', 'billing', 'latest', '--in-place', '--yes', nameOf(app))
      await vi.waitFor(() => expect(readFileSync(reached, 'utf8')).toMatch(/\d\n/), { timeout: 60_000 })
      running.child.kill('SIGKILL')
      await running.end()
      // It is in a group of its own, and goes on.
      process.kill(Number(readFileSync(reached, 'utf8')))
      app.env.PATH = path
      if (server === 'postgresql') expect(app.database.describe()).toEqual(there)
      else expect(app.database.describe().tables).toEqual({})
      const again = json(app, 'restore', 'billing', 'latest', '--in-place', '--yes', nameOf(app))
      expect(again).toMatchObject({ exitCode: 0, outcome: 'restored' })
      expect(app.database.describe()).toMatchObject({ versions: [invoice.id], rows: { invoice: 1 } })
      expect(leftOf(app.database.sql)[server]()).toEqual([])
      // What the first run had backed up is still there.
      const first = backupFiles(world).find((file) => file.includes('before-restore'))!
      expect(json(app, 'restore', 'billing', first, '--in-place', '--yes', nameOf(app)).exitCode).toBe(0)
      expect(app.database.describe()).toEqual(there)
    })

    itOnServers('brings back a database that somebody has dropped', async () => {
      const app = await behindByTwo(world, server)
      expect(onehead(app, 'backup').status).toBe(0)
      const before = app.database.describe()
      const other = world.database(server)
      other.sql(`DROP DATABASE ${app.database.name}`)
      const told = json(app, 'restore', 'billing', 'latest', '--in-place', '--yes', nameOf(app))
      expect(told, JSON.stringify(told)).toMatchObject({ exitCode: 0, before: { kind: 'nothing' } })
      expect(app.database.describe()).toEqual(before)
    })

    it('refuses what is cut off, foreign or newer, before anything is touched', async () => {
      const app = await behindByTwo(world, server)
      expect(onehead(app, 'backup').status).toBe(0)
      const [backup] = backupFiles(world)
      const whole = readFileSync(backup!)
      const elsewhere = join(world.git.folder, 'elsewhere')
      const there = app.database.describe()
      const refusal = (file: string, bytes: string | Uint8Array) => {
        writeFileSync(file, bytes)
        const told = json(app, 'restore', 'billing', file, '--in-place', '--yes', nameOf(app))
        expect(told).toMatchObject({ exitCode: 1, outcome: 'refused', before: null })
        return told.refusal.kind
      }
      expect(refusal(backup!, whole.subarray(0, whole.length - 400))).toBe('damaged')
      writeFileSync(backup!, whole)
      // Without what is written down beside it, the file itself has to tell.
      expect(refusal(elsewhere, whole.subarray(0, Math.floor(whole.length / 2)))).toBe('damaged')
      expect(refusal(elsewhere, '')).toBe('damaged')
      expect(refusal(elsewhere, 'id,name\n7,Ada\n'.repeat(1000))).toBe('foreign')
      if (server === 'postgresql') {
        const newer = Buffer.from(whole)
        newer[6] = 99
        expect(refusal(elsewhere, newer)).toBe('newer')
      }
      if (server === 'mariadb')
        expect(refusal(elsewhere, `${whole}`.replace('CREATE TABLE', 'USE `mysql`;\nCREATE TABLE'))).toBe('foreign')
      const record = JSON.parse(readFileSync(`${backup}.json`, 'utf8'))
      writeFileSync(`${backup}.json`, JSON.stringify({ ...record, version: 2 }))
      expect(refusal(backup!, whole)).toBe('newer')
      expect(app.database.describe()).toEqual(there)
      expect(backupFiles(world)).toEqual([backup])
      expect(readdirSync(dirname(app.database.name) || '.').filter((name) => /restoring/.test(name))).toEqual([])
    })
  })
}
