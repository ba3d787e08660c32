import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FileChange } from '@onehead/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failingDisk } from '../../../../test/support/disks.js'
import { aRecord, fileChange } from '../../../../test/support/repairs.js'
import { put, treeOf } from '../../../../test/support/trees.js'
import { undo } from '../use-cases/undo.js'
import { ApplyRefused, applyChanges, lastRepair, recover } from './index.js'

let folder: string
let root: string

const reparent = fileChange('billing/versions/a.py', 'invoices', 'INVOICES')

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'onehead-apply-')))
  root = join(folder, 'shop')
  put(root, 'billing/versions/a.py', 'invoices')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** Applies, and expects exactly these refusals and not a byte changed anywhere. */
async function expectRefused(
  changes: readonly FileChange[],
  refusals: readonly object[],
  disk?: ReturnType<typeof failingDisk>['disk'],
): Promise<void> {
  const before = treeOf(folder, ['.onehead'])
  const error = await applyChanges(root, changes, aRecord, disk ? { disk } : {}).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ApplyRefused)
  expect((error as ApplyRefused).refusals).toMatchObject(refusals)
  const notes = join(root, '.onehead')
  expect(readdirSync(notes)).toEqual(['.gitignore'])
  rmSync(notes, { recursive: true })
  expect(treeOf(folder, ['.onehead'])).toEqual(before)
}

describe('applying changes', () => {
  it('writes, creates and removes, and leaves nothing else but its notes', async () => {
    put(root, 'billing/versions/b.py', 'payments')
    const { written, recovered } = await applyChanges(
      root,
      [
        reparent,
        fileChange('billing/versions/b.py', 'payments', null),
        fileChange('billing/2026/q1/c.py', null, 'refunds'),
      ],
      aRecord,
    )
    expect(written).toEqual(['billing/versions/a.py', 'billing/versions/b.py', 'billing/2026/q1/c.py'])
    expect(recovered).toBeNull()
    expect(read('billing/versions/a.py')).toBe('INVOICES')
    expect(read('billing/2026/q1/c.py')).toBe('refunds')
    expect(readdirSync(join(root, 'billing/versions'))).toEqual(['a.py'])
    expect(readdirSync(join(root, '.onehead')).sort()).toEqual(['.gitignore', 'last-repair.json'])
    expect(read('.onehead/.gitignore')).toBe('*\n')
    expect(lastRepair(root)).toEqual(aRecord)
  })

  it('keeps no password that was typed on the command line', async () => {
    const command = 'onehead fix --database postgresql://shop:s3cret@db/shop'
    await applyChanges(root, [reparent], { ...aRecord, command })
    expect(read('.onehead/last-repair.json')).not.toContain('s3cret')
    expect(lastRepair(root)?.command).toBe('onehead fix --database postgresql://shop:***@db/shop')
  })

  it('keeps permissions, and gives a new file the usual ones', async () => {
    chmodSync(join(root, 'billing/versions/a.py'), 0o750)
    await applyChanges(root, [reparent, fileChange('billing/versions/b.py', null, 'payments')], aRecord)
    put(root, 'usual.py', '')
    expect(statSync(join(root, 'billing/versions/a.py')).mode & 0o7777).toBe(0o750)
    expect(statSync(join(root, 'billing/versions/b.py')).mode).toBe(statSync(join(root, 'usual.py')).mode)
  })

  it('leaves out what is so already', async () => {
    const { written } = await applyChanges(root, [fileChange('billing/versions/a.py', 'invoices', 'invoices')], aRecord)
    expect(written).toEqual([])
  })

  it('never leaves a file with the size and the second that compiled code was made from', async () => {
    const path = join(root, 'billing/versions/a.py')
    // As if written a moment ago, whenever this test runs.
    const second = Math.floor(Date.now() / 1000)
    for (const ahead of [0, 1]) {
      put(root, 'billing/versions/a.py', 'invoices')
      utimesSync(path, second + ahead, second + ahead)
      await applyChanges(root, [reparent], aRecord)
      expect(Math.floor(statSync(path).mtimeMs / 1000)).not.toBe(second + ahead)
    }
  })

  it('knows one file under two names', async () => {
    symlinkSync('versions', join(root, 'billing/same'))
    const again = fileChange('billing/same/a.py', 'invoices', 'INVOICES')
    expect((await applyChanges(root, [reparent, again], aRecord)).written).toEqual(['billing/versions/a.py'])
    put(root, 'billing/versions/a.py', 'invoices')
    await expect(
      applyChanges(root, [reparent, fileChange('billing/same/a.py', 'invoices', 'else')], aRecord),
    ).rejects.toMatchObject({ refusals: [{ kind: 'same-file', path: 'billing/same/a.py' }] })
    expect(read('billing/versions/a.py')).toBe('invoices')
  })
})

describe('symlinks', () => {
  it('a script that is one is written through', async () => {
    put(root, 'shared/real.py', 'invoices', 0o640)
    rmSync(join(root, 'billing/versions/a.py'))
    symlinkSync('../../shared/real.py', join(root, 'billing/versions/a.py'))
    const before = treeOf(root)
    await applyChanges(root, [reparent], aRecord)
    expect(lstatSync(join(root, 'billing/versions/a.py')).isSymbolicLink()).toBe(true)
    expect(treeOf(root)).toEqual({ ...before, 'shared/real.py': '640 INVOICES' })
    await undo(root)
    expect(treeOf(root)).toEqual(before)
  })

  it('a versions directory that is one is fine as long as it stays inside', async () => {
    put(root, 'db/versions/b.py', 'payments')
    symlinkSync('../db/versions', join(root, 'billing/linked'))
    await applyChanges(
      root,
      [fileChange('billing/linked/b.py', 'payments', null), fileChange('billing/linked/c.py', null, 'refunds')],
      aRecord,
    )
    expect(treeOf(join(root, 'db'))).toMatchObject({ 'versions/c.py': expect.stringContaining('refunds') })
    expect(readdirSync(join(root, 'db/versions'))).toEqual(['c.py'])
    await undo(root)
    expect(readdirSync(join(root, 'db/versions'))).toEqual(['b.py'])
  })

  it('that lead out are refused', async () => {
    put(folder, 'elsewhere/a.py', 'invoices')
    symlinkSync('../../elsewhere', join(root, 'billing/out'))
    await expectRefused(
      [reparent, fileChange('billing/out/a.py', 'invoices', 'x'), fileChange('billing/out/new/b.py', null, 'x')],
      [
        { kind: 'outside', path: 'billing/out/a.py' },
        { kind: 'outside', path: 'billing/out/new/b.py' },
      ],
    )
  })

  it('that lead nowhere, or in circles, are refused', async () => {
    symlinkSync('gone.py', join(root, 'billing/versions/b.py'))
    symlinkSync('c.py', join(root, 'billing/versions/c.py'))
    symlinkSync('nowhere', join(root, 'billing/lost'))
    await expectRefused(
      ['billing/versions/b.py', 'billing/versions/c.py', 'billing/lost/d.py'].map((path) =>
        fileChange(path, null, 'x'),
      ),
      [{ kind: 'dangling-link' }, { kind: 'dangling-link' }, { kind: 'dangling-link' }],
    )
  })

  it('are not removed together with what they lead to', async () => {
    put(root, 'shared/real.py', 'payments')
    symlinkSync('../../shared/real.py', join(root, 'billing/versions/b.py'))
    await expectRefused(
      [fileChange('billing/versions/b.py', 'payments', null)],
      [{ kind: 'linked', help: 'remove it yourself, and shared/real.py if nothing else needs it' }],
    )
  })
})

describe('refused before anything is written', () => {
  const created = fileChange('billing/versions/new.py', null, 'refunds')

  it('a file that has changed, is gone or has come meanwhile, each by name', async () => {
    put(root, 'billing/versions/b.py', 'payments')
    await expectRefused(
      [
        created,
        fileChange('billing/versions/a.py', 'as planned', 'x'),
        fileChange('billing/versions/gone.py', 'refunds', null),
        fileChange('billing/versions/b.py', null, 'x'),
      ],
      [
        { kind: 'changed', path: 'billing/versions/a.py', message: expect.stringContaining('has changed since') },
        { kind: 'missing', path: 'billing/versions/gone.py' },
        { kind: 'exists', path: 'billing/versions/b.py' },
      ],
    )
  })

  it('paths that are none of the workspace, or that belong to git', async () => {
    put(root, 'vendor/.git/config', '')
    put(folder, 'other.py', 'x')
    await expectRefused(
      [
        '../other.py',
        '/etc/hosts',
        'billing/../../other.py',
        '',
        'billing/versions/..',
        'a\0b',
        'vendor/.git/config',
      ].map((path) => fileChange(path, null, 'x')),
      [...Array(6).fill({ kind: 'outside' }), { kind: 'git-directory' }],
    )
  })

  it('what is no file', async () => {
    mkdirSync(join(root, 'billing/versions/b.py'))
    execFileSync('mkfifo', [join(root, 'billing/versions/c.py')])
    await expectRefused(
      ['billing/versions/b.py', 'billing/versions/c.py', 'billing/versions/a.py/d.py'].map((path) =>
        fileChange(path, null, 'x'),
      ),
      [{ kind: 'not-a-file' }, { kind: 'not-a-file' }, { kind: 'not-a-file' }],
    )
    rmSync(join(root, 'billing/versions/c.py'))
  })

  it('a read-only file and a read-only directory, with what to run', async () => {
    put(root, 'users/versions/b.py', 'users')
    chmodSync(join(root, 'billing/versions/a.py'), 0o444)
    chmodSync(join(root, 'users/versions'), 0o555)
    await expectRefused(
      [
        created,
        reparent,
        fileChange('users/versions/c.py', null, 'x'),
        fileChange('users/versions/2026/d.py', null, 'x'),
      ],
      [
        {
          kind: 'read-only',
          message: 'billing/versions/a.py is read-only',
          command: 'chmod u+w billing/versions/a.py',
        },
        { kind: 'read-only', message: 'users/versions is read-only', command: 'chmod u+w users/versions' },
        { kind: 'read-only', message: 'users/versions is read-only', command: 'chmod u+w users/versions' },
      ],
    )
    chmodSync(join(root, 'users/versions'), 0o755)
  })

  it('a file that the system does not let us open, and a directory that takes no new one', async () => {
    const opened = failingDisk('EACCES', () => false)
    const disk = new Proxy(opened.disk, {
      get: (target, name: keyof typeof opened.disk) =>
        name === 'openSync'
          ? (path: string, flags: string, mode?: number) => {
              if (flags === 'r+') throw Object.assign(new Error('EROFS'), { code: 'EROFS', syscall: 'open' })
              return target.openSync(path, flags, mode)
            }
          : target[name],
    })
    await expectRefused(
      [created, reparent],
      [{ kind: 'read-only', message: 'billing/versions/a.py lies on a read-only file system' }],
      disk,
    )
    const closed = failingDisk(
      'EACCES',
      ({ name, path }) => name === 'openSync' && path?.includes('versions/.onehead-') === true,
    )
    await expectRefused(
      [created, reparent],
      [{ kind: 'read-only', message: 'billing/versions is read-only' }],
      closed.disk,
    )
  })

  it('a disk without room for all of it, whatever was written beside the scripts until then', async () => {
    const { disk } = failingDisk('ENOSPC', ({ name, path }) => name === 'openSync' && path?.endsWith('-1.tmp') === true)
    await expectRefused([reparent, created], [{ kind: 'no-space', path: 'billing/versions/new.py' }], disk)
  })

  it('a script that is saved in an editor while temporary files are written', async () => {
    const { disk } = failingDisk('EIO', ({ path }) => {
      if (path?.endsWith('-1.tmp')) put(root, 'billing/versions/a.py', 'edited')
      return false
    })
    await expect(applyChanges(root, [reparent, created], aRecord, { disk })).rejects.toMatchObject({
      refusals: [{ kind: 'changed', message: 'billing/versions/a.py has changed in this moment' }],
    })
    expect(treeOf(root)).toMatchObject({ 'billing/versions/a.py': expect.stringContaining('edited') })
    expect(readdirSync(join(root, 'billing/versions'))).toEqual(['a.py'])
    expect(await recover(root)).toBeNull()
  })
})

describe('what somebody changed before an interrupted run was put right', () => {
  /** Has written a.py, not b.py, and cannot take anything back. */
  async function interrupted(): Promise<void> {
    put(root, 'billing/versions/b.py', 'payments')
    const failing = failingDisk('EIO', ({ name, path }) =>
      name === 'renameSync' ? path?.endsWith('-1.tmp') === true : name === 'unlinkSync',
    )
    const changes = [reparent, fileChange('billing/versions/b.py', 'payments', 'PAYMENTS')]
    await expect(applyChanges(root, changes, aRecord, failing)).rejects.toMatchObject({
      refusals: [{ kind: 'not-written' }, { kind: 'half-done' }],
    })
    expect(read('billing/versions/a.py')).toBe('INVOICES')
    rmSync(join(root, '.onehead/repair.lock'))
  }

  it('stays, and what ours was lies elsewhere', async () => {
    await interrupted()
    put(root, 'billing/versions/b.py', 'edited by hand')
    const recovery = await recover(root)
    expect(recovery).toMatchObject({ outcome: 'taken-back', restored: ['billing/versions/a.py'] })
    const [kept] = recovery!.kept
    expect(kept).toMatchObject({ path: 'billing/versions/b.py' })
    expect(readFileSync(kept!.before!, 'utf8')).toBe('payments')
    expect(readFileSync(kept!.after!, 'utf8')).toBe('PAYMENTS')
    expect(read('billing/versions/a.py')).toBe('invoices')
    expect(read('billing/versions/b.py')).toBe('edited by hand')
  })

  it('is never reached through a symlink that has taken the place of a directory', async () => {
    await interrupted()
    renameSync(join(root, 'billing/versions'), join(folder, 'moved'))
    symlinkSync('../../moved', join(root, 'billing/versions'))
    const recovery = await recover(root)
    expect(recovery).toMatchObject({ outcome: 'taken-back', restored: [], kept: [{}, {}] })
    expect(readFileSync(join(folder, 'moved/a.py'), 'utf8')).toBe('INVOICES')
    expect(readdirSync(join(folder, 'moved')).sort()).toEqual(['a.py', 'b.py'])
  })
})
