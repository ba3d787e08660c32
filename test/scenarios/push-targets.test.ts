import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { gitWorld, NOTHING } from '../support/git-world.js'
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
} from '../support/push-world.js'

let here: PushWorld
afterEach(() => here.world.remove())

const silent = { status: 0, moved: true, said: '' }

/** Another repository, with main as `origin` has it and more on top, as a remote of Ada's. */
function withRemote(name: string, files: Parameters<typeof elsewhere>[2]): void {
  here.world.run('git', ['clone', '--quiet', '--bare', here.hub.root, `${name}.git`], here.world.folder)
  const hub = here.world.open(join(here.world.folder, `${name}.git`))
  elsewhere({ ...here, hub }, 'main', files, 'Work of others')
  here.ada.git('remote', 'add', name, hub.root)
  here.ada.git('fetch', '--quiet', name)
  here.ada.git('remote', 'set-head', name, '--auto')
}

describe('a new branch without work of its own', () => {
  /** The release has refunds, which main has taken out again; Ada's branch is main with notes. */
  function released(settings: object): void {
    here = pushWorld({ ...begin, ...addRefund, 'onehead.json': JSON.stringify(settings) })
    here.ada.git('push', '--quiet', '--no-verify', 'origin', 'main:release')
    const [path] = Object.keys(addRefund)
    here.ada.commit('Take refunds out', { [path!]: null })
    here.ada.git('push', '--quiet', '--no-verify', 'origin', 'main')
    here.ada.git('switch', '--quiet', '-c', 'hotfix/notes')
    here.ada.commit('Notes', { 'NOTES.md': 'ordinary' })
  }
  const stopped = { status: 1, moved: false, said: expect.stringContaining('error[deleted-published-revision]') }

  it('brings nothing to main, and is let go by that', () => {
    released({})
    expect(push(here, ['origin', 'hotfix/notes'])).toMatchObject(silent)
  })

  it('takes with it to another target what main has done: the operator has named one', () => {
    released({})
    here.ada.git('config', 'onehead.target', 'origin/release')
    expect(push(here, ['origin', 'hotfix/notes'])).toMatchObject(stopped)
    here.ada.git('config', 'onehead.target', 'origin/main')
    expect(push(here, ['origin', 'hotfix/notes'])).toMatchObject(silent)
  })

  it('the same where onehead.json names one, for some branches or for all', () => {
    released({ targets: { 'hotfix/*': 'release' } })
    expect(push(here, ['--dry-run', 'origin', 'hotfix/notes:notes'])).toMatchObject({ status: 0, said: '' })
    expect(push(here, ['origin', 'hotfix/notes'])).toMatchObject(stopped)
    here.world.remove()
    released({ target: 'release' })
    expect(push(here, ['origin', 'hotfix/notes'])).toMatchObject(stopped)
  })

  it('is told of two heads that it does not bring: they would meet on the target', () => {
    here = pushWorld()
    here.ada.git('push', '--quiet', '--no-verify', 'origin', 'main:release')
    elsewhere(here, 'release', addRefund)
    elsewhere(here, 'main', addDueDate)
    here.ada.git('fetch', '--quiet')
    here.ada.git('switch', '--quiet', '-c', 'notes', 'origin/main')
    here.ada.commit('Notes', { 'NOTES.md': 'ordinary' })
    here.ada.git('config', 'onehead.target', 'origin/release')
    const { status, moved, said } = push(here, ['origin', 'notes'])
    expect([status, moved]).toEqual([0, true])
    expect(said).toContain('will have 2 heads once merged into origin/release')
    expect(said).toContain('none of them is new with this push')
    // Pushed once, it is the remote's: what comes on top is looked at, and there is nothing.
    here.ada.commit('More notes', { 'NOTES.md': 'still ordinary' })
    expect(push(here, ['origin', 'notes'])).toMatchObject(silent)
  })
})

describe('forks', () => {
  it('that are deployed: what upstream has and nobody has merged stops nobody', () => {
    here = pushWorld()
    withRemote('upstream', addRefund)
    here.ada.commit('Our own due dates', addDueDate)
    expect(push(here, ['origin', 'main'])).toMatchObject(silent)
    here.ada.git('switch', '--quiet', '-c', 'more')
    here.ada.commit('More of our own', revision('a0a0a0a0a0a0', dueDate))
    expect(push(here, ['origin', 'more'])).toMatchObject(silent)
    // Merging upstream brings its revisions: then ours and theirs have to meet.
    here.ada.git('merge', '--quiet', '--no-edit', 'upstream/main')
    const { status, said } = push(here, ['origin', 'more'])
    expect([status, said]).toEqual([1, expect.stringContaining('this branch has 2 heads')])
  })

  it('of a contributor, who says that the work lands upstream', () => {
    here = pushWorld()
    withRemote('upstream', addRefund)
    here.ada.git('switch', '--quiet', '-c', 'dates')
    here.ada.commit('Due dates', addDueDate)
    expect(push(here, ['--dry-run', 'origin', 'dates'])).toMatchObject({ status: 0, said: '' })
    here.ada.git('config', 'onehead.target', 'upstream/main')
    const { status, moved, said } = push(here, ['origin', 'dates'])
    expect([status, moved]).toEqual([1, false])
    expect(said).toContain('this branch will have 2 heads once merged into upstream/main')
    expect(said).toContain('`onehead fix billing --commit`')
  })

  it('whose own main is published too, although the work lands upstream', () => {
    here = pushWorld()
    withRemote('upstream', revision('a0a0a0a0a0a0', invoice))
    here.ada.commit('Our own due dates', addDueDate)
    expect(push(here, ['origin', 'main'])).toMatchObject(silent)
    here.ada.git('config', 'onehead.target', 'upstream/main')
    const [path, text] = Object.entries(addDueDate)[0]!
    here.ada.commit('Rewrite', { [path]: `${text}`.replace(NOTHING, 'op.drop_table("invoice")') })
    const { status, moved, said } = push(here, ['origin', 'main'])
    expect([status, moved]).toEqual([1, false])
    expect(said).toContain('rewritten-published-revision')
    expect(said).toContain('origin/main has it, and this push changes that')
  })

  it('that say so in onehead.json; bringing main up to date is no work of theirs', () => {
    here = pushWorld({ ...begin, 'onehead.json': JSON.stringify({ target: 'upstream/main' }) })
    withRemote('upstream', addRefund)
    expect(push(here, ['origin', 'upstream/main:main'])).toMatchObject(silent)
    here.ada.git('switch', '--quiet', '-c', 'dates')
    here.ada.commit('Due dates', addDueDate)
    expect(push(here, ['origin', 'dates'])).toMatchObject({ status: 1, moved: false })
  })
})

describe('branches', () => {
  it('of releases are their own target where onehead.json says so', () => {
    here = pushWorld({ ...begin, 'onehead.json': JSON.stringify({ targets: { 'release/*': 'self' } }) })
    here.ada.git('switch', '--quiet', '-c', 'release/1')
    expect(push(here, ['origin', 'release/1'])).toMatchObject(silent)
    elsewhere(here, 'main', addRefund)
    here.ada.git('fetch', '--quiet')
    here.ada.commit('A fix for the release', addDueDate)
    expect(push(here, ['origin', 'release/1'])).toMatchObject(silent)
    here.ada.commit('A second head of the release', revision('a0a0a0a0a0a0', invoice))
    const { status, said } = push(here, ['origin', 'release/1'])
    expect([status, said]).toEqual([1, expect.stringContaining('this branch has 2 heads')])
  })

  it('that were merged by squash do not split against themselves', () => {
    here = pushWorld()
    here.ada.git('switch', '--quiet', '-c', 'dates')
    here.ada.commit('Due dates', addDueDate)
    here.ada.commit('And a page', { 'page.py': '' })
    expect(push(here, ['origin', 'dates'])).toMatchObject(silent)
    elsewhere(here, 'main', { ...addDueDate, 'page.py': '' }, 'Due dates (#7)')
    here.ada.git('fetch', '--quiet')
    here.ada.commit('Go on', revision('a0a0a0a0a0a0', dueDate))
    expect(push(here, ['origin', 'dates'])).toMatchObject(silent)
  })

  it('whose revision a release tag has already bring nothing new', () => {
    here = pushWorld()
    here.ada.git('switch', '--quiet', '-c', 'hotfix')
    here.ada.commit('Due dates for 1.0.1', addDueDate)
    here.ada.git('tag', '-a', 'v1.0.1', '-m', 'Due dates')
    elsewhere(here, 'main', addRefund)
    here.ada.git('fetch', '--quiet')
    const { status, moved, said } = push(here, ['origin', 'hotfix'])
    expect([status, moved, said]).toEqual([0, true, expect.stringContaining('none of them is new with this push')])
  })
})

describe('what is known of the target', () => {
  it('nothing that is here yet: doctor and the gate advise what works on a remote that is still empty', () => {
    const world = gitWorld()
    here = { world, hub: world.bare('hub.git'), ada: world.repository('ada') }
    here.ada.git('remote', 'add', 'origin', here.hub.root)
    here.ada.installHook('pre-push')
    here.ada.git('switch', '--quiet', '-c', 'dates')
    here.ada.commit('Begin', begin)
    const { stdout } = here.ada.onehead(['doctor'])
    expect(stdout).toContain('note: nothing of origin is here yet, so no branch that work lands on')
    expect(stdout).toContain('cure: git fetch origin; where it is still empty, the first push makes the branch')
    expect(stdout).not.toContain('set-head')
    const { status, moved, said } = push(here, ['origin', 'dates'])
    expect([status, moved]).toEqual([0, true])
    expect(said).toContain(
      'dates will be merged into, so it was judged alone (`git fetch origin`, or "target" in onehead.json)',
    )
    expect(here.ada.try(['fetch', 'origin']).status).toBe(0)
    here.ada.git('push', '--quiet', 'origin', 'dates:main')
    expect(here.ada.onehead(['doctor']).stdout).toContain('work lands on origin/main')
  })

  it('nothing: no remote has it, and a first push is judged alone', () => {
    const world = gitWorld()
    here = { world, hub: world.bare('hub.git'), ada: world.repository('ada') }
    here.ada.commit('Begin', { ...begin, ...addDueDate })
    here.ada.installHook('pre-push')
    expect(push(here, [here.hub.root, 'main'])).toMatchObject({ status: 0, moved: true })
    here.ada.commit('Two heads', addRefund)
    expect(push(here, [here.hub.root, 'main:again'])).toMatchObject({ status: 1, moved: false })
  })

  it('a name that is not here: loud, and a stop only where that was asked for', () => {
    here = pushWorld()
    here.ada.git('config', 'onehead.target', 'origin/next')
    here.ada.git('switch', '--quiet', '-c', 'dates')
    here.ada.commit('Due dates', addDueDate)
    const told = expect.stringContaining('not judged: the target origin/next is not here')
    expect(push(here, ['--dry-run', 'origin', 'dates'])).toMatchObject({ status: 0, said: told })
    here.ada.git('config', 'onehead.strict', 'true')
    expect(push(here, ['origin', 'dates'])).toMatchObject({ status: 1, moved: false, said: told })
  })

  it('a default branch that is not called main, and one that was renamed on the server', () => {
    here = pushWorld()
    elsewhere(here, 'main', addRefund)
    here.hub.git('branch', '-m', 'main', 'production')
    here.hub.git('symbolic-ref', 'HEAD', 'refs/heads/production')
    here.ada.git('fetch', '--quiet', '--prune')
    here.ada.git('switch', '--quiet', '-c', 'dates')
    here.ada.commit('Due dates', addDueDate)
    // origin/HEAD leads nowhere now: that is said, not guessed.
    const { status, said } = push(here, ['--dry-run', 'origin', 'dates'])
    expect([status, said]).toEqual([0, expect.stringContaining('`git remote set-head origin --auto`')])
    here.ada.git('remote', 'set-head', 'origin', '--auto')
    expect(push(here, ['origin', 'dates']).said).toContain('once merged into origin/production')
  })

  it('where git init and fetch have left no origin/HEAD: the only branch with a usual name', () => {
    here = pushWorld()
    elsewhere(here, 'main', addRefund)
    here.ada.git('remote', 'set-head', 'origin', '--delete')
    here.ada.git('fetch', '--quiet')
    here.ada.git('switch', '--quiet', '-c', 'dates')
    here.ada.commit('Due dates', addDueDate)
    expect(push(here, ['origin', 'dates']).said).toContain('once merged into origin/main')
  })

  it('how old it is, where revisions are pushed and it is older than an hour', () => {
    here = pushWorld()
    aged(3 * 86_400)
    here.ada.git('switch', '--quiet', '-c', 'dates')
    here.ada.commit('A page', { 'page.py': 'revision = None\n' })
    expect(push(here, ['--dry-run', 'origin', 'dates'])).toMatchObject({ status: 0, said: '' })
    here.ada.commit('Due dates', addDueDate)
    const note =
      'onehead: note: judged against origin/main as it was 3 days ago; `git fetch origin` brings it up to date'
    expect(push(here, ['--dry-run', 'origin', 'dates'])).toMatchObject({ status: 0, said: note })
    here.ada.git('fetch', '--quiet')
    expect(push(here, ['--dry-run', 'origin', 'dates'])).toMatchObject({ status: 0, said: '' })
  })

  it('is fetched first where the operator wants that', () => {
    here = pushWorld()
    here.ada.git('switch', '--quiet', '-c', 'dates')
    here.ada.commit('Due dates', addDueDate)
    elsewhere(here, 'main', addRefund)
    aged(3600)
    const before = here.ada.id('origin/main')
    expect(push(here, ['--dry-run', 'origin', 'dates'])).toMatchObject({ status: 0 })
    expect(here.ada.id('origin/main')).toBe(before)
    here.ada.git('config', 'onehead.fetch', 'auto')
    expect(push(here, ['origin', 'dates'])).toMatchObject({ status: 1, moved: false })
    expect(here.ada.id('origin/main')).not.toBe(before)
    here.ada.commit('Mend', revision(dueDate, refund, 'add due date'))
    here.ada.git('remote', 'set-url', 'origin', join(here.world.folder, 'gone.git'))
    here.ada.git('remote', 'set-url', '--push', 'origin', here.hub.root)
    here.ada.git('config', 'onehead.fetch', 'always')
    here.ada.git('rebase', '--quiet', 'origin/main')
    const { status, said } = push(here, ['origin', 'dates'])
    expect([status, said]).toEqual([0, expect.stringContaining('origin/main could not be fetched')])
  })
})

/** As if the target had been heard of for the last time so many seconds ago. */
function aged(seconds: number): void {
  const then = Math.floor(Date.now() / 1000) - seconds - 5
  const git = join(here.ada.root, '.git')
  const id = here.ada.id('origin/main')
  for (const name of ['main', 'HEAD']) {
    writeFileSync(
      join(git, 'logs/refs/remotes/origin', name),
      `${id} ${id} Ada <ada@example.org> ${then} +0000\tfetch\n`,
    )
  }
  writeFileSync(join(git, 'FETCH_HEAD'), `${id}\t\tbranch 'main' of hub\n`)
  utimesSync(join(git, 'FETCH_HEAD'), then, then)
}
