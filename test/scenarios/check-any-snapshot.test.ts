import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { app, type GitRepository, type GitWorld, gitWorld, pathWith, script } from '../support/git-world.js'

let world: GitWorld
let shop: GitRepository
beforeEach(() => {
  world = gitWorld()
  shop = world.repository('shop')
})
afterEach(() => world.remove())

const versions = 'services/billing/migrations/versions'
const created = { [`${versions}/3c9e51a7b204_create_invoice.py`]: script('3c9e51a7b204', null, 'create invoice') }
const mine = { [`${versions}/8b1f2c7d90aa_add_due_date.py`]: script('8b1f2c7d90aa', '3c9e51a7b204', 'add due date') }
const theirs = { [`${versions}/f04d6e2b713c_add_refund.py`]: script('f04d6e2b713c', '3c9e51a7b204', 'add refund') }

/** Main and topic have each added a revision on the same parent. */
function diverge(): { base: string; topic: string; main: string } {
  const base = shop.commit('create invoice', { ...app('services/billing'), ...created })
  shop.git('switch', '--quiet', '-c', 'topic')
  const topic = shop.commit('add due date', mine)
  shop.git('switch', '--quiet', 'main')
  const main = shop.commit('add refund', theirs)
  return { base, topic, main }
}

function check(...args: readonly string[]) {
  const { status, stdout, stderr } = shop.onehead(['check', '--format', 'json', ...args])
  const report = JSON.parse(stdout)
  const rules = (report.diagnostics ?? []).map(({ rule }: { rule: string }) => rule)
  return { status, report, rules, heads: report.environments?.map(({ heads }: { heads: string[] }) => heads), stderr }
}

describe('check --merge-with', () => {
  it('sees the second head that does not exist yet, and touches nothing', () => {
    const { base, topic, main } = diverge()
    shop.git('switch', '--quiet', 'topic')
    expect(check().status).toBe(0)
    const merged = check('--merge-with', 'main')
    expect(merged).toMatchObject({ status: 1, rules: ['multiple-heads'], heads: [['8b1f2c7d90aa', 'f04d6e2b713c']] })
    expect(merged.report.snapshot).toEqual({
      kind: 'merge',
      ref: 'HEAD',
      commit: topic,
      target: { ref: 'main', commit: main },
      base,
      method: 'merge-tree',
      approximate: false,
      textualConflicts: [],
      uncommitted: [],
    })
    const text = shop.onehead(['check', '--merge-with', 'main'])
    expect(text.stdout).toContain(
      `judged: HEAD (${topic.slice(0, 7)}) as it will be once merged into main (${main.slice(0, 7)})\n`,
    )
    expect(text.stdout).toContain("down_revision = '3c9e51a7b204'")
    expect(shop.git('status', '--porcelain')).toBe('')
  })

  it('knows what is published by its content where the whole app has moved', () => {
    const empty = (...of: Parameters<typeof script>) => script(...of).replace("op.execute('SELECT 1')", 'pass')
    const old = { [`${versions}/f04d6e2b713c_add_refund.py`]: empty('f04d6e2b713c', '3c9e51a7b204') }
    shop.commit('create invoice', { ...app('services/billing'), ...app('services/users'), ...created, ...old })
    shop.git('switch', '--quiet', '-c', 'topic')
    mkdirSync(join(shop.root, 'accounting'))
    shop.git('mv', 'services/billing', 'accounting/invoices')
    shop.commit('move the app', {})
    expect(check('--merge-with', 'main', '--rule', 'empty-upgrade')).toMatchObject({ status: 0, rules: [] })
    const unsaid = { 'accounting/invoices/migrations/versions/8b1f2c7d90aa_.py': empty('8b1f2c7d90aa', 'f04d6e2b713c') }
    shop.commit('add a revision that does nothing', unsaid)
    expect(check('--merge-with', 'main', '--rule', 'empty-upgrade').rules).toEqual(['empty-upgrade'])
  })

  it('says what lies on disk and is not in it', () => {
    diverge()
    shop.write(mine)
    const path = Object.keys(mine)[0]
    const { status, report } = check('--merge-with', 'topic~1')
    expect([status, report.snapshot.uncommitted]).toEqual([0, [path]])
    expect(shop.onehead(['check', '--at', 'HEAD']).stdout).not.toContain('not committed')
    const { stdout } = shop.onehead(['check', '--merge-with', 'topic~1'])
    expect(stdout.replace(/\s+/g, ' ')).toContain('1 script is not committed and not judged')
  })

  it('takes any commit, also one that is not checked out', () => {
    const { topic } = diverge()
    expect(check('--at', 'topic', '--merge-with', 'main')).toMatchObject({ status: 1, rules: ['multiple-heads'] })
    expect(check('--at', 'main~1', '--merge-with', topic).status).toBe(0)
  })

  it('merges what is staged as well, file by file', () => {
    diverge()
    shop.git('switch', '--quiet', '--detach', 'main~1')
    shop.write(mine)
    expect(check('--staged', '--merge-with', 'main').status).toBe(0)
    shop.git('add', '--all')
    const { status, rules, report } = check('--staged', '--merge-with', 'main')
    expect([status, rules, report.snapshot.method]).toEqual([1, ['multiple-heads'], 'path-level'])
    expect(shop.onehead(['check', '--staged', '--merge-with', 'main']).stdout).toContain(
      'judged: what is staged as it will be once merged into main',
    )
  })

  it('says that it is approximate where git cannot merge trees', () => {
    diverge()
    const fakes = join(world.folder, 'old-git')
    mkdirSync(fakes)
    const real = world.run('sh', ['-c', 'command -v git'], shop.root).stdout.trim()
    writeFileSync(
      join(fakes, 'git'),
      `#!/bin/sh\n[ "$1" = merge-tree ] && { echo "usage: git merge-tree <base> <a> <b>" >&2; exit 129; }\nexec ${real} "$@"\n`,
    )
    chmodSync(join(fakes, 'git'), 0o755)
    const env = { PATH: pathWith(fakes, world.env) }
    const ran = shop.onehead(['check', '--at', 'topic', '--merge-with', 'main'], { env })
    expect(ran.status).toBe(1)
    expect(ran.stdout).toContain('multiple-heads')
    expect(ran.stdout.replace(/\s+/g, ' ')).toContain('approximate: merged file by file')
  })

  it('keeps the files of both sides where a shallow clone has no common commit', () => {
    const { topic } = diverge()
    const clone = world.clone(shop, 'shallow', ['--depth=1', '--no-single-branch', '--no-local'])
    const ran = clone.onehead(['check', '--merge-with', 'origin/topic', '--format', 'json'])
    const report = JSON.parse(ran.stdout)
    expect(ran.status).toBe(1)
    expect(report.snapshot).toMatchObject({ method: 'union', approximate: true, base: null, target: { commit: topic } })
    expect(report.environments[0].heads).toEqual(['8b1f2c7d90aa', 'f04d6e2b713c'])
  })

  it('sees both revisions where both sides have given their file the same name', () => {
    shop.commit('create invoice', { ...app('services/billing'), ...created })
    shop.git('switch', '--quiet', '-c', 'topic')
    shop.commit('add due date', { [`${versions}/0002_change.py`]: script('8b1f2c7d90aa', '3c9e51a7b204') })
    shop.git('switch', '--quiet', 'main')
    shop.commit('add refund', {
      [`${versions}/0002_change.py`]: script('f04d6e2b713c', '3c9e51a7b204'),
      'README.md': '1',
    })
    const { status, rules, report } = check('--at', 'topic', '--merge-with', 'main')
    expect([status, rules]).toEqual([1, ['multiple-heads']])
    expect(report.snapshot.textualConflicts).toEqual([`${versions}/0002_change.py`])
    shop.git('switch', '--quiet', 'topic')
    expect(check('--staged', '--merge-with', 'main').rules).toEqual(['multiple-heads'])
    expect(shop.onehead(['check', '--merge-with', 'main']).stdout).toContain('git will ask you to merge by hand')
  })

  it('follows git through criss-cross merges', () => {
    diverge()
    shop.git('branch', 'old-main', 'main')
    shop.git('merge', '--quiet', '--no-edit', '-m', 'merge topic', 'topic')
    shop.git('switch', '--quiet', 'topic')
    shop.git('merge', '--quiet', '--no-edit', '-m', 'merge main', 'old-main')
    shop.commit('one head', {
      [`${versions}/77aa77aa77aa_merge.py`]: script('77aa77aa77aa', ['8b1f2c7d90aa', 'f04d6e2b713c']),
    })
    const { status, heads, report } = check('--merge-with', 'main')
    expect([status, heads, report.snapshot.method]).toEqual([0, [['77aa77aa77aa']], 'merge-tree'])
  })
})

describe('check --at and --staged', () => {
  it('judges the commit, not what lies on disk', () => {
    const { base } = diverge()
    shop.write({ [`${versions}/0000_broken.py`]: 'this is not python (' })
    expect(check().status).toBe(1)
    expect(check('--at', 'HEAD')).toMatchObject({ status: 0, heads: [['f04d6e2b713c']] })
    const { report } = check('--at', base)
    expect(report.snapshot).toMatchObject({ kind: 'commit', ref: base, commit: base, target: null, method: null })
    expect(report.environments[0].revisionCount).toBe(1)
  })

  it('judges what is staged, not what is merely written', () => {
    diverge()
    shop.write(mine)
    expect(check('--staged')).toMatchObject({ status: 0, heads: [['f04d6e2b713c']] })
    shop.git('add', '--all')
    shop.write({ [`${versions}/8b1f2c7d90aa_add_due_date.py`]: '' })
    const { status, rules, report } = check('--staged')
    expect([status, rules, report.snapshot.kind]).toEqual([1, ['multiple-heads'], 'index'])
  })

  it('shows the lines of the commit', () => {
    diverge()
    shop.git('merge', '--quiet', '--no-edit', '-m', 'merge', 'topic')
    shop.commit('all gone', {
      ...Object.fromEntries([...Object.keys(mine), ...Object.keys(theirs)].map((path) => [path, null])),
    })
    const { stdout, status } = shop.onehead(['check', '--at', 'HEAD~1'])
    expect(status).toBe(1)
    expect(stdout).toContain("down_revision = '3c9e51a7b204'")
  })

  it('reads the settings of the commit', () => {
    diverge()
    const { stdout } = shop.onehead(['check', '--at', 'HEAD', '--format', 'json'])
    expect(JSON.parse(stdout).environments).toHaveLength(1)
    shop.commit('leave billing out', { 'onehead.json': '{"environments": {"exclude": ["services"]}}' })
    shop.write({ 'onehead.json': '{}' })
    const excluded = shop.onehead(['check', '--at', 'HEAD'])
    expect([excluded.status, excluded.stderr]).toEqual([2, expect.stringContaining('no Alembic environment in commit')])
    expect(check('--at', 'HEAD~1').status).toBe(0)
  })

  it('takes the settings of the target where the commit has none', () => {
    const { main } = diverge()
    shop.git('merge', '--quiet', '--no-edit', '-m', 'merge', 'topic')
    const remote = world.bare('shop.git')
    shop.git('remote', 'add', 'origin', remote.root)
    expect(check('--at', 'HEAD').status).toBe(1)
    shop.git('switch', '--quiet', '-c', 'settings', main)
    shop.commit('two heads are right', { 'onehead.json': '{"rules": {"multiple-heads": "warn"}}' })
    shop.git('push', '--quiet', 'origin', 'settings:main')
    shop.git('switch', '--quiet', 'main')
    expect(check('--at', 'HEAD')).toMatchObject({ status: 0, rules: ['multiple-heads'] })
  })

  it('works in a part of the repository, in a bare one, and with other hashes', () => {
    diverge()
    shop.git('merge', '--quiet', '--no-edit', '-m', 'merge', 'topic')
    const part = shop.onehead(['check', '--at', 'HEAD', '--root', 'services', '--format', 'json'])
    expect([part.status, JSON.parse(part.stdout).environments[0].path]).toEqual([1, 'billing/migrations'])
    const bare = world.clone(shop, 'bare.git', ['--bare'])
    expect(bare.onehead(['check', '--at', 'main']).status).toBe(1)
    expect(bare.onehead(['check', '--at', 'topic']).status).toBe(0)
    shop = world.repository('sha256', ['--object-format=sha256'])
    const { main } = diverge()
    expect(main).toHaveLength(64)
    expect(check('--at', 'topic', '--merge-with', 'main')).toMatchObject({ status: 1, rules: ['multiple-heads'] })
  })

  it('reads version folders with links, submodules and names that nobody should have to read', () => {
    diverge()
    const library = world.repository('library')
    library.commit('start', { 'migrations/versions/aa.py': script('aa', null) })
    shop.git('submodule', '--quiet', 'add', library.root, `${versions}/vendored`)
    shop.commit('odd', {
      'shared/77aa77aa77aa_shared.py': script('77aa77aa77aa', 'f04d6e2b713c'),
      [`${versions}/77aa77aa77aa_link.py`]: { symlink: '../../../../shared/77aa77aa77aa_shared.py' },
      [`${versions}/loop.py`]: { symlink: 'loop.py' },
      [`${versions}/a "quoted"\\ \u001b[31m\tred.py`]: script('88bb88bb88bb', '77aa77aa77aa'),
      [`${versions}/two\nlines.py`]: script('99cc99cc99cc', '88bb88bb88bb'),
    })
    const [disk, commit] = [check(), check('--at', 'HEAD')]
    expect(commit.report.diagnostics).toEqual(disk.report.diagnostics)
    // What a submodule holds is another repository's: a note about it is all that the disk has more.
    expect(commit.report.environments).toEqual([{ ...disk.report.environments[0], notes: [] }])
    expect(commit.rules).toContain('unreadable-script')
    const { stdout } = shop.onehead(['check', '--at', 'HEAD'])
    expect(stdout).not.toContain('\u001b')
    shop.commit('mended', { [`${versions}/loop.py`]: null })
    // Alembic's own pattern ends at a line feed: it never loads the last one.
    expect(check('--at', 'HEAD')).toMatchObject({ status: 0, heads: [['88bb88bb88bb']] })
    expect(check('--staged').heads).toEqual([['88bb88bb88bb']])
  })

  it('does not take a script that git cannot read for one that is not there', () => {
    diverge()
    const blob = shop.git('rev-parse', `HEAD:${Object.keys(theirs)[0]}`)
    const object = join(shop.root, '.git/objects', blob.slice(0, 2), blob.slice(2))
    chmodSync(object, 0o644)
    writeFileSync(object, 'torn')
    const { status, rules } = check('--at', 'HEAD')
    expect([status, rules]).toEqual([1, ['unreadable-script']])
    rmSync(object)
    expect(check('--at', 'HEAD')).toMatchObject({ status: 1, rules: ['unreadable-script'] })
  })

  it('says in CI that a clone without blobs lacks the scripts, and downloads nothing', () => {
    diverge()
    shop.git('config', 'uploadpack.allowFilter', 'true')
    const clone = world.clone(shop, 'partial', ['--filter=blob:none', '--no-checkout', '--no-local'])
    const packs = clone.git('count-objects', '-v')
    expect(clone.onehead(['check', '--at', 'HEAD']).status).not.toBe(0)
    expect(clone.git('count-objects', '-v')).toBe(packs)
  })

  it.each([
    [['--at', 'gone'], 'git knows no commit "gone" here'],
    [['--at', '--help=1'], 'at'],
    [['--merge-with', 'upstream/main'], 'git fetch upstream'],
    [['--at', 'HEAD', '--staged'], 'two different trees'],
    [['--at', 'HEAD', '--update-baseline'], 'working tree'],
  ])('%j is refused in a sentence', (args, said) => {
    shop.commit('create invoice', { ...app('services/billing'), ...created })
    const { status, stderr } = shop.onehead(['check', ...args])
    expect(status).toBe(2)
    expect(stderr).toContain(said)
    expect(stderr).not.toMatch(/ at .*\.js:/)
  })

  it('says that there is no commit yet, or no repository', () => {
    shop.write({ ...app('services/billing'), ...created })
    expect(shop.onehead(['check', '--at', 'HEAD'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there is no commit yet'),
    })
    shop.git('add', '--all')
    expect(check('--staged').status).toBe(0)
    const nowhere = world.run('mkdir', ['nowhere'], world.folder) && world.open(join(world.folder, 'nowhere'))
    expect(nowhere.onehead(['check', '--at', 'HEAD'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no git repository'),
    })
  })
})

describe('heads, history, graph and show --at', () => {
  const said = (...args: readonly string[]) => {
    const { status, stdout } = shop.onehead(args)
    return [status, stdout]
  }

  it('tell what a commit has, whatever lies in the working tree', () => {
    const { topic } = diverge()
    shop.write({ 'services/billing/alembic.ini': '[alembic' })
    expect(shop.onehead(['heads']).status).toBe(1)
    expect(said('heads', '--at', 'topic')).toEqual([0, '8b1f2c7d90aa (head)\n'])
    expect(said('heads', '--at', 'main')).toEqual([0, 'f04d6e2b713c (head)\n'])
    const history = '3c9e51a7b204 -> 8b1f2c7d90aa (head), add due date\n<base> -> 3c9e51a7b204, create invoice\n'
    expect(said('history', '--at', topic.slice(0, 8))).toEqual([0, history])
    expect(said('history', '--at', 'topic~1', '--limit', '1')).toEqual([
      0,
      '<base> -> 3c9e51a7b204 (head), create invoice\n',
    ])
    expect(shop.onehead(['graph', '--at', 'topic', '--ascii']).stdout).toContain('*  8b1f2c7d90aa')
    expect(shop.onehead(['show', 'head', '--at', 'topic']).stdout).toContain('Rev: 8b1f2c7d90aa (head)')
    expect(shop.onehead(['show', 'f04d', '--at', 'topic']).status).toBe(2)
  })

  it('list what is not published in it', () => {
    diverge()
    const clone = world.clone(shop, 'clone')
    clone.git('switch', '--quiet', 'topic')
    clone.git('switch', '--quiet', '--detach', 'origin/main')
    const { stdout } = clone.onehead(['history', '--only', 'unpublished', '--at', 'topic'])
    expect(stdout).toBe('3c9e51a7b204 -> 8b1f2c7d90aa (head), add due date\n')
  })

  it('say what is wrong with the name, and where there is no environment', () => {
    diverge()
    shop.commit('Nothing left', { 'services/billing/alembic.ini': null })
    expect(shop.onehead(['heads', '--at', 'gone'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('git knows no commit "gone" here'),
    })
    expect(shop.onehead(['history', '--at', 'HEAD'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no Alembic environment in commit'),
    })
  })
})

describe('cache clear', () => {
  it('removes what check has kept, and nothing else', () => {
    shop.commit('create invoice', { ...app('services/billing'), ...created })
    expect(shop.onehead(['cache', 'clear'])).toMatchObject({ status: 0, stdout: 'nothing was cached\n' })
    shop.onehead(['check'])
    shop.onehead(['check'])
    expect(shop.onehead(['cache', 'clear']).stdout).toMatch(/^cleared \d+ KB of cached results\n$/)
    expect(shop.onehead(['cache', 'clear']).stdout).toBe('nothing was cached\n')
    expect(shop.onehead(['cache'])).toMatchObject({ status: 2, stderr: expect.stringContaining('onehead cache clear') })
  })
})
