import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { put, type Tree, treeOf } from '../support/trees.js'

const child = fileURLToPath(new URL('../support/repair-child.mjs', import.meta.url))

let folder: string
let made = 0

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'onehead-killed-')))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function workspace(): string {
  const root = join(folder, `${++made}`)
  mkdirSync(root)
  put(root, 'versions/a.py', "down_revision = '8b1f2c7d90aa'\r\n", 0o640)
  put(root, 'versions/run.py', '#!/usr/bin/env python\n', 0o755)
  put(root, 'versions/old.py', 'refunds', 0o600)
  return root
}

interface Ran {
  readonly outcome: string | null
  readonly steps: number
}

/** Null where it was killed. */
function run(action: string, root: string, step = 0): Ran | null {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [child, action, root, `${step}`], {
    encoding: 'utf8',
  })
  if (signal === 'SIGKILL') return null
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

const notesOf = (root: string) => (existsSync(join(root, '.onehead')) ? readdirSync(join(root, '.onehead')).sort() : [])
const clean = ['.gitignore', 'last-repair.json']

/** Kills `action` at each step that it has, or at every `stride`th, and hands over what is left. */
function killEverywhere(action: string, stride: number, prepare: () => string, look: (root: string) => void): number {
  for (let step = 1; ; step += stride) {
    const root = prepare()
    if (run(action, root, step) !== null) return step - 1
    look(root)
    rmSync(root, { recursive: true })
  }
}

describe('a process that is killed while it writes a repair', () => {
  let before: Tree
  let after: Tree

  beforeEach(() => {
    const root = workspace()
    before = treeOf(root)
    run('apply', root)
    after = treeOf(root)
  })

  it('leaves all of it or nothing, at whichever step: the next one takes its lock over and puts things right', () => {
    const seen = new Set<string>()
    const steps = killEverywhere('apply', 1, workspace, (root) => {
      const outcome = run('recover', root)!.outcome
      const stands = treeOf(root)['versions/a.py'] === after['versions/a.py']
      seen.add(`${outcome}: ${stands}`)
      expect(treeOf(root)).toEqual(stands ? after : before)
      const notes = notesOf(root).filter((name) => !clean.includes(name))
      if (stands || notes.length === 0) return
      // Without notes there was nothing to recover: the lock of the dead is the next writer's to take over.
      expect(notes).toEqual(['repair.lock'])
      run('apply', root)
      expect(treeOf(root)).toEqual(after)
      expect(notesOf(root)).toEqual(clean)
    })
    expect(steps).toBeGreaterThan(30)
    expect([...seen].sort()).toEqual([
      'completed: true',
      'discarded: false',
      'null: false',
      'null: true',
      'taken-back: false',
    ])
  })

  it('or undoes one, and can undo it once more', () => {
    const repaired = () => {
      const root = workspace()
      run('apply', root)
      return root
    }
    killEverywhere('undo', 4, repaired, (root) => {
      run('recover', root)
      const now = treeOf(root)
      const isBack = now['versions/a.py'] === before['versions/a.py']
      const { 'versions/2026': _, ...files } = now
      expect(isBack ? files : now).toEqual(isBack ? before : after)
      if (notesOf(root).includes('last-repair.json')) run('undo', root)
      expect(treeOf(root)).toEqual(before)
    })
  })
})

describe('many processes that write repairs at once', () => {
  it('queue up, also behind the lock of one that is dead', async () => {
    const root = workspace()
    mkdirSync(join(root, '.onehead'))
    const { pid } = spawnSync(process.execPath, ['-e', '0'])
    const lock = JSON.stringify({ pid, host: hostname(), began: null, token: 'x' })
    writeFileSync(join(root, '.onehead/repair.lock'), lock)
    const names = Array.from({ length: 8 }, (_, index) => `own-${index}`)
    const ended = await Promise.all(
      names.map(
        (name) =>
          new Promise<string>((done, failed) => {
            const process_ = spawn(process.execPath, [child, 'own', root, name], {
              stdio: ['ignore', 'pipe', 'inherit'],
            })
            let said = ''
            process_.stdout.on('data', (chunk) => {
              said += chunk
            })
            process_.on('error', failed)
            process_.on('close', () => done(said.trim()))
          }),
      ),
    )
    expect(ended).toEqual(names.map((name) => JSON.stringify({ written: [`versions/${name}.py`] })))
    expect(readdirSync(join(root, 'versions')).sort()).toEqual(
      ['a.py', 'old.py', 'run.py', ...names.map((name) => `${name}.py`)].sort(),
    )
    expect(notesOf(root)).toEqual(clean)
  })
})

/** How to run something with a file system of its own, and why not. */
function mounter(): { readonly command: readonly string[]; readonly reason: string | null } {
  const ways = [
    ['unshare', '--map-root-user', '--mount'],
    ['sudo', '--non-interactive', 'unshare', '--mount'],
  ]
  for (const command of ways) {
    const probe = [...command, 'sh', '-c', 'mount -t tmpfs -o size=64k none /mnt']
    if (spawnSync(probe[0]!, probe.slice(1)).status === 0) return { command, reason: null }
  }
  return { command: [], reason: 'nothing may be mounted here' }
}

if (process.platform === 'linux') {
  const { command, reason } = mounter()
  describe.skipIf(reason !== null)(`a disk that is nearly full${reason ? ` (${reason})` : ''}`, () => {
    it('takes the whole repair or nothing of it, however much room there is', () => {
      const disk = join(folder, 'disk')
      mkdirSync(disk)
      const script = `mount -t tmpfs -o size=256k none "$1" && mkdir "$1/shop" && exec "$2" "$3" full "$1/shop" 24`
      const all = [...command, 'sh', '-c', script, 'sh', disk, process.execPath, child]
      const { stdout, stderr } = spawnSync(all[0]!, all.slice(1), { encoding: 'utf8' })
      expect(stderr).toBe('')
      const outcomes: { refusals: string[] | null; unchanged: boolean }[] = JSON.parse(stdout)
      expect(outcomes).toHaveLength(25)
      for (const { refusals, unchanged } of outcomes) {
        expect({ refusals, unchanged }).toEqual(
          refusals === null ? { refusals, unchanged: false } : { refusals: ['no-space'], unchanged: true },
        )
      }
      expect(outcomes[0]!.refusals).toEqual(['no-space'])
      expect(outcomes.at(-1)!.refusals).toBeNull()
    })
  })
}
