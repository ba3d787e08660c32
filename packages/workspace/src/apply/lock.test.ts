import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { realDisk } from './disk.js'
import { withLock } from './lock.js'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onehead-lock-'))
  path = join(folder, 'repair.lock')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const held = (patience = 0) => withLock(realDisk, path, () => 'done', patience)

function leave(holder: object | string, ageInSeconds = 0): void {
  writeFileSync(path, typeof holder === 'string' ? holder : JSON.stringify(holder))
  const then = Date.now() / 1000 - ageInSeconds
  utimesSync(path, then, then)
}

async function expectTaken(): Promise<void> {
  expect(await held()).toBe('done')
  expect(readdirSync(folder)).toEqual([])
}

async function expectRefused(message: string): Promise<void> {
  const before = readFileSync(path)
  await expect(held()).rejects.toMatchObject({
    refusals: [{ kind: 'locked', message, help: expect.stringContaining(`remove ${path}`) }],
  })
  expect(readFileSync(path)).toEqual(before)
}

/** The id of a process that has ended. */
const deadPid = (): number => spawnSync(process.execPath, ['-e', '0']).pid

describe('a lock', () => {
  it('lets one at a time through, and the others after it', async () => {
    let inside = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++inside)
      await new Promise((done) => setImmediate(done))
      inside--
    }
    await Promise.all(Array.from({ length: 8 }, () => withLock(realDisk, path, work, 60_000)))
    expect(most).toBe(1)
    expect(existsSync(path)).toBe(false)
  })

  it('is given back when the work fails', async () => {
    await expect(
      withLock(realDisk, path, () => {
        throw new Error('broken')
      }),
    ).rejects.toThrow('broken')
    await expectTaken()
  })

  it('of a living process is respected, and never waited for for ever', async () => {
    await withLock(realDisk, path, () => expectRefused(`process ${process.pid} is writing a repair just now`))
  })

  it('of a dead process is taken over', async () => {
    leave({ pid: deadPid(), host: hostname(), began: null, token: 'x' })
    await expectTaken()
  })

  it.skipIf(process.platform !== 'linux')('of a process whose id another one has now is taken over', async () => {
    leave({ pid: process.pid, host: hostname(), began: 'another boot 1', token: 'x' })
    await expectTaken()
  })

  it('from another machine counts until it is old', async () => {
    const elsewhere = { pid: deadPid(), host: `not-${hostname()}`, began: null, token: 'x' }
    leave(elsewhere)
    await expectRefused(`process ${elsewhere.pid} on ${elsewhere.host} is writing a repair just now`)
    leave(elsewhere, 3600)
    await expectTaken()
  })

  it.each(['', '{"pid":12', 'null', '{"pid":"x"}'])(
    'that nobody can read (%j) counts for a moment only',
    async (text) => {
      leave(text)
      await expectRefused('another process is writing a repair just now')
      leave(text, 60)
      await expectTaken()
    },
  )

  it('is taken over also where the one who wanted to take it over has died', async () => {
    leave({ pid: deadPid(), host: hostname(), began: null, token: 'x' })
    writeFileSync(`${path}.turn`, '')
    await expect(held()).rejects.toMatchObject({ refusals: [{ kind: 'locked' }] })
    utimesSync(`${path}.turn`, 0, 0)
    expect(await held(60_000)).toBe('done')
    expect(readdirSync(folder)).toEqual([])
  })
})
