import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { adds, creates, type Script, textOf } from '../support/database-scripts.js'
import { makeFolder, NxWorkspace, packPackages, removeFolder } from '../support/nx-workspace.js'
import { providePython } from '../support/python.js'

const { python, reason } = providePython('alembic-1.20')

const ENV = `import os

from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()
`

/** An app whose database only the .env file of its own project knows. */
function app(name: string, ...scripts: readonly Script[]): Record<string, string> {
  const at = `services/${name}`
  return {
    [`${at}/project.json`]: JSON.stringify({ name }),
    [`${at}/.env`]: `DATABASE_URL=sqlite:///${name}.sqlite\n`,
    [`${at}/alembic.ini`]: '[alembic]\nscript_location = %(here)s/migrations\n',
    [`${at}/migrations/env.py`]: ENV,
    [`${at}/migrations/script.py.mako`]: '',
    ...Object.fromEntries(scripts.map((script) => [pathOf(name, script), textOf(script)])),
  }
}

const pathOf = (name: string, { id }: Script) => `services/${name}/migrations/versions/${id}.py`

const invoice: Script = { id: 'aa01', parents: null, ...creates('invoice') }
const order: Script = { id: 'bb01', parents: null, ...creates('orders') }
const user: Script = { id: 'cc01', parents: null, ...creates('users') }

describe.skipIf(reason)(`databases of an Nx workspace${reason ? ` (${reason})` : ''}`, () => {
  let packages: string
  let workspace: NxWorkspace

  beforeAll(() => {
    packages = makeFolder('packages')
    const tarballs = packPackages(packages)
    workspace = NxWorkspace.install(
      'nx-databases',
      {
        ...{ nx: '24.0.6', '@nx/devkit': '24.0.0' },
        ...Object.fromEntries(Object.entries(tarballs).map(([name, path]) => [name, `file:${path}`])),
      },
      {
        'nx.json': JSON.stringify({ analytics: false, neverConnectToCloud: true, plugins: ['@onehead/nx'] }),
        '.gitignore': 'node_modules\n.nx\n.venv\n*.sqlite\n',
        ...app('billing', invoice),
        ...app('orders', order),
        ...app('users', user),
      },
    )
    workspace.link('.venv', dirname(dirname(python!)))
  })
  afterAll(() => {
    workspace?.dispose()
    removeFolder(packages)
  })

  const file = (name: string) => join(workspace.folder, `services/${name}/${name}.sqlite`)

  it('tells where each stands, and what would run, without making or keeping anything', () => {
    const { code, output } = workspace.nx('run-many', '-t', 'migrate-status', '--output-style=static')
    expect(code, output).toBe(0)
    for (const revision of ['aa01', 'bb01', 'cc01']) expect(output).toContain(revision)
    expect(output).toContain('npx nx run billing:migrate-upgrade\n')
    expect(workspace.nx('run', 'billing:migrate-status', '--checkHeads').code).toBe(1)
    const shown = workspace.nx('run', 'billing:migrate-upgrade', '--dry-run')
    expect(shown.code, shown.output).toBe(0)
    expect(shown.output).toMatch(/run +aa01/)
    expect(shown.output).toContain('nothing is run yet; next: `npx nx run billing:migrate-upgrade`')
    const only = ['--environments=services/billing/alembic.ini#alembic', '--to=aa01', '-x', 'region=eu']
    expect(workspace.nx('run', 'billing:migrate-upgrade', '--dry-run', ...only).output).toContain(
      'nothing is run yet; next: `npx nx run billing:migrate-upgrade --x=region=eu --to=aa01`',
    )
    expect(existsSync(file('billing'))).toBe(false)
  })

  it('upgrades every app, each in the database of its own .env file, and never from the cache', () => {
    const { code, output } = workspace.nx('run-many', '-t', 'migrate-upgrade', '--no-backup', '--output-style=static')
    expect(code, output).toBe(0)
    for (const [name, revision] of [
      ['billing', 'aa01'],
      ['orders', 'bb01'],
      ['users', 'cc01'],
    ] as const) {
      expect(output).toContain(`services/${name} stands at ${revision}: 1 revision done`)
      expect(existsSync(file(name))).toBe(true)
    }
    const again = workspace.nx('run-many', '-t', 'migrate-upgrade', '--output-style=static')
    expect(again.code, again.output).toBe(0)
    expect(again.output.match(/nothing to run/g)).toHaveLength(3)
    expect(again.output).not.toMatch(/\[local cache\]|existing outputs match/)
  })

  it('says of one that fails why, and how to return; the others go on, or stay with --nxBail', () => {
    const broken = {
      id: 'aa02',
      parents: 'aa01',
      upgrade: ["op.add_column('gone', sa.Column('a', sa.Integer()))"],
      downgrade: ["op.execute('SELECT 1')"],
    }
    const due: Script = { id: 'bb02', parents: 'bb01', ...adds('orders', 'due') }
    const mail: Script = { id: 'cc02', parents: 'cc01', ...adds('users', 'mail', 'sa.String(80)') }
    workspace.write({
      [pathOf('billing', broken)]: textOf(broken),
      [pathOf('orders', due)]: textOf(due),
      [pathOf('users', mail)]: textOf(mail),
    })
    const run = (...more: string[]) =>
      workspace.nx('run-many', '-t', 'migrate-upgrade', '--parallel=1', '--output-style=static', ...more)
    const bailed = run('--nxBail', '-p', 'billing,orders', '--format=text')
    expect(bailed.code, bailed.output).toBe(1)
    expect(bailed.output).toMatch(/services\/billing is not upgraded: aa02/)
    const all = run()
    expect(all.code, all.output).toBe(1)
    expect(all.output).toMatch(/no such table: gone/)
    expect(all.output).toContain('services/users stands at cc02: 1 revision done')
    expect(all.output).toMatch(/Failed tasks:\s+- "?billing:migrate-upgrade/)
    workspace.remove(pathOf('billing', broken))
  })

  it('stopped by Ctrl-C: Alembic ends, and Nx, which tells no more, leaves a file that tells', async () => {
    const slow: Script = {
      id: 'aa03',
      parents: 'aa01',
      upgrade: ['print(f\'waiting as {__import__("os").getpid()}.\', flush=True)', '__import__("time").sleep(600)'],
      downgrade: ["op.execute('SELECT 1')"],
    }
    workspace.write({ [pathOf('billing', slow)]: textOf(slow) })
    const child = workspace.startNx('run', 'billing:migrate-upgrade')
    let output = ''
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
    const pid = await new Promise<number>((resolve, reject) => {
      ended.then(() => reject(new Error(output)))
      for (const stream of [child.stdout!, child.stderr!])
        stream.on('data', (chunk: Buffer) => {
          output += chunk.toString()
          const alembic = /waiting as (\d+)\./.exec(output)?.[1]
          if (alembic !== undefined) resolve(Number(alembic))
        })
    })
    expect(output).toMatch(/backup: .*read back/)
    // A terminal tells everybody in front of it.
    process.kill(-child.pid!, 'SIGINT')
    expect(await ended).not.toBe(0)
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), { timeout: 60_000, interval: 100 })
    const report = workspace.read('.nx/workspace-data/onehead/billing-migrate-upgrade.txt')
    // Nx kills after a few seconds, whatever is still to be asked.
    expect(report).toMatch(/billing is not upgraded: it was stopped in aa03|^stopped by SIGINT/)
    expect(report).toMatch(/next: `npx nx run billing:migrate-status` asks where it stands now\n$/)
    workspace.remove(pathOf('billing', slow))
  })

  it('takes one back where project.json asks for it, and never by oversight', () => {
    const project = {
      name: 'users',
      targets: {
        'migrate-downgrade': {
          executor: '@onehead/nx:downgrade',
          options: { environments: ['services/users/alembic.ini'] },
        },
      },
    }
    workspace.write({ 'services/users/project.json': JSON.stringify(project) })
    expect(workspace.nx('run', 'users:migrate-downgrade').output).toContain("Required property 'to' is missing")
    const { code, output } = workspace.nx('run', 'users:migrate-downgrade', '--to=base', '--format=json')
    expect(code, output).toBe(0)
    expect(JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1)).environments[0].outcome).toBe(
      'downgraded',
    )
  })

  it('rehearses on a copy', () => {
    const { code, output } = workspace.nx('run', 'users:migrate-rehearse')
    expect(code, output).toBe(0)
    expect(workspace.nx('run', 'users:migrate-status').output).toContain('cc01')
  })
})
