import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addDueDate, addRefund, elsewhere, type PushWorld, pushWorld } from '../support/push-world.js'

const packages = fileURLToPath(new URL('../../packages/', import.meta.url))

let here: PushWorld
let bundle: string
beforeEach(() => {
  here = pushWorld()
  here.ada.git('switch', '--quiet', '-c', 'dates')
  here.ada.commit('Add due dates', addDueDate)
  elsewhere(here, 'main', addRefund)
  here.ada.git('fetch', '--quiet')
  // As npm installs it, beside the libraries that it needs.
  const home = join(here.world.folder, 'installed')
  bundle = join(home, 'bundle/hook')
  for (const name of ['bin', 'bundle', 'package.json'])
    cpSync(join(packages, 'cli', name), join(home, name), { recursive: true })
  for (const name of compiled()) rmSync(join(bundle, name))
  symlinkSync(join(packages, '../node_modules'), join(home, 'node_modules'))
})
afterEach(() => here.world.remove())

const compiled = () => readdirSync(bundle).filter((name) => name.includes('.compiled'))

function hook(args: readonly string[], env: Record<string, string> = {}) {
  const input = `refs/heads/dates ${here.ada.id('dates')} refs/heads/dates ${'0'.repeat(40)}\n`
  const bin = join(bundle, '../../bin/onehead.js')
  return here.world.run(process.execPath, [bin, 'hook', ...args], here.ada.root, { input, env })
}
const push = () => hook(['pre-push', 'origin', 'x'])

const stopped = { status: 1, stdout: '', stderr: expect.stringContaining('this branch will have 2 heads once merged') }

describe('what V8 has compiled of a hook', () => {
  it('is kept beside it, and taken from there', () => {
    const first = push()
    expect(first).toMatchObject(stopped)
    const [name, ...others] = compiled()
    expect([name, others]).toEqual([`${process.version}-${process.arch}.compiled`, []])
    const { mtimeMs, size } = statSync(join(bundle, name!))
    expect(size).toBeGreaterThan(100_000)
    expect(push()).toEqual(first)
    expect(statSync(join(bundle, name!)).mtimeMs).toBe(mtimeMs)
  })

  it('grows with what other runs load, and stays as it is where a run loads less', () => {
    here.ada.git('update-ref', 'ORIG_HEAD', 'main')
    hook(['post-merge', '0'])
    const path = join(bundle, compiled()[0]!)
    const files = () => JSON.parse(readFileSync(path, 'latin1').split('\n', 1)[0]!).entries.length
    const few = files()
    push()
    const many = files()
    expect(many).toBeGreaterThan(few)
    const before = readFileSync(path)
    hook(['post-merge', '0'])
    push()
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['empty', () => Buffer.alloc(0)],
    ['cut', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['no code', (bytes) => Buffer.from(bytes).fill(0xa5, 6000)],
    [
      'turned over bit by bit',
      (bytes) => Buffer.from(bytes.map((byte, at) => (at > 6000 && at % 4001 === 0 ? byte ^ 8 : byte))),
    ],
    ['text', () => Buffer.from('{"length":27,"entries":[1]}')],
  ])('is not believed where it is %s, and made anew', (_, damage) => {
    const first = push()
    const path = join(bundle, compiled()[0]!)
    const whole = readFileSync(path)
    writeFileSync(path, damage(whole))
    expect(push()).toEqual(first)
    expect(readFileSync(path).length).toBeGreaterThan(whole.length / 2)
    expect(push()).toEqual(first)
    expect(compiled()).toHaveLength(1)
  })

  it('is of no use where the code has changed, even with the same size and age', () => {
    const file = readdirSync(bundle)
      .map((name) => join(bundle, name))
      .find((path) => path.endsWith('.cjs') && readFileSync(path, 'utf8').includes('nothing was pushed to'))!
    const packed = new Date('1985-10-26T08:15:00Z')
    utimesSync(file, packed, packed)
    push()
    writeFileSync(file, readFileSync(file, 'utf8').replace('nothing was pushed to', 'NOTHING WAS PUSHED TO'))
    utimesSync(file, packed, packed)
    expect(push()).toMatchObject({ status: 1, stderr: expect.stringContaining('NOTHING WAS PUSHED TO') })
  })

  it('leaves nothing of a run that was killed while it kept it, and no trace in the package', () => {
    const preload = fileURLToPath(new URL('../support/killed-at.mjs', import.meta.url))
    const killed = hook(['pre-push', 'origin', 'x'], {
      NODE_OPTIONS: `--import=${preload}`,
      KILLED_AT: 'before .compiled',
    })
    expect(killed.stderr).toBe(push().stderr)
    expect(compiled()).toEqual([`${process.version}-${process.arch}.compiled`])
    const packed = here.world.run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], join(bundle, '../..'))
    const paths = JSON.parse(packed.stdout)[0].files.map(({ path }: { path: string }) => path)
    expect(paths).toContain('bundle/hook/hook.cjs')
    expect(paths.filter((path: string) => path.includes('.compiled'))).toEqual([])
  })

  it('is done without where it cannot be kept', () => {
    mkdirSync(join(bundle, `${process.version}-${process.arch}.compiled`))
    expect(push()).toMatchObject(stopped)
    expect(push()).toMatchObject(stopped)
    expect(compiled()).toHaveLength(1)
  })
})

it('a hook of another name, a flag and a question for help go the ordinary way', () => {
  expect(hook(['pre-puhs'])).toMatchObject({ status: 2, stderr: expect.stringContaining('did you mean pre-push?') })
  expect(hook(['pre-push', '--help'])).toMatchObject({ status: 0, stdout: expect.stringContaining('onehead hook') })
  const json = hook(['pre-push', 'origin', 'x', '--format', 'json'])
  expect([json.status, JSON.parse(json.stdout).push.blocked]).toEqual([1, true])
})
