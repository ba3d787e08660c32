import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { applyPlan, planFix } from '../../packages/workspace/dist/index.js'
import { app, type Files, type GitRepository, script } from '../support/git-world.js'
import {
  addDueDate,
  addRefund,
  begin,
  dueDate,
  elsewhere,
  type PushWorld,
  pushWorld,
  refund,
  versions,
} from '../support/push-world.js'

let world: PushWorld
afterEach(() => world.world.remove())

/** Ada has a due date on a branch of hers, Grace has brought a refund to main. */
function fork({
  files = begin,
  mine = addDueDate,
  theirs = addRefund,
}: {
  readonly files?: Files
  readonly mine?: Files
  readonly theirs?: Files
} = {}): GitRepository {
  world = pushWorld(files)
  world.ada.git('switch', '--quiet', '--create', 'due-dates')
  world.ada.commit('Add due dates', mine)
  elsewhere(world, 'main', theirs)
  return world.ada
}

/** A second clone of Ada's branch. */
function cloned(...options: readonly string[]): GitRepository {
  world.ada.git('push', '--quiet', '--no-verify', 'origin', 'due-dates')
  world.hub.git('config', 'uploadpack.allowFilter', 'true')
  const clone = world.world.open(join(world.world.folder, 'clone'))
  const args = ['clone', '--quiet', '--branch', 'due-dates', ...options, `file://${world.hub.root}`, clone.root]
  expect(world.world.run('git', args, world.world.folder).status).toBe(0)
  return clone
}

const headsOf = (repository: GitRepository): readonly (readonly string[])[] =>
  JSON.parse(repository.onehead(['heads', '--format', 'json']).stdout).environments.map(
    ({ heads }: { heads: readonly string[] }) => heads,
  )
const pathOf = (files: Files) => Object.keys(files)[0]!
const status = (repository: GitRepository) => repository.git('status', '--porcelain')

/** Refuses, and leaves everything as it was, also when only asked. */
function refuses(repository: GitRepository, kind: string, ...texts: readonly string[]): void {
  const before = status(repository)
  for (const args of [['fix', '--dry-run'], ['fix']]) {
    const ran = repository.onehead(args)
    expect(ran.output).toContain(`refused[${kind}]`)
    for (const text of texts) expect(ran.output).toContain(text)
    expect(ran.status).toBe(1)
    expect(status(repository)).toBe(before)
  }
}

describe('clones that lack something', () => {
  it('a partial clone gets the scripts that main has brought, and never takes an unread one for none', () => {
    fork()
    const partial = cloned('--filter=blob:none')
    const offline = partial.onehead(['fix', '--offline'])
    expect(offline.output).toContain('refused[unreadable-script]')
    expect(offline.output).toContain('without --offline')
    expect(offline.status).toBe(1)
    const { status: code, stdout } = partial.onehead(['fix'])
    expect(stdout).toContain(`re-parent ${dueDate}`)
    expect(code).toBe(0)
    expect(headsOf(partial)).toEqual([[dueDate]])
  })

  it('a shallow clone without a common commit is told to download more before anything is tried', () => {
    fork()
    refuses(cloned('--depth=1', '--no-single-branch'), 'no-common-commit', 'git fetch --unshallow')
  })

  it('a sparse checkout without the script that has to move is told which folder to add', () => {
    const ada = fork({
      files: { ...begin, ...app('users'), 'users/migrations/versions/a.py': script('aaaaaaaaaaaa', null) },
    })
    ada.git('sparse-checkout', 'set', '--cone', 'users')
    refuses(ada, 'sparse', `git sparse-checkout add ${versions}`)
    ada.git('sparse-checkout', 'add', versions)
  })
})

describe('files that a merge would not spare', () => {
  const withReport = { ...addRefund, 'report.txt': 'of main' }

  it.each([
    ['untracked', {}],
    ['ignored', { '.gitignore': 'report.txt\n' }],
  ])('one that is %s and that main brings too', (_, more) => {
    const ada = fork({ mine: { ...addDueDate, ...more }, theirs: withReport })
    ada.write({ 'report.txt': 'precious' })
    refuses(ada, 'untracked', 'report.txt')
    expect(readFileSync(join(ada.root, 'report.txt'), 'utf8')).toBe('precious')
  })

  it('one that is only announced to git', () => {
    const ada = fork({ mine: {} })
    ada.write(addDueDate)
    ada.git('add', '--intent-to-add', pathOf(addDueDate))
    refuses(ada, 'staged', pathOf(addDueDate))
  })
})

describe('the way git works here', () => {
  it('keeps merges in the branch where pulls keep them', () => {
    const ada = fork()
    ada.git('config', 'pull.rebase', 'merges')
    ada.git('switch', '--quiet', '--create', 'notes', 'HEAD~')
    ada.commit('Take notes', { 'notes.txt': 'notes' })
    ada.git('switch', '--quiet', 'due-dates')
    ada.git('merge', '--quiet', '--no-ff', '-m', 'Merge notes', 'notes')
    expect(ada.onehead(['fix', '--commit']).status).toBe(0)
    expect(ada.git('log', '--merges', '--format=%s', 'origin/main..')).toBe('Merge notes')
    expect(headsOf(ada)).toEqual([[dueDate]])
  })

  it('merges where an edit that is no script would stop a rebase', () => {
    const ada = fork({ mine: { ...addDueDate, 'notes.txt': 'a' } })
    ada.git('config', 'pull.rebase', 'true')
    ada.write({ 'notes.txt': 'b' })
    expect(ada.onehead(['fix']).status).toBe(0)
    expect(ada.id('MERGE_HEAD')).toBe(ada.id('origin/main'))
    expect(readFileSync(join(ada.root, 'notes.txt'), 'utf8')).toBe('b')
  })

  it('says what is written where a hook refuses the commit, and what comes next', () => {
    const ada = fork()
    const hook = join(ada.root, '.git/hooks/pre-commit')
    writeFileSync(hook, '#!/bin/sh\necho "format it first" >&2\nexit 1\n')
    chmodSync(hook, 0o755)
    const { status: code, stdout } = ada.onehead(['fix', '--commit'])
    expect(stdout).toContain('format it first')
    expect(stdout).not.toContain('nothing was written')
    expect(stdout.trimEnd().split('\n').at(-1)).toContain('git commit --no-edit')
    expect(code).toBe(1)
    expect(headsOf(ada)).toEqual([[dueDate]])
    expect(ada.onehead(['fix', '--undo']).status).toBe(0)
    expect(status(ada)).toBe('')
  })

  it('never aborts a merge that somebody else has begun since the plan was made', async () => {
    const ada = fork()
    ada.git('fetch', '--quiet')
    const planned = await planFix({ root: ada.root, offline: true })
    ada.git('merge', '--quiet', '--no-commit', 'origin/main')
    const carriedOut = applyPlan(planned, { root: ada.root, kind: 'fix', commit: false })
    await expect(carriedOut).rejects.toMatchObject({ refusals: [{ kind: 'changed' }] })
    planned.close()
    expect(ada.id('MERGE_HEAD')).toBe(ada.id('origin/main'))
    expect(headsOf(ada)).toEqual([[dueDate, refund].sort()])
  })
})

describe('environments that share a folder of versions', () => {
  const shared = (name: string): Files => ({
    ...app(name),
    [`${name}/alembic.ini`]:
      '[alembic]\nscript_location = %(here)s/migrations\nversion_locations = %(here)s/../common\n',
  })
  const common = (id: string, parent: string | null): Files => ({ [`common/${id}.py`]: script(id, parent, 'change') })

  it('get one merge revision, and one head each', () => {
    const ada = fork({
      files: {
        ...shared('billing'),
        ...shared('users'),
        ...common('aaaaaaaaaaaa', null),
        'onehead.json': '{"policy":"merge"}',
      },
      mine: common('bbbbbbbbbbbb', 'aaaaaaaaaaaa'),
      theirs: common('cccccccccccc', 'aaaaaaaaaaaa'),
    })
    const { status: code, stdout } = ada.onehead(['fix'])
    expect(stdout).not.toContain('still')
    expect(code).toBe(0)
    expect(readdirSync(join(ada.root, 'common')).filter((name) => name.endsWith('.py'))).toHaveLength(4)
    const [billing, users] = headsOf(ada)
    expect(billing).toHaveLength(1)
    expect(users).toEqual(billing)
  })

  it('are left alone where what is right for one would break the other', () => {
    const own = (name: string): Files => ({
      ...shared(name),
      [`${name}/alembic.ini`]: `[alembic]\nscript_location = %(here)s/migrations\nversion_locations = %(here)s/migrations/versions:%(here)s/../common\npath_separator = :\n`,
    })
    const ownRevision = (name: string, id: string): Files => ({
      [`${name}/migrations/versions/${id}.py`]: script(id, 'aaaaaaaaaaaa', name),
    })
    const ada = fork({
      files: { ...own('billing'), ...own('users'), ...common('aaaaaaaaaaaa', null) },
      mine: common('bbbbbbbbbbbb', 'aaaaaaaaaaaa'),
      theirs: { ...ownRevision('billing', 'cccccccccccc'), ...ownRevision('users', 'dddddddddddd') },
    })
    refuses(ada, 'shared-script', 'common/bbbbbbbbbbbb.py')
    expect(existsSync(join(ada.root, '.git/MERGE_HEAD'))).toBe(false)
  })
})
