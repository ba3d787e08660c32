import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { backupFolder, named } from './backup-folder.js'
import { BackupFailed } from './failure.js'

const root = resolve('/srv/shop')
const billing = { root, environment: { name: 'billing', path: 'services/billing/migrations' } }

describe.skipIf(process.platform === 'win32')('the folder of backups', () => {
  it.each([
    [{ XDG_STATE_HOME: '/var/state', HOME: '/home/ada' }, '/var/state/onehead/backups/'],
    [{ HOME: '/home/ada' }, '/home/ada/.local/state/onehead/backups/'],
    [{ XDG_STATE_HOME: 'relative', HOME: '/home/ada' }, '/home/ada/.local/state/onehead/backups/'],
  ])('is where a user keeps state: %j', (env, start) => {
    expect(backupFolder(billing, env)).toMatch(new RegExp(`^${start}shop-[0-9a-f]{8}/billing-[0-9a-f]{8}$`))
  })

  it('is another one for each workspace and each environment, also of the same name', () => {
    const folder = (root: string, name: string, path: string) =>
      backupFolder({ root, environment: { name, path } }, { HOME: '/home/ada' })
    const all = [
      folder('/srv/shop', 'billing', 'a'),
      folder('/srv/shop', 'billing', 'b'),
      folder('/srv/shop', 'users', 'a'),
      folder('/home/ada/shop', 'billing', 'a'),
    ]
    expect(new Set(all).size).toBe(4)
  })

  it.each(['.', 'backups', '../shop/backups', '/srv/shop/x/../y'])('is refused in the workspace: %s', (configured) => {
    expect(() => backupFolder(billing, {}, configured)).toThrow(BackupFailed)
  })

  it('is refused where a user’s home is the workspace', () => {
    expect(() => backupFolder(billing, { HOME: '/srv/shop' })).toThrow(
      /^\/srv\/shop\/.local\/state.* lies in the workspace/,
    )
  })

  it.each([
    ['../shop-backups', '/srv/shop-backups/'],
    ['..backups/../..', '/srv/'],
    ['/mnt/backups', '/mnt/backups/'],
    ['~/backups', '/home/ada/backups/'],
  ])('may be %s', (configured, start) => {
    expect(backupFolder(billing, { HOME: '/home/ada' }, configured).startsWith(`${start}shop-`)).toBe(true)
  })
})

describe('a name', () => {
  it.each([
    ['services/billing', /^services-billing-[0-9a-f]{8}$/],
    ['../../etc', /^etc-[0-9a-f]{8}$/],
    ['.hidden', /^hidden-[0-9a-f]{8}$/],
    ['данные', /^database-[0-9a-f]{8}$/],
    ['x'.repeat(300), /^x{60}-[0-9a-f]{8}$/],
  ])('%s is a good file name', (name, pattern) => {
    expect(named(name, name)).toMatch(pattern)
  })
})
