import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { adds, creates, type Script } from './database-scripts.js'
import type { AppOptions, DatabaseApp, DatabaseWorld, Server } from './database-world.js'
import type { Ran } from './git-world.js'
import { runnerOf } from './runner-world.js'

export const invoice: Script = { id: '3c9e51a7b204', parents: null, ...creates('invoice') }
export const dueDate: Script = { id: '8b1f2c7d90aa', parents: invoice.id, ...adds('invoice', 'due') }
export const refund: Script = { id: 'f04d6e2b713c', parents: dueDate.id, ...creates('refund') }

/** A committed app whose database stands at the first of three revisions and holds a row. */
export async function behindByTwo(
  world: DatabaseWorld,
  server: Server = 'sqlite',
  more: Partial<AppOptions> = {},
): Promise<DatabaseApp> {
  const app = world.app({ server, scripts: [invoice, dueDate, refund], ...more })
  const config = more.kind === 'flask-migrate' ? { config: 'migrations/alembic.ini' } : {}
  await runnerOf(app, world.python, config)
  app.repository.write({ '.gitignore': '.venv\n__pycache__\n' })
  app.repository.commit('Bill customers')
  app.run(`upgrade ${invoice.id}`, { fill: 7 })
  return app
}

export const upgrade = (app: DatabaseApp, ...args: readonly string[]): Ran =>
  app.repository.onehead(['upgrade', ...args], { env: app.env })

export const downgrade = (app: DatabaseApp, ...args: readonly string[]): Ran =>
  app.repository.onehead(['downgrade', ...args], { env: app.env })

export const stamp = (app: DatabaseApp, ...args: readonly string[]): Ran =>
  app.repository.onehead(['stamp', ...args], { env: app.env })

export const upgradeJson = (app: DatabaseApp, ...args: readonly string[]) =>
  json(upgrade(app, '--format', 'json', ...args))

/** The one environment of what was printed as JSON, with the exit code. */
export function json({ stdout, status }: Ran) {
  const { environments } = JSON.parse(stdout)
  expect(environments, stdout).toHaveLength(1)
  return { ...environments[0], exitCode: status }
}

/** Names of the files of the backups that there are. */
export function backupsOf(world: DatabaseWorld): readonly string[] {
  const folder = join(world.git.folder, 'state/onehead/backups')
  if (!existsSync(folder)) return []
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
  // What is known of a backup lies beside it.
  return found.filter((entry) => entry.isFile() && !entry.name.endsWith('.json')).map(({ name }) => name)
}

/** Types the command that brings a backup back, as it was printed: beside the database, or in its stead. */
export function typeRestore(app: DatabaseApp, text: string, where: 'beside' | 'in its stead'): void {
  const [, words] = new RegExp(`^ +onehead (restore .*?) +${where}`, 'm').exec(text) ?? []
  expect(words, text).toBeDefined()
  const sure = where === 'beside' ? [] : ['--yes', app.database.name.split('/').at(-1)!]
  const { status, output } = app.repository.onehead([...words!.split(' '), ...sure], { env: app.env })
  expect(status, output).toBe(0)
}

/** A `onehead` that goes on while the test does something else. */
export interface Running {
  readonly child: ChildProcess
  /** Resolves once its output holds the text. */
  until(text: string): Promise<void>
  /** Exit code and output in the end. */
  end(): Promise<{ readonly status: number | null; readonly output: string }>
}

export const startUpgrade = (app: DatabaseApp, ...args: readonly string[]): Running => start(app, 'upgrade', ...args)

/** Starts any command, and does not wait for it. */
export function start(app: DatabaseApp, ...words: readonly string[]): Running {
  const bin = fileURLToPath(new URL('../../packages/cli/bin/onehead.js', import.meta.url))
  const child = spawn(process.execPath, [bin, ...words], { cwd: app.repository.root, env: app.env })
  let output = ''
  let heard = () => {}
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      heard()
    })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return {
    child,
    until: (text) =>
      new Promise((resolve, reject) => {
        heard = () => output.includes(text) && resolve()
        heard()
        ended.then(() => reject(new Error(`it ended without "${text}": ${output}`)))
      }),
    end: async () => ({ status: await ended, output }),
  }
}
