import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { app, type Files, type GitRepository, script } from '../support/git-world.js'
import {
  addDueDate,
  addRefund,
  begin,
  elsewhere,
  type PushWorld,
  push,
  pushWorld,
  refund,
} from '../support/push-world.js'

let here: PushWorld
afterEach(() => here.world.remove())

const users = (id: string, parent: string | null) => ({
  [`users/migrations/versions/${id}.py`]: script(id, parent, `users ${id}`),
})
const twoApps: Files = { ...begin, ...app('users'), ...users('aaaaaaaaaaaa', null) }

/** A clone without blobs of what others have brought since; its remote writes down how often it was asked for objects. */
function partialClone(options: readonly string[] = []): GitRepository {
  here.hub.git('config', 'uploadpack.allowFilter', 'true')
  const partial = here.world.open(join(here.world.folder, 'partial'))
  const args = ['clone', '--quiet', '--filter=blob:none', ...options, `file://${here.hub.root}`, partial.root]
  expect(here.world.run('git', args, here.world.folder).status).toBe(0)
  partial.installHook('pre-push')
  const counting = join(here.world.folder, 'upload-pack')
  writeFileSync(counting, `#!/bin/sh\necho asked >> '${counting}.log'\nexec git-upload-pack "$@"\n`)
  chmodSync(counting, 0o755)
  partial.git('config', 'remote.origin.uploadpack', counting)
  return partial
}

const timesAsked = () => {
  const log = join(here.world.folder, 'upload-pack.log')
  return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0
}

const absentIn = (clone: GitRepository) =>
  clone.git('rev-list', '--objects', '--all', '--missing=print').match(/^\?/gm)?.length ?? 0

/** Both apps have got a revision on main since; the clone knows that, and has a revision of its own beside each. */
function behind(): GitRepository {
  here = pushWorld(twoApps)
  const partial = partialClone()
  elsewhere(here, 'main', { ...addRefund, ...users('bbbbbbbbbbbb', 'aaaaaaaaaaaa') })
  partial.git('fetch', '--quiet')
  partial.git('switch', '--quiet', '-c', 'dates')
  partial.commit('Mine', { ...addDueDate, ...users('cccccccccccc', 'aaaaaaaaaaaa') })
  expect(absentIn(partial)).toBe(2)
  return partial
}

describe('a push from a partial clone', () => {
  it('downloads nothing by default, says that nobody can tell, and which setting changes that', () => {
    const partial = behind()
    const before = timesAsked()
    const { status, moved, said } = push(here, ['origin', 'dates'], { from: partial })
    expect(said).toMatch(/not judged: git has not downloaded the content of billing\/\S+ and 1 more:/)
    expect(said).toContain('`git config onehead.fetch auto` lets onehead download what a partial clone lacks')
    expect([status, moved, absentIn(partial), timesAsked()]).toEqual([0, true, 2, before])
    partial.git('config', 'onehead.strict', 'true')
    expect(push(here, ['origin', 'dates:again'], { from: partial })).toMatchObject({ status: 1, moved: false })
  })

  it.each(['auto', 'always'])(
    'with onehead.fetch %s is judged by what one connection has brought for all apps',
    (fetch) => {
      const partial = behind()
      // The target has just been fetched, and the name of the remote says nothing of another.
      partial.git('config', 'onehead.fetch', fetch)
      const before = timesAsked()
      const { status, moved, said } = push(here, ['origin', 'dates'], { from: partial })
      expect([status, moved, absentIn(partial)]).toEqual([1, false, 0])
      expect(said.match(/error\[multiple-heads\]/g)).toHaveLength(2)
      expect(said).toContain(`${refund} add refund table head, on origin/main`)
      expect(said).not.toContain('not judged')
      // One for the objects; `always` asks for the target as well.
      expect(timesAsked() - before).toBe(fetch === 'always' ? 2 : 1)
    },
  )

  it('leaves alone what the push has nothing to do with', () => {
    here = pushWorld(twoApps)
    const partial = partialClone()
    elsewhere(here, 'main', { ...addRefund, ...users('bbbbbbbbbbbb', 'aaaaaaaaaaaa') })
    partial.git('fetch', '--quiet')
    partial.git('switch', '--quiet', '-c', 'dates')
    partial.git('config', 'onehead.fetch', 'auto')
    const before = timesAsked()
    partial.commit('Notes', { 'NOTES.md': 'ordinary' })
    expect(push(here, ['origin', 'dates'], { from: partial })).toMatchObject({ status: 0, said: '' })
    expect([absentIn(partial), timesAsked()]).toEqual([2, before])
    partial.commit('Mine', addDueDate)
    expect(push(here, ['origin', 'dates'], { from: partial }).said).toContain('error[multiple-heads]')
    expect([absentIn(partial), timesAsked() - before]).toEqual([1, 1])
  })

  it('goes on without what the remote does not give, and says why', () => {
    const partial = behind()
    partial.git('config', 'onehead.fetch', 'auto')
    partial.git('config', 'remote.origin.uploadpack', 'false')
    const { status, moved, said } = push(here, ['origin', 'dates'], { from: partial })
    expect(said).toMatch(/not judged: git has not downloaded the content of .*: (?:Could not read|the remote end)/i)
    expect([status, moved]).toEqual([0, true])
  })

  it('lands where an onehead.json says that has to be downloaded first', () => {
    const settings = (target: string) => ({ 'onehead.json': JSON.stringify({ target }) })
    here = pushWorld({ ...twoApps, ...settings('main') })
    here.ada.git('switch', '--quiet', '-c', 'release')
    here.ada.commit('Lands elsewhere', settings('release'))
    here.ada.git('push', '--quiet', '--no-verify', 'origin', 'release')
    elsewhere(here, 'main', addRefund)
    const partial = partialClone(['--no-checkout'])
    const commit = committed(partial, 'origin/release', addDueDate)
    const before = absentIn(partial)
    const unknown = push(here, ['origin', `${commit}:refs/heads/dates`], { from: partial })
    expect(unknown.said).toMatch(/not judged: git has not downloaded the content of onehead\.json/)
    expect([unknown.status, absentIn(partial)]).toEqual([0, before])
    partial.git('config', 'onehead.fetch', 'auto')
    // Beside the refund of main; but on release there is no other.
    const { status, said } = push(here, ['origin', `${commit}:refs/heads/dates2`], { from: partial })
    expect([status, said]).toEqual([0, ''])
  })
})

/** Without a working tree, because git would download what it puts there. */
function committed(clone: GitRepository, parent: string, files: Files): string {
  clone.git('read-tree', parent)
  for (const [path, text] of Object.entries(files)) {
    const blob = clone.try(['hash-object', '-w', '--stdin'], { input: text as string }).stdout.trim()
    clone.git('update-index', '--add', '--cacheinfo', `100644,${blob},${path}`)
  }
  return clone.git('commit-tree', '-p', parent, '-m', 'Mine', clone.git('write-tree', '--missing-ok'))
}

describe('check in a partial clone', () => {
  const check = (clone: GitRepository, ...args: readonly string[]) => clone.onehead(['check', ...args])

  it('of a commit or a merge says what is not here, and with onehead.fetch auto downloads it in one go', () => {
    const partial = behind()
    const before = timesAsked()
    for (const which of [
      ['--at', 'origin/main'],
      ['--merge-with', 'origin/main'],
    ]) {
      const { status, stdout } = check(partial, ...which)
      expect(status).toBe(1)
      expect(stdout).toContain('error[unreadable-script]: this script is not in this partial clone yet')
      expect(stdout).toContain('run: `git config onehead.fetch auto`')
    }
    expect([absentIn(partial), timesAsked()]).toEqual([2, before])
    partial.git('config', 'onehead.fetch', 'auto')
    const merged = check(partial, '--merge-with', 'origin/main')
    expect(merged.status).toBe(1)
    expect(merged.stdout.match(/error\[multiple-heads\]/g)).toHaveLength(2)
    expect(merged.stdout).not.toContain('unreadable-script')
    expect([absentIn(partial), timesAsked() - before]).toEqual([0, 1])
    expect(check(partial, '--at', 'origin/main').status).toBe(0)
  })

  it('where nothing is checked out needs one connection for what configures, and one for all scripts', () => {
    here = pushWorld(twoApps)
    const partial = partialClone(['--no-checkout'])
    const { stdout } = check(partial, '--at', 'HEAD')
    expect(stdout).toContain('git has not downloaded its content')
    expect(stdout).not.toContain('Alembic ends in')
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('  next: `git config onehead.fetch auto`')
    partial.git('config', 'onehead.fetch', 'auto')
    const before = timesAsked()
    expect(check(partial, '--at', 'HEAD')).toMatchObject({ status: 0, stdout: expect.stringContaining('2 revisions') })
    expect(timesAsked() - before).toBe(2)
  })

  it('without trees as well', () => {
    here = pushWorld(twoApps)
    here.hub.git('config', 'uploadpack.allowFilter', 'true')
    const clone = here.world.open(join(here.world.folder, 'treeless'))
    const args = ['clone', '--quiet', '--filter=tree:0', '--no-checkout', `file://${here.hub.root}`, clone.root]
    expect(here.world.run('git', args, here.world.folder).status).toBe(0)
    expect(check(clone, '--at', 'HEAD').status).not.toBe(0)
    clone.git('config', 'onehead.fetch', 'auto')
    expect(check(clone, '--at', 'HEAD')).toMatchObject({ status: 0, stdout: expect.stringContaining('2 revisions') })
  })
})

it('a note about what this clone has not downloaded tells what it can', () => {
  here = pushWorld(twoApps)
  const partial = partialClone(['--sparse'])
  partial.git('sparse-checkout', 'set', 'users')
  partial.installHook('post-merge')
  partial.git('config', 'onehead.fetch', 'auto')
  elsewhere(here, 'main', { ...addRefund, ...users('bbbbbbbbbbbb', 'aaaaaaaaaaaa') })
  const before = absentIn(partial)
  const { status, stderr } = partial.try(['pull', '--quiet', '--no-stat'])
  expect(status).toBe(0)
  expect(stderr).toContain('onehead: users: 1 new revision, head bbbbbbbbbbbb')
  expect(stderr).toContain('onehead: billing: its heads cannot be told')
  // A messenger is no reason to use the network.
  expect(absentIn(partial)).toBeGreaterThan(before)
})
