import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DatabaseApp, type DatabaseWorld, databaseWorld, reasonAgainst } from '../support/database-world.js'
import { behindByTwo, invoice, refund } from '../support/upgrade-world.js'

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

const bin = fileURLToPath(new URL('../../packages/cli/bin/onehead.js', import.meta.url))

/** Types the keys once it asks something. Ends with the exit code of the child. */
const TERMINAL = `
import os, pty, sys
keys, seen = [sys.argv[1].encode()], [b""]
def read(fd):
    data = os.read(fd, 1024)
    seen[0] += data
    if b"Write this" in seen[0] and keys:
        os.write(fd, keys.pop())
    return data
status = pty.spawn(sys.argv[2:], read, lambda fd: b"")
sys.exit(os.WEXITSTATUS(status))
`

/** Everything that a terminal is sent while onehead runs there. */
function atTerminal(app: DatabaseApp, words: readonly string[], env: NodeJS.ProcessEnv = {}, keys = '') {
  const { CI: _, ...own } = app.env
  const terminal = { ...own, TERM: 'xterm', ...env }
  // A new one has no columns.
  const sized = ['sh', '-c', 'stty cols 100 rows 40; exec "$@"', 'sh', process.execPath, bin, ...words]
  const args = ['-c', TERMINAL, keys, ...sized]
  return world.git.run(world.python, args, app.repository.root, { env: { ...terminal, ...(env.CI ? {} : { CI: '' }) } })
}

const ERASE = '\u001b[2K'

const without = reasonAgainst('sqlite') ?? (process.platform === 'win32' ? 'no pseudo terminals' : null)
describe.skipIf(without)(`on a terminal${without ? ` (${without})` : ''}`, () => {
  it('one line says what runs and for how long, and is gone in the end', async () => {
    const app = await behindByTwo(world)
    const { status, output } = atTerminal(app, ['upgrade'])
    expect(status, output).toBe(0)
    expect(output).toContain(`${ERASE}`)
    for (const text of ['asking the databases', 'billing: Alembic starts', 'billing: 1/2 8b1f2c7d90aa'])
      expect(output).toMatch(new RegExp(`\\d s  ${text}`))
    const end = output.slice(output.lastIndexOf(ERASE) + ERASE.length)
    expect(end).toContain('stands at f04d6e2b713c: 2 revisions done')
  })

  it.each([
    ['in CI', ['upgrade', '--dry-run'], { CI: 'true' }],
    ['on a terminal that cannot move its cursor', ['upgrade', '--dry-run'], { TERM: 'dumb' }],
    ['where results are JSON', ['upgrade', '--dry-run', '--format', 'json'], {}],
  ])('there is none %s', async (_, words, env) => {
    const app = await behindByTwo(world)
    const { status, output } = atTerminal(app, words, env)
    expect(status, output).toBe(0)
    expect(output).not.toContain(ERASE)
    expect(output).not.toContain('asking the databases')
  })

  it('a stamp is written after a yes, and not without', async () => {
    const app = await behindByTwo(world)
    const no = atTerminal(app, ['stamp', 'billing', 'head'], {}, '\r')
    expect(no.output).toMatch(/Write this, although it is not borne out\?/)
    expect([no.status, app.database.describe().versions]).toEqual([1, [invoice.id]])
    const yes = atTerminal(app, ['stamp', 'billing', 'head'], {}, 'y')
    expect([yes.status, app.database.describe().versions], yes.output).toEqual([0, [refund.id]])
  })
})
