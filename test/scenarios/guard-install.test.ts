import { chmodSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { main } from '../../packages/cli/src/main.js'
import type { World } from '../../packages/cli/src/world.js'
import { app, type GitRepository, type GitWorld, gitWorld } from '../support/git-world.js'
import { world as cliWorld } from '../support/world.js'

let git: GitWorld
let shop: GitRepository
beforeEach(() => {
  git = gitWorld()
  shop = git.repository('shop')
})
afterEach(() => git.remove())

const PATH = 'billing/migrations/env.py'
const USUAL = `from alembic import context

config = context.config


def run_migrations_offline():
    context.configure(url="sqlite://")


def run_migrations_online():
    pass


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
`
const GUIDE = `
from alembic.script import ScriptDirectory
from alembic.runtime.environment import EnvironmentContext

script = ScriptDirectory.from_config(config)
with EnvironmentContext(config, script) as env:
    heads = script.get_heads()
    if len(heads) > 1:
        print(f"Multiple migration heads detected: {heads}.")
`

const write = (env: string | Uint8Array, path = PATH) => shop.write({ ...app('billing'), [path]: env })
const bytes = (path = PATH) => readFileSync(join(shop.root, path)).toString('latin1')
const init = (args: readonly string[], more: Partial<World> = {}) =>
  main(['init', ...args], cliWorld({ cwd: shop.root, env: git.env, ...more }))
const guard = (...args: readonly string[]) => init(['--guard', ...args])

it.each([
  ['as Alembic writes it', USUAL],
  ['with Windows line endings', USUAL.replaceAll('\n', '\r\n')],
  ['with a byte order mark', `\ufeff${USUAL}`],
  ['with tabs', USUAL.replaceAll('    ', '\t')],
  ['in Latin-1', Buffer.from(`# -*- coding: latin-1 -*-\n# Gebühren\n${USUAL}`, 'latin1')],
  ['without a line end', USUAL.trimEnd()],
  ['with a comment on top of the place', USUAL.replace('\nif context', '\n# Now it runs.\nif context')],
  ['with the question turned round', USUAL.replace('if context', 'if not context')],
  ['with more behind it', `${USUAL}\nprint("done")\n`],
])('comes and goes byte for byte: %s', async (_, text) => {
  write(text)
  const before = bytes()
  expect(await guard()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`${PATH}: added`) })
  const guarded = bytes()
  expect(guarded).toContain('# >>> onehead guard ')
  expect(guarded.length - guarded.replaceAll('\r\n', '\n').length).toBe(
    before.includes('\r\n') ? guarded.split('\n').length - 1 : 0,
  )
  if (before.includes('\t')) expect(guarded).not.toMatch(/^ +\S/m)
  expect(await guard()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('nothing to do') })
  expect(bytes()).toBe(guarded)
  expect(await guard('--uninstall')).toMatchObject({ exitCode: 0 })
  expect(bytes()).toBe(before)
})

it('shows a diff that git applies, and writes nothing', async () => {
  write(USUAL)
  shop.commit('Bill customers')
  const { stdout, exitCode } = await guard('--dry-run')
  expect(exitCode).toBe(0)
  expect(bytes()).toBe(USUAL)
  expect(stdout).toMatch(/next: nothing is written yet; without --dry-run it is\n$/)
  expect(git.run('git', ['apply', '-'], shop.root, { input: stdout }).output).toBe('')
  expect(await guard()).toMatchObject({ stdout: expect.stringContaining('nothing to do') })
})

it.each([
  [
    'migrations in a function of another name',
    'from alembic import context\nmain()\n',
    /has no `if context.is_offline_mode/,
  ],
  ['no Python', 'if context.is_offline_mode(:\n', /is not Python/],
])('refuses another shape, with the lines to paste: %s', async (_, text, why) => {
  write(text)
  const { exitCode, stderr } = await guard()
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(why)
  expect(bytes()).toBe(text)
  const lines = stderr!.split('\n').filter((line) => /^ {4}|^$/.test(line))
  const pasted = `${lines
    .map((line) => line.slice(4))
    .join('\n')
    .trim()}\n`
  write(`${pasted}\n${text}`)
  const again = await guard()
  if (text.includes('(:')) expect(again.exitCode).toBe(0)
  expect(again.stdout).toContain('nothing to do')
})

it('is brought up to date where another number of heads is right, and doctor tells when', async () => {
  write(USUAL)
  await guard()
  const doctor = () => main(['doctor'], cliWorld({ cwd: shop.root, env: git.env }))
  expect((await doctor()).stdout).toContain(`ok ${PATH}\n`)
  shop.write({ 'onehead.json': '{"environments": {"billing": {"expectedHeads": 2}}}' })
  expect((await doctor()).stdout).toMatch(/env\.py: it is not the one.*\n +cure: onehead init --guard billing\n/)
  expect(await guard('billing')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('brought up to date') })
  expect(bytes()).toContain('if len(heads) <= 2:')
})

it('leaves one alone that somebody has changed, and takes it for its own after a formatter', async () => {
  write(USUAL)
  await guard()
  const guarded = bytes()
  write(guarded.replaceAll('"', "'").replace('(None, "head")', "(\n            None,\n            'head',\n        )"))
  expect(await guard()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('nothing to do') })
  const edited = guarded.replace('nothing was run', 'ask Ada')
  write(edited)
  expect(await guard()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('was changed by hand') })
  expect(bytes()).toBe(edited)
  const doctor = await main(['doctor', '--format', 'json'], cliWorld({ cwd: shop.root, env: git.env }))
  expect(JSON.parse(doctor.stdout).guards).toMatchObject([{ path: PATH, environments: ['billing'], status: 'edited' }])
  expect((await guard('--uninstall')).exitCode).toBe(0)
  expect(bytes()).toBe(USUAL)
})

it.each(['# >>> onehead guard 0123 >>>', '# <<< onehead guard <<<'])('refuses half a block: %s', async (line) => {
  write(`${line}\n${USUAL}`)
  for (const args of [[], ['--uninstall']])
    expect(await guard(...args)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('has the line') })
  expect(bytes()).toBe(`${line}\n${USUAL}`)
})

it('replaces the lines of a guide only where somebody says so', async () => {
  write(USUAL + GUIDE)
  const refused = await guard()
  expect(refused).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('`onehead init --guard --replace-snippet billing`'),
  })
  expect(JSON.parse((await guard('--format', 'json')).stdout).refusals).toMatchObject([{ kind: 'snippet', path: PATH }])
  expect(await init(['--guard'], { ask: async () => 'no' })).toMatchObject({ exitCode: 1 })
  expect(bytes()).toBe(USUAL + GUIDE)
  let asked = ''
  const ask: World['ask'] = async ({ message }) => {
    asked = message
    return 'yes'
  }
  expect(await init(['--guard'], { ask })).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('in the place of'),
  })
  expect(asked).toContain(PATH)
  expect(bytes()).not.toContain('EnvironmentContext')
  await guard('--uninstall')
  expect(bytes()).toBe(USUAL)
})

it('keeps what else in the file needs of the lines of a guide', async () => {
  const shared = `from alembic.script import ScriptDirectory\n${USUAL.replace('config\n\n\ndef', 'config\nscript = ScriptDirectory.from_config(config)\n\n\ndef').replace('pass', 'print(script)')}`
  const opened = GUIDE.split('\n')
    .filter((line) => !/ScriptDirectory/.test(line))
    .join('\n')
  write(shared + opened)
  expect((await guard('--replace-snippet')).exitCode).toBe(0)
  await guard('--uninstall')
  expect(bytes()).toBe(shared)
  write(`${USUAL}${GUIDE}print(heads)\n`)
  const refused = await guard('--replace-snippet')
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('the rest of the file uses heads') })
})

it('keeps links and modes, and refuses what nobody may write or what lies elsewhere', async () => {
  write({ symlink: '../../shared/env.py' } as never)
  shop.write({ 'shared/env.py': USUAL })
  chmodSync(join(shop.root, 'shared/env.py'), 0o750)
  expect((await guard()).exitCode).toBe(0)
  expect(lstatSync(join(shop.root, PATH)).isSymbolicLink()).toBe(true)
  expect(lstatSync(join(shop.root, 'shared/env.py')).mode & 0o777).toBe(0o750)
  chmodSync(join(shop.root, 'shared/env.py'), 0o440)
  expect(await guard('--uninstall')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(`chmod u+w ${PATH}`),
  })
  const outside = join(git.folder, 'env.py')
  writeFileSync(outside, USUAL)
  shop.write({ [PATH]: { symlink: outside } })
  expect(await guard()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('leads out of the workspace') })
  shop.write({ [PATH]: null })
  expect(await guard()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`there is no ${PATH}`) })
})

it('guards those named, or none where one of all is refused', async () => {
  write(USUAL)
  shop.write({ ...app('users'), 'users/migrations/env.py': USUAL })
  expect((await guard('users')).exitCode).toBe(0)
  expect(bytes()).toBe(USUAL)
  shop.write({ 'users/migrations/env.py': 'main()\n' })
  expect((await guard()).exitCode).toBe(1)
  expect(bytes()).toBe(USUAL)
  expect(await guard('bilingl')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('did you mean billing') })
  expect((await guard('--hooks', 'pre-push')).exitCode).toBe(2)
  expect((await init(['billing'])).exitCode).toBe(2)
})

it('says which configuration it could not use, and fails where that one is meant', async () => {
  write(USUAL)
  shop.write({ ...app('legacy'), 'legacy/alembic.ini': 'script_location = migrations\n' })
  const { exitCode, stdout } = await guard()
  expect([exitCode, bytes() === USUAL]).toEqual([0, false])
  expect(stdout).toMatch(/^warning: legacy\/alembic\.ini cannot be used, so its env\.py is left alone: /)
  expect(await guard('legacy')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('legacy/alembic.ini cannot'),
  })
})

it('puts one guard into an env.py that serves several, where they agree', async () => {
  const two =
    '[alembic]\nscript_location = %(here)s/migrations\n\n[eu]\nscript_location = %(here)s/migrations\nversion_locations = %(here)s/eu\n'
  write(USUAL)
  mkdirSync(join(shop.root, 'billing/eu'))
  mkdirSync(join(shop.root, 'billing/migrations/versions'))
  shop.write({ 'billing/alembic.ini': two })
  const { exitCode, stdout } = await guard('--format', 'json')
  expect(exitCode).toBe(0)
  const [only, ...others] = JSON.parse(stdout).guards
  expect(others).toEqual([])
  expect(only.environments).toHaveLength(2)
  expect(bytes()).toContain('"Run: npx onehead fix "\n')
  const [first] = only.environments
  shop.write({ 'onehead.json': JSON.stringify({ environments: { 'billing/alembic.ini#eu': { expectedHeads: 2 } } }) })
  expect(await guard(), first).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('different numbers of heads'),
  })
})

it('goes with everything else at --uninstall', async () => {
  write(USUAL)
  await init(['--hooks', 'pre-push'])
  await guard()
  expect(await init(['--uninstall', '--dry-run'])).toMatchObject({
    stdout: expect.stringContaining('would be taken out'),
  })
  const { exitCode, stdout } = await init(['--uninstall'])
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/took onehead out of 1 file[\s\S]*the guard is taken out of 1 env\.py/)
  expect(bytes()).toBe(USUAL)
})

it('docs/guard.md shows what is written', async () => {
  shop.write({ ...app('services/billing'), 'services/billing/migrations/env.py': USUAL })
  await guard()
  const [, block] = /(# >>> onehead guard [\s\S]*# <<< onehead guard <<<\n)/.exec(
    bytes('services/billing/migrations/env.py'),
  )!
  const document = readFileSync(new URL('../../docs/guard.md', import.meta.url), 'utf8')
  expect(/<!-- block: guard -->\n([\s\S]*?)<!-- end -->/.exec(document)![1]).toBe(`\`\`\`python\n${block}\`\`\`\n`)
})
