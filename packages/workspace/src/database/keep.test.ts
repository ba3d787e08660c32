import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { UsageError } from '../errors.js'
import { makePrivateFolder, makeStateFolder } from './keep.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onehead-keep-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const mode = (path: string) => statSync(path).mode & 0o777

it('a folder and all above it are for their owner only, also one that was there', () => {
  makePrivateFolder(join(folder, 'a/b/c'))
  expect(['a', 'a/b', 'a/b/c'].map((path) => mode(join(folder, path)))).toEqual([0o700, 0o700, 0o700])
  mkdirSync(join(folder, 'open'), { mode: 0o755 })
  makePrivateFolder(join(folder, 'open'))
  expect(mode(join(folder, 'open'))).toBe(0o700)
})

it('a file in its way is said with the folder and the variable', () => {
  writeFileSync(join(folder, 'file'), '')
  const wanted = join(folder, 'file/onehead/locks')
  expect(() => makeStateFolder(wanted)).toThrow(UsageError)
  expect(() => makeStateFolder(wanted)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(`${wanted} cannot be made (ENOTDIR`),
      help: 'point XDG_STATE_HOME to a folder that you may write',
    }),
  )
})

it.skipIf(!existsSync('/proc/self'))('a file system that takes no new names is an error, and not waited for', () => {
  expect(() => makeStateFolder('/proc/nothing/onehead/locks')).toThrow('/proc/nothing/onehead/locks cannot be made')
})
