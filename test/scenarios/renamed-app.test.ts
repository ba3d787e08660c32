import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { app, type Files, script } from '../support/git-world.js'
import {
  addDueDate,
  addRefund,
  begin,
  dueDate,
  elsewhere,
  invoice,
  type PushWorld,
  push,
  pushWorld,
  refund,
  revision,
  versions,
} from '../support/push-world.js'

let here: PushWorld
afterEach(() => here.world.remove())

const renamed = 'services/invoicing/migrations/versions'
const inRenamed = (files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [path.replace(versions, renamed), text]))

/** Ada moves `billing` to `services/invoicing` on a branch; `more` goes into the same commit. */
function rename(more: Files = {}) {
  const { ada } = here
  ada.git('switch', '--quiet', '-c', 'rename', 'origin/main')
  ada.write({ 'services/README': 'apps\n' })
  ada.git('mv', 'billing', 'services/invoicing')
  ada.commit('Rename billing', more)
  return push(here, ['origin', 'rename'])
}

/** The command that was printed puts it right, at the new place. */
function restores(said: string) {
  const command = /run: `(git [^`]+)`/.exec(said)![1]!
  here.world.run('sh', ['-c', command], here.ada.root)
  here.ada.commit('Restore it')
  expect(here.ada.git('status', '--porcelain', '--ignored').trim()).toBe('')
  expect(push(here, ['origin', 'rename'])).toMatchObject({ status: 0, moved: true })
}

describe('an app that is moved and renamed at once', () => {
  it('is the same app: nothing is said of it', () => {
    here = pushWorld({ ...begin, ...addDueDate })
    expect(rename()).toMatchObject({ status: 0, moved: true, said: '' })
    here.ada.commit('Add refunds', inRenamed(revision(refund, dueDate, 'add refund table')))
    expect(push(here, ['origin', 'rename'])).toMatchObject({ status: 0, moved: true, said: '' })
  })

  it('may go with a split that stands on the target already', () => {
    here = pushWorld({ ...begin, ...addDueDate, ...addRefund })
    expect(rename()).toMatchObject({ status: 0, moved: true, said: '' })
  })

  it('may not lose what is published', () => {
    here = pushWorld({ ...begin, ...addDueDate, ...revision(refund, dueDate, 'add refund table') })
    const { status, moved, said } = rename(inRenamed({ [Object.keys(addRefund)[0]!]: null }))
    expect([status, moved]).toEqual([1, false])
    expect(said).toContain('error[deleted-published-revision]')
    restores(said)
  })

  it('may not lose it with a later push either', () => {
    here = pushWorld({ ...begin, ...addDueDate, ...revision(refund, dueDate, 'add refund table') })
    rename()
    here.ada.commit('Drop refunds', inRenamed({ [Object.keys(addRefund)[0]!]: null }))
    const { status, said } = push(here, ['origin', 'rename'])
    expect([status, said]).toEqual([1, expect.stringContaining('error[deleted-published-revision]')])
    restores(said)
  })

  it('may not change what is published', () => {
    here = pushWorld({ ...begin, ...addDueDate, ...revision(refund, dueDate, 'add refund table') })
    const [[path, text]] = Object.entries(addDueDate) as [[string, string]]
    const { status, said } = rename(
      inRenamed({ [path]: text.replace('def upgrade():', 'def upgrade():\n    op.drop_table("a")') }),
    )
    expect([status, said]).toEqual([1, expect.stringContaining('error[rewritten-published-revision]')])
    restores(said)
  })

  it('has the head of the target as the other one, and the repair moves the one that is not published', () => {
    here = pushWorld({ ...begin, ...addDueDate })
    const mine = inRenamed(revision('a11ce0a11ce0', dueDate, 'add taxes'))
    elsewhere(here, 'main', revision(refund, dueDate, 'add refund table'))
    rename(mine)
    here.ada.git('fetch', '--quiet')
    here.ada.commit('Say why', { 'notes.md': 'because\n', ...inRenamed(revision('b0bb0bb0bb0b', 'a11ce0a11ce0')) })
    const { status, said } = push(here, ['origin', 'rename:again'])
    expect(status).toBe(1)
    expect(said).toContain(`b0bb0bb0bb0b is new with this push, and ${refund} is on origin/main`)
    here.ada.try(['merge', '--quiet', 'origin/main', '-m', 'Merge'])
    here.ada.commit('Merge')
    const fixed = here.ada.onehead(['fix', 'services/invoicing', '--offline'])
    expect(fixed.status, fixed.output).toBe(0)
    const text = readFileSync(join(here.ada.root, Object.keys(mine)[0]!), 'utf8')
    expect(text).toContain(`down_revision = '${refund}'`)
  })
})

describe('no renamed app', () => {
  const gone = 'billing is no environment any more (billing/alembic.ini or what it names is gone)'

  it('is one that is deleted: that is said', () => {
    here = pushWorld()
    here.ada.git('switch', '--quiet', '-c', 'retire')
    here.ada.git('rm', '-r', '--quiet', 'billing')
    here.ada.commit('Retire billing', { ...app('users'), 'users/migrations/versions/1.py': script('1', null, 'users') })
    const { status, said } = push(here, ['origin', 'retire'])
    expect([status, said]).toEqual([0, expect.stringContaining(gone)])
  })

  it('is another that begins with a script of the same template', () => {
    here = pushWorld({ ...begin, ...addDueDate, ...revision(refund, dueDate, 'add refund table') })
    here.ada.git('switch', '--quiet', '-c', 'retire')
    here.ada.git('rm', '-r', '--quiet', 'billing')
    const own = revision('1', invoice, 'create users table')
    const users = {
      ...revision(invoice, null, 'create invoice table'),
      ...own,
      ...revision('2', '1'),
      ...app('billing'),
    }
    const moved = Object.entries(users).map(([path, text]) => [path.replace('billing/', 'users/'), text])
    here.ada.commit('Begin users', Object.fromEntries(moved))
    const { status, said } = push(here, ['origin', 'retire'])
    expect([status, said]).toEqual([0, expect.stringContaining(gone)])
  })

  it('is a copy beside it: its history is a new one', () => {
    here = pushWorld({ ...begin, ...addDueDate })
    here.ada.git('switch', '--quiet', '-c', 'copy')
    const copy = { ...app('billing'), ...revision(invoice, null, 'create invoice table') }
    const moved = Object.entries(copy).map(([path, text]) => [path.replace('billing/', 'users/'), text])
    here.ada.commit('Begin users', Object.fromEntries(moved))
    expect(push(here, ['origin', 'copy'])).toMatchObject({ status: 0, said: '' })
  })
})
