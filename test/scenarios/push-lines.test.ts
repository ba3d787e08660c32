import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { gitWorld } from '../support/git-world.js'
import {
  addDueDate,
  addRefund,
  begin,
  dueDate,
  elsewhere,
  forkedWorld,
  invoice,
  onHub,
  type PushWorld,
  push,
  pushWorld,
  refund,
  revision,
} from '../support/push-world.js'

let here: PushWorld
afterEach(() => here.world.remove())

const zero = '0'.repeat(40)
const stopped = { status: 1, moved: false, said: expect.stringContaining('error[multiple-heads]') }
const silent = { status: 0, moved: true, said: '' }

/** The hook by hand: what git would write to its standard input. */
function hook(input: string, args: readonly string[] = ['origin', 'x'], env: Record<string, string> = {}) {
  return here.ada.onehead(['hook', 'pre-push', ...args], { input, env })
}

describe('what is pushed, and how', () => {
  it('a new branch, and the same again with nothing to say', () => {
    here = pushWorld()
    here.ada.git('switch', '--quiet', '-c', 'dates')
    here.ada.commit('Add due dates', addDueDate)
    expect(push(here, ['origin', 'dates'])).toMatchObject(silent)
    expect(push(here, ['origin', 'dates'])).toMatchObject({ status: 0, moved: false, said: '' })
    expect(hook('')).toMatchObject({ status: 0, output: '' })
  })

  it('straight to main: what the remote has there is the target', () => {
    here = forkedWorld()
    const { status, moved, said } = push(here, ['--force', 'origin', 'dates:main'])
    expect([status, moved]).toEqual([1, false])
    expect(said).toContain('once merged into origin/main')
  })

  it('a branch that lies on the remote already, to main', () => {
    here = forkedWorld()
    here.ada.git('push', '--quiet', '--no-verify', 'origin', 'dates')
    expect(push(here, ['origin', '+dates:main'])).toMatchObject(stopped)
  })

  it('a branch that is not checked out, and an older commit by its id or a word for it', () => {
    here = forkedWorld()
    here.ada.git('switch', '--quiet', 'main')
    const { said, ...rest } = push(here, ['origin', 'dates'])
    expect({ ...rest, said }).toMatchObject(stopped)
    expect(said).toContain('`git switch dates && onehead fix billing --commit`')
    here.ada.git('switch', '--quiet', 'dates')
    here.ada.commit('Mend it by hand', revision(dueDate, refund, 'add due date'))
    here.ada.commit('Something else', { 'README.md': 'hello\n' })
    expect(push(here, ['origin', 'HEAD~2:refs/heads/older'])).toMatchObject(stopped)
    expect(push(here, ['origin', `${here.ada.id('HEAD~2')}:refs/heads/older`])).toMatchObject(stopped)
    expect(hook(`HEAD@{2 days ago} ${here.ada.id('HEAD~2')} refs/heads/older ${zero}\n`).status).toBe(1)
  })

  it('judged by the commit, whatever lies in the working tree', () => {
    here = pushWorld()
    here.ada.git('switch', '--quiet', '-c', 'dates')
    here.ada.commit('Add due dates', addDueDate)
    here.ada.write(addRefund)
    expect(push(here, ['origin', 'dates'])).toMatchObject(silent)
    here.ada.commit('Both now')
    here.ada.write({ 'billing/alembic.ini': null, [Object.keys(addRefund)[0]!]: null })
    expect(push(here, ['origin', 'dates'])).toMatchObject(stopped)
  })

  it('several refs at once: one that is wrong stops them all, and is named', () => {
    here = forkedWorld()
    here.ada.git('branch', 'pages', 'main')
    const { status, moved, said } = push(here, ['origin', 'dates', 'pages'])
    expect([status, moved]).toEqual([1, false])
    expect(said).toContain('1 error in dates')
    here.ada.git('branch', 'dates-too', 'dates~0')
    here.ada.git('branch', 'more', 'dates')
    here.ada.git('switch', '--quiet', 'more')
    here.ada.commit('More', { 'more.py': '' })
    expect(push(here, ['origin', 'dates', 'more']).said).toMatch(
      /dates: this branch will have 2 heads.*more: this branch/,
    )
  })

  it('a mirror: tags and remote-tracking refs are nobody’s heads', () => {
    here = pushWorld()
    here.ada.git('tag', '-a', 'v1', '-m', 'One')
    expect(push(here, ['--mirror', 'origin'])).toMatchObject({ status: 0, said: '' })
  })

  it('tags, a deleted branch, refs that are no branches', () => {
    here = forkedWorld()
    here.ada.git('push', '--quiet', '--no-verify', 'origin', 'dates')
    here.ada.git('tag', '-a', 'v2', '-m', 'Two', 'dates')
    expect(push(here, ['origin', 'v2'])).toMatchObject(silent)
    expect(push(here, ['origin', 'dates:refs/changes/1'])).toMatchObject(silent)
    expect(push(here, ['origin', ':dates'])).toMatchObject(silent)
    expect(onHub(here, 'refs/heads/dates')).toBeNull()
  })

  it('to Gerrit: refs/for/main is main', () => {
    here = forkedWorld()
    const { status, stderr } = hook(`HEAD ${here.ada.id('dates')} refs/for/main ${zero}\n`)
    expect([status, stderr.includes('once merged into origin/main')]).toEqual([1, true])
  })

  it('--dry-run is judged, --no-verify is not', () => {
    here = forkedWorld()
    expect(push(here, ['--dry-run', 'origin', 'dates'])).toMatchObject(stopped)
    expect(push(here, ['--no-verify', 'origin', 'dates'])).toMatchObject(silent)
  })

  it('a forced update that takes a revision away again', () => {
    here = pushWorld()
    here.ada.git('switch', '--quiet', '-c', 'dates')
    here.ada.commit('Add due dates', addDueDate)
    expect(push(here, ['origin', 'dates'])).toMatchObject(silent)
    here.ada.git('reset', '--quiet', '--hard', 'main')
    here.ada.commit('Add refunds instead', addRefund)
    expect(push(here, ['--force', 'origin', 'dates'])).toMatchObject(silent)
  })

  it('while the remote has what is not here', () => {
    here = pushWorld()
    here.ada.git('switch', '--quiet', '-c', 'dates')
    here.ada.commit('Add due dates', addDueDate)
    expect(push(here, ['origin', 'dates'])).toMatchObject(silent)
    elsewhere(here, 'dates', { 'README.md': 'hello\n' }, 'Say hello')
    here.ada.commit('More', revision(refund, dueDate))
    // Ours has nothing against it; git refuses what is no fast-forward.
    expect(push(here, ['origin', 'dates'])).toMatchObject({ status: 1, moved: false, said: '' })
    here.ada.commit('Too much', revision('a0a0a0a0a0a0', invoice))
    expect(push(here, ['origin', 'dates'])).toMatchObject(stopped)
  })
})

describe('where from', () => {
  it('a folder below, and with -C', () => {
    here = forkedWorld()
    const below = push(here, ['origin', 'dates'], { cwd: 'billing/migrations' })
    expect(below).toMatchObject(stopped)
    // Paths are told as seen from there.
    expect(below.said).toContain(`▸ versions/${dueDate}`)
    const ran = here.ada.try(['-C', 'billing', 'push', 'origin', 'dates'])
    expect([ran.status, ran.stderr.includes('multiple-heads')]).toEqual([1, true])
  })

  it('outside, with --git-dir and --work-tree', () => {
    here = forkedWorld()
    const { root } = here.ada
    const args = [`--git-dir=${join(root, '.git')}`, `--work-tree=${root}`, 'push', 'origin', 'dates']
    const ran = here.world.run('git', args, here.world.folder)
    expect([ran.status, ran.stderr.includes('error[multiple-heads]')]).toEqual([1, true])
  })

  it('a linked worktree, and a submodule', () => {
    here = forkedWorld()
    here.ada.git('worktree', 'add', '--quiet', '../linked', 'main')
    const linked = here.world.open(join(here.world.folder, 'linked'))
    linked.git('switch', '--quiet', '-c', 'more')
    linked.commit('Add more', revision('a0a0a0a0a0a0', invoice))
    expect(push(here, ['origin', 'more'], { from: linked })).toMatchObject(stopped)

    const outer = here.world.repository('outer')
    outer.git('submodule', '--quiet', 'add', here.hub.root, 'shop')
    outer.commit('Take the shop in')
    const inner = here.world.open(join(outer.root, 'shop'))
    inner.installHook('pre-push')
    inner.git('switch', '--quiet', '-c', 'inner', 'HEAD~1')
    inner.commit('Add more', revision('a0a0a0a0a0a0', invoice))
    expect(push(here, ['origin', 'inner'], { from: inner })).toMatchObject(stopped)
    // What is in a submodule is another repository's to judge.
    outer.installHook('pre-push')
    const elsewhereHub = here.world.bare('outer.git')
    outer.git('remote', 'add', 'origin', elsewhereHub.root)
    expect(push(here, ['origin', 'main'], { from: outer })).toMatchObject({ status: 0, said: '' })
  })

  it('a workspace in a folder of the repository', () => {
    const files = Object.fromEntries(Object.entries(begin).map(([path, text]) => [`apps/${path}`, text]))
    here = pushWorld({ ...files, 'apps/onehead.json': '{}' })
    here.ada.git('switch', '--quiet', '-c', 'dates')
    const [both] = [{ ...addDueDate, ...addRefund }]
    here.ada.commit('Both', Object.fromEntries(Object.entries(both).map(([path, text]) => [`apps/${path}`, text])))
    const input = `refs/heads/dates ${here.ada.id('dates')} refs/heads/dates ${zero}\n`
    for (const cwd of ['.', 'apps', 'apps/billing']) {
      const ran = here.ada.onehead(['hook', 'pre-push', 'origin', 'x'], { input, cwd })
      expect([cwd, ran.status]).toEqual([cwd, 1])
    }
  })

  it('a checkout with nothing in it: sparse, and with a bare repository behind it', () => {
    here = forkedWorld()
    here.ada.git('sparse-checkout', 'set', '--no-cone', '/README.md')
    expect(push(here, ['origin', 'dates'])).toMatchObject(stopped)
  })
})

describe('where to', () => {
  it('an address: that of a remote is that remote, and one that nobody knows has no target', () => {
    here = forkedWorld()
    expect(push(here, [here.hub.root, 'dates'])).toMatchObject(stopped)
    const other = here.world.bare('other.git')
    // Beside what origin has nothing is new but the due date, and alone it is no second head.
    const { status, said } = push(here, [other.root, 'dates'])
    expect([status, said]).toEqual([0, expect.stringContaining('was judged alone')])
    here.ada.commit('Two heads of her own', revision('a0a0a0a0a0a0', invoice))
    expect(push(here, [other.root, 'dates']).status).toBe(1)
  })

  it('a second remote: its own branches are its own', () => {
    here = forkedWorld()
    const backup = here.world.bare('backup.git')
    here.ada.git('remote', 'add', 'backup', backup.root)
    expect(push(here, ['backup', 'origin/main:refs/heads/main'])).toMatchObject({ status: 0, said: '' })
    const { status, said } = push(here, ['backup', 'dates'])
    expect([status, said]).toEqual([1, expect.stringContaining('once merged into backup/main')])
  })
})

describe('repositories of other kinds', () => {
  it('with ids of 64 digits', () => {
    const world = gitWorld()
    const hub = world.repository('hub', ['--bare', '--object-format=sha256'])
    const ada = world.repository('ada', ['--object-format=sha256'])
    here = { world, hub, ada }
    ada.git('remote', 'add', 'origin', hub.root)
    ada.commit('Begin', begin)
    ada.git('push', '--quiet', 'origin', 'main')
    ada.installHook('pre-push')
    ada.git('switch', '--quiet', '-c', 'dates')
    ada.commit('Both', { ...addDueDate, ...addRefund })
    expect(push(here, ['origin', 'dates'])).toMatchObject(stopped)
  })

  it('a shallow clone: approximate, and it says so', () => {
    here = forkedWorld()
    here.ada.git('push', '--quiet', '--no-verify', 'origin', 'dates')
    const shallow = here.world.open(join(here.world.folder, 'shallow'))
    const args = ['clone', '--quiet', '--depth=1', '--no-single-branch', `file://${here.hub.root}`, shallow.root]
    expect(here.world.run('git', args, here.world.folder).status).toBe(0)
    shallow.installHook('pre-push')
    shallow.git('switch', '--quiet', 'dates')
    shallow.commit('More', revision('a0a0a0a0a0a0', dueDate))
    const { status, said } = push(here, ['origin', 'dates:again'], { from: shallow })
    expect(status).toBe(1)
    expect(said).toContain('approximate: no common history with origin/main is here')
  })

  it('before its first push, and without any commit', () => {
    const world = gitWorld()
    here = { world, hub: world.bare('hub.git'), ada: world.repository('ada') }
    here.ada.git('remote', 'add', 'origin', here.hub.root)
    expect(hook('')).toMatchObject({ status: 0, output: '' })
    here.ada.commit('Begin', begin)
    here.ada.installHook('pre-push')
    expect(push(here, ['origin', 'main'])).toMatchObject({ status: 0, moved: true, said: '' })
  })
})

describe('who starts it', () => {
  it('the pre-commit framework, which has read standard input itself', () => {
    here = forkedWorld()
    const env = {
      PRE_COMMIT_REMOTE_NAME: 'origin',
      PRE_COMMIT_REMOTE_URL: here.hub.root,
      PRE_COMMIT_LOCAL_BRANCH: 'refs/heads/dates',
      PRE_COMMIT_REMOTE_BRANCH: 'refs/heads/dates',
      PRE_COMMIT_TO_REF: here.ada.id('dates'),
    }
    expect(hook('', [], env).status).toBe(1)
    expect(hook('', [], { ...env, PRE_COMMIT_TO_REF: here.ada.id('main') })).toMatchObject({ status: 0, output: '' })
  })

  it('somebody who writes nonsense: nothing is pushed, so nothing is judged', () => {
    here = pushWorld()
    for (const input of [
      'hello\n',
      '\0\0\0',
      `refs/heads/x ${'g'.repeat(40)} refs/heads/x ${zero}\n`,
      '--upload-pack=x a b c\n',
    ])
      expect(hook(input)).toMatchObject({ status: 0, output: '' })
    expect(readFileSync(join(here.ada.root, '.git/HEAD'), 'utf8')).toBe('ref: refs/heads/main\n')
  })
})
