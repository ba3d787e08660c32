import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recogniseErrors } from '@onehead/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DatabaseWorld, databaseWorld, reasonAgainst, type TestDatabase } from '../support/database-world.js'
import { type Case, type Provoked, provoke } from '../support/provoke.js'
import { configurationProvocations, unprovoked } from '../support/provoked-configuration.js'
import { connectionProvocations, databaseProvocations } from '../support/provoked-databases.js'
import { historyProvocations } from '../support/provoked-history.js'
import type { DatabaseProvocation, Provocation } from '../support/provoking.js'

const PYTHON = 'databases-drivers'
const reason = reasonAgainst('postgresql', PYTHON) ?? reasonAgainst('mariadb', PYTHON)

const DRIVERS = {
  sqlite: ['sqlite'],
  postgresql: ['postgresql+psycopg2', 'postgresql+psycopg', 'postgresql+asyncpg'],
  mariadb: ['mariadb+pymysql', 'mariadb+mysqlconnector'],
} as const

/** One row of the reference by one driver. */
interface Row {
  readonly name: string
  readonly kind: string
  readonly provoked: Provoked
}

describe.skipIf(reason)(`explain, of what real programs print${reason ? ` (${reason})` : ''}`, () => {
  let world: DatabaseWorld
  let folder: string
  const rows: Row[] = []

  beforeAll(() => {
    world = databaseWorld(PYTHON)
    folder = mkdtempSync(join(tmpdir(), 'onehead-provoked-'))
    const cases = [
      ...[...historyProvocations, ...configurationProvocations].map(withoutServer),
      ...connectionsOf(world.database('postgresql'), world.database('mariadb')),
      ...databasesOf({ postgresql: world.database('postgresql'), mariadb: world.database('mariadb') }),
    ]
    const answers = provoke(world.python, folder, cases)
    rows.push(...cases.map(({ row, kind }, index) => ({ name: row, kind, provoked: answers[index]! })))
  }, 600_000)

  afterAll(() => {
    world.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  it('names the root of every one of them', () => {
    const judged = rows.map((row) => {
      const { errors } = recogniseErrors(row.provoked.output)
      return { ...row, got: errors.map(({ known }) => known.kind) }
    })
    const wrong = judged.filter(({ kind, got }) => got[0] !== kind)
    const right = judged.length - wrong.length
    process.stdout.write(`explain: ${right} of ${judged.length} rows provoked and explained rightly\n`)
    for (const [row, why] of Object.entries(unprovoked)) process.stdout.write(`  not provoked here: ${row}: ${why}\n`)
    expect(
      wrong.map(({ name, kind, got, provoked }) => ({ name, kind, got, said: provoked.output.slice(-600) })),
    ).toEqual([])
    expect(judged.length).toBeGreaterThan(240)
  })

  it('says the same of them when they come out of a log', () => {
    for (const { name, provoked } of rows) {
      const kinds = (text: string) => recogniseErrors(text).errors.map(({ known }) => known.kind)
      const plain = kinds(provoked.output)
      expect(kinds(disguised(provoked.output)), name).toEqual(plain)
    }
  })

  it('knows the table, the column or the name that a database complains of', () => {
    const about = (name: string) => {
      const row = rows.find((one) => one.name === name)!
      return recogniseErrors(row.provoked.output).errors[0]
    }
    for (const driver of ['sqlite', ...DRIVERS.postgresql, ...DRIVERS.mariadb]) {
      expect(about(`table exists [${driver}]`)?.subject, driver).toMatchObject({
        table: expect.stringMatching(/\binvoice$/),
      })
      expect(about(`column exists [${driver}]`)?.subject, driver).toMatchObject({ table: 'invoice', column: 'id' })
      expect(about(`index exists [${driver}]`)?.subject, driver).toMatchObject({ table: 'invoice', name: 'ix1' })
      expect(about(`table exists [${driver}]`)?.statement, driver).toMatch(/^CREATE TABLE invoice/)
      expect(about(`table exists [${driver}]`)?.step, driver).toEqual({ direction: 'upgrade', revision: 'aa02' })
    }
  })
})

function withoutServer(one: Provocation): Case {
  return { ...one, url: '', plainUrl: '', reset: [] }
}

/** Addresses of the servers there are, with what is wrong about them. */
function connectionsOf(postgresql: TestDatabase, mariadb: TestDatabase): readonly Case[] {
  const place = ({ url }: TestDatabase) => /:\/\/(?:([^@]*)@)?([^/]+)/.exec(url)!.slice(1)
  const [postgresUser = '', postgresHost = ''] = place(postgresql)
  const [mariadbUser = '', mariadbHost = ''] = place(mariadb)
  return connectionProvocations.map((one) => {
    const url = one.url
      .replace('{postgresql host}', postgresHost)
      .replace('{mysql host}', mariadbHost)
      .replace(/\{(postgresql\S+)\}/, `$1://${postgresUser}@${postgresHost}`)
      .replace(/\{(mysql\S+)\}/, `$1://${mariadbUser}@${mariadbHost}`)
    return { ...one, url, plainUrl: '', reset: [] }
  })
}

/** Each by every driver of its server, all in one database that is emptied in between. */
function databasesOf(databases: Readonly<Record<'postgresql' | 'mariadb', TestDatabase>>): readonly Case[] {
  return databaseProvocations.flatMap((one) =>
    DRIVERS[one.server]
      .filter((driver) => !one.notWith?.some((name) => driver.endsWith(name)))
      .map((driver) => ({ ...one, row: `${one.row} [${driver}]`, ...addressesOf(one, driver, databases) })),
  )
}

function addressesOf(
  { server }: DatabaseProvocation,
  driver: string,
  databases: Readonly<Record<'postgresql' | 'mariadb', TestDatabase>>,
): Pick<Case, 'url' | 'plainUrl' | 'reset'> {
  if (server === 'sqlite') return { url: '', plainUrl: '', reset: [] }
  const { url, name } = databases[server]
  const reset =
    server === 'postgresql'
      ? ['DROP SCHEMA public CASCADE', 'CREATE SCHEMA public']
      : [`DROP DATABASE ${name}`, `CREATE DATABASE ${name}`, `USE ${name}`]
  return { url: url.replace(/^[^:]+/, driver), plainUrl: url, reset }
}

/** As a CI system shows it: a time before each line, colours, line ends of Windows, and other output around it. */
function disguised(output: string): string {
  const lines = output.split('\n').map((line, index) => {
    const second = String(index % 60).padStart(2, '0')
    return `2026-01-05T10:00:${second}.1234567Z ${line.startsWith('FAILED') ? `\x1b[31m${line}\x1b[0m` : line}`
  })
  const before = ['##[group]Run make migrate', 'make migrate', '##[endgroup]']
  const after = ['make: *** [Makefile:3: migrate] Error 1', '##[error]Process completed with exit code 2.']
  return [...before, ...lines, ...after].join('\r\n')
}
