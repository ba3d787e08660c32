import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { RehearsalFinding } from '@onehead/core'
import { expect } from 'vitest'
import type { DatabaseApp, DatabaseWorld } from './database-world.js'
import type { Ran } from './git-world.js'

export const rehearse = (app: DatabaseApp, ...args: readonly string[]): Ran =>
  app.repository.onehead(['rehearse', ...args], { env: app.env })

/** The one environment of its JSON, with the exit code. */
export function rehearseJson(app: DatabaseApp, ...args: readonly string[]) {
  const { stdout, stderr, status } = rehearse(app, '--format', 'json', ...args)
  expect(stdout, stderr).toMatch(/^\{/)
  const { environments } = JSON.parse(stdout)
  expect(environments, stdout).toHaveLength(1)
  return { ...environments[0], exitCode: status }
}

/** What of ours is there for the database of this app: nothing, after every rehearsal. */
export function copiesOf(world: DatabaseWorld, app: DatabaseApp): readonly string[] {
  const { server } = app.database
  const folder = join(world.git.folder, 'state/onehead/rehearsals')
  const files = existsSync(folder) ? readdirSync(folder) : []
  if (server === 'sqlite') return files
  const names = server === 'postgresql' ? 'SELECT datname FROM pg_database' : 'SHOW DATABASES'
  const all = app.database.sql(names).map(([name]) => String(name))
  return [
    ...files,
    ...all.filter((name) => name.startsWith('onehead_rehearsal_') && name.endsWith(app.database.name.slice(-28))),
  ]
}

/** Findings in short: a line each, and one for everything that differs. */
export function findingsOf({ findings }: { readonly findings: readonly RehearsalFinding[] }): readonly string[] {
  return findings.flatMap(({ severity, kind, revision, path, line, differences, data }) => [
    `${severity} ${kind} ${revision} ${path}:${line}`,
    ...differences.map((one) => {
      const name = one.name === '' ? one.table : `${one.table}.${one.name}`
      const what = one.before === null ? 'came' : one.after === null ? 'went' : 'changed'
      return `  ${one.kind} ${name} ${what} ${one.path}:${one.line}`
    }),
    ...data.map(({ table, before, between, after }) => `  ${table}: ${before} ${between} ${after}`),
  ])
}
