import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { scripts } from '../support/alembic-heads.js'
import { app, type Files, type GitRepository, script } from '../support/git-world.js'
import {
  addDueDate,
  addRefund,
  begin,
  dueDate,
  elsewhere,
  invoice,
  type PushWorld,
  pushWorld,
  refund,
  revision,
  revisionThat,
  versions,
} from '../support/push-world.js'

let world: PushWorld
afterEach(() => world.world.remove())

/** Ada has a due date on a branch of hers, Grace has brought a refund to main. */
function fork({
  mine = addDueDate,
  theirs = addRefund,
}: {
  readonly mine?: Files
  readonly theirs?: Files
} = {}): GitRepository {
  world = pushWorld()
  world.ada.git('switch', '--quiet', '--create', 'due-dates')
  world.ada.commit('Add due dates', mine)
  elsewhere(world, 'main', theirs)
  return world.ada
}

const heads = (ada: GitRepository) => ada.onehead(['heads', '--format', 'json']).stdout
const headsOf = (ada: GitRepository): readonly string[] => JSON.parse(heads(ada)).environments[0].heads
const parentOf = (ada: GitRepository, path: string) =>
  /^down_revision = (.*)$/m.exec(readFileSync(join(ada.root, path), 'utf8'))?.[1]
const pathOf = (files: Files) => Object.keys(files)[0]!
const mergeOf = (ada: GitRepository) => ada.try(['diff', '--name-only', '--diff-filter=A', 'HEAD']).stdout

describe('somebody else was first', () => {
  it('asks the remote, merges main, re-parents mine, and leaves the merge to be committed', () => {
    const ada = fork()
    const { status, stdout } = ada.onehead(['fix'])
    expect(stdout).toContain(`re-parent ${dueDate}`)
    expect(status, stdout).toBe(0)
    expect(headsOf(ada)).toEqual([dueDate])
    expect(parentOf(ada, pathOf(addDueDate))).toBe(`'${refund}'`)
    expect(ada.id('MERGE_HEAD')).toBe(ada.id('origin/main'))
    expect(stdout.trimEnd().split('\n').at(-1)).toContain('git commit --no-edit')
  })

  it('says before it writes what a database that ran mine would skip, and the way', () => {
    const { stdout } = fork().onehead(['fix'])
    const [plan, outcome] = stdout.split('✔')
    expect(plan).toContain(`would skip ${refund}`)
    expect(plan).toContain(`alembic stamp ${invoice} && alembic upgrade ${refund} && alembic stamp ${dueDate}`)
    expect(outcome).toContain('one head')
  })

  it('with --commit the push then passes', () => {
    const ada = fork()
    const { status, stdout } = ada.onehead(['fix', '--commit'])
    expect(stdout).toContain('your push will pass')
    expect(status).toBe(0)
    expect(ada.git('status', '--porcelain')).toBe('')
    expect(ada.try(['push', '--quiet', 'origin', 'due-dates']).status).toBe(0)
  })

  it('as a rebase where pulls are rebases', () => {
    const ada = fork()
    ada.git('config', 'pull.rebase', 'true')
    expect(ada.onehead(['fix', '--commit']).status).toBe(0)
    expect(ada.git('log', '--format=%s', 'origin/main..')).toBe(`Re-parent ${dueDate} onto ${refund}\nAdd due dates`)
    expect(headsOf(ada)).toEqual([dueDate])
  })

  it.each([
    ['never pushed', [], '`git push -u origin due-dates`'],
    ['pushed', ['push -u origin due-dates'], '`git push`'],
    ['pushed, and rebased', ['push -u origin due-dates', 'config pull.rebase true'], '`git push --force-with-lease`'],
  ])('ends with the push that git takes: %s', (_, before, next) => {
    const ada = fork()
    for (const command of before) ada.git(...command.split(' '))
    const { stdout } = ada.onehead(['fix', '--commit'])
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(`  next: ${next}`)
    expect(ada.try(next.slice(1, -1).split(' ').slice(1)).status).toBe(0)
  })

  it('a script that is not committed yet is mine too', () => {
    world = pushWorld()
    const { ada } = world
    elsewhere(world, 'main', addRefund)
    ada.write(addDueDate)
    const { status, stdout } = ada.onehead(['fix'])
    expect(status, stdout).toBe(0)
    expect(parentOf(ada, pathOf(addDueDate))).toBe(`'${refund}'`)
    // Nothing of mine was committed, so that main itself comes.
    expect(ada.id('HEAD')).toBe(ada.id('origin/main'))
  })

  it('changes nothing with --dry-run, and says what would apply it', () => {
    const ada = fork()
    const before = ada.git('status', '--porcelain')
    const { status, stdout } = ada.onehead(['fix', '--dry-run'])
    expect(status).toBe(0)
    expect(stdout.trimEnd().split('\n').at(-1)).toContain('`onehead fix` applies it')
    expect(ada.git('status', '--porcelain')).toBe(before)
    // Without these it would be another plan, or another history.
    const chosen = ['fix', '-c', 'billing/alembic.ini', '--update=merge', '--allow-overlap']
    const again = ada.onehead([...chosen, '--dry-run']).stdout
    expect(again).toContain(`\`onehead ${chosen.join(' ')}\` applies it`)
  })

  it('not asked with --offline: then nobody knows of the fork', () => {
    const ada = fork()
    expect(ada.onehead(['fix', '--offline']).stdout).toContain('nothing to repair')
  })

  it('twice does nothing more, and --undo takes all of it back', () => {
    const ada = fork()
    const head = ada.id('HEAD')
    ada.onehead(['fix'])
    expect(ada.onehead(['fix']).stdout).toContain('nothing to repair')
    const { status, stdout } = ada.onehead(['fix', '--undo'])
    expect(status, stdout).toBe(0)
    expect(ada.git('status', '--porcelain')).toBe('')
    expect(ada.id('HEAD')).toBe(head)
    expect(ada.try(['rev-parse', '--verify', '--quiet', 'MERGE_HEAD']).status).not.toBe(0)
    expect(ada.onehead(['fix', '--undo'])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('no repair to undo'),
    })
  })

  it('--undo does not mind that the branch was pushed before the repair', () => {
    const ada = fork()
    ada.git('push', '--quiet', '--no-verify', 'origin', 'due-dates')
    const head = ada.id('HEAD')
    expect(ada.onehead(['fix']).status).toBe(0)
    const { status, stdout } = ada.onehead(['fix', '--undo'])
    expect(status, stdout).toBe(0)
    expect([ada.git('status', '--porcelain'), ada.id('HEAD')]).toEqual(['', head])
  })

  it('--undo after --commit takes the commit back as long as it is nobody else’s', () => {
    const ada = fork()
    const head = ada.id('HEAD')
    ada.onehead(['fix', '--commit'])
    expect(ada.onehead(['fix', '--undo']).status).toBe(0)
    expect(ada.id('HEAD')).toBe(head)
    ada.onehead(['fix', '--commit'])
    ada.git('push', '--quiet', 'origin', 'due-dates')
    expect(ada.onehead(['fix', '--undo'])).toMatchObject({ status: 1, stdout: expect.stringContaining('pushed') })
  })
})

describe('in the middle of something', () => {
  it('of a merge: mine is still what main does not have', () => {
    const ada = fork()
    ada.git('fetch', '--quiet')
    ada.git('merge', '--quiet', '--no-commit', '--no-ff', 'origin/main')
    expect(ada.onehead(['rebase']).status).toBe(0)
    expect(parentOf(ada, pathOf(addDueDate))).toBe(`'${refund}'`)
  })

  it('of a merge the other way round, on main', () => {
    const ada = fork()
    ada.git('switch', '--quiet', 'main')
    ada.git('pull', '--quiet', '--ff-only')
    ada.git('merge', '--quiet', '--no-commit', '--no-ff', 'due-dates')
    expect(ada.onehead(['rebase']).status).toBe(0)
    expect(parentOf(ada, pathOf(addDueDate))).toBe(`'${refund}'`)
    expect(parentOf(ada, pathOf(addRefund))).toBe(`'${invoice}'`)
  })

  it('of a rebase that stopped: git goes on with what is staged', () => {
    const ada = fork({
      mine: { ...addDueDate, 'README.md': 'ours\n' },
      theirs: { ...addRefund, 'README.md': 'theirs\n' },
    })
    ada.git('fetch', '--quiet')
    expect(ada.try(['rebase', 'origin/main']).status).not.toBe(0)
    ada.write({ 'README.md': 'both\n' })
    ada.git('add', 'README.md')
    const { status, stdout } = ada.onehead(['rebase'])
    expect(status, stdout).toBe(0)
    expect(parentOf(ada, pathOf(addDueDate))).toBe(`'${refund}'`)
    expect(stdout.trimEnd().split('\n').at(-1)).toContain('git rebase --continue')
    ada.git('add', '--all')
    ada.git('-c', 'core.editor=true', 'rebase', '--continue')
    expect(headsOf(ada)).toEqual([dueDate])
  })

  it('of a cherry-pick', () => {
    const ada = fork({
      mine: { ...addDueDate, 'README.md': 'ours\n' },
      theirs: { ...addRefund, 'README.md': 'theirs\n' },
    })
    ada.git('fetch', '--quiet')
    ada.git('switch', '--quiet', '--create', 'picked', 'origin/main')
    expect(ada.try(['cherry-pick', 'due-dates']).status).not.toBe(0)
    ada.write({ 'README.md': 'both\n' })
    ada.git('add', 'README.md')
    expect(ada.onehead(['rebase']).stdout.trimEnd().split('\n').at(-1)).toContain('git cherry-pick --continue')
    expect(parentOf(ada, pathOf(addDueDate))).toBe(`'${refund}'`)
  })

  it('of a merge while main has gone on: it is to be concluded first', () => {
    const ada = fork()
    ada.git('branch', 'other', 'main')
    ada.git('switch', '--quiet', 'other')
    ada.commit('Notes', { 'notes.md': 'notes\n' })
    ada.git('switch', '--quiet', 'due-dates')
    ada.git('merge', '--quiet', '--no-commit', '--no-ff', 'other')
    const { status, stdout } = ada.onehead(['fix'])
    expect(status).toBe(1)
    expect(stdout).toContain('refused[in-progress]')
  })
})

describe('refused before the first write, each with its own sentence', () => {
  const untouched = (ada: GitRepository, args: readonly string[] = ['fix']) => {
    const before = [ada.git('status', '--porcelain'), ada.id('HEAD')]
    const { status, stdout } = ada.onehead(args)
    expect(status, stdout).toBe(1)
    expect([ada.git('status', '--porcelain'), ada.id('HEAD')]).toEqual(before)
    return stdout
  }

  it('a script that may not be written, in a dry run too', () => {
    const ada = fork()
    ada.git('pull', '--quiet', '--no-rebase', '--no-edit', 'origin', 'main')
    chmodSync(join(ada.root, pathOf(addDueDate)), 0o444)
    for (const args of [['fix', '--dry-run'], ['fix']]) {
      const said = untouched(ada, args)
      expect(said).toContain(`refused[read-only]: ${pathOf(addDueDate)} is read-only`)
      expect(said).toContain(`chmod u+w ${pathOf(addDueDate)}`)
    }
  })

  it('a conflict that only people can settle', () => {
    const ada = fork({
      mine: { ...addDueDate, 'README.md': 'ours\n' },
      theirs: { ...addRefund, 'README.md': 'theirs\n' },
    })
    expect(untouched(ada)).toContain('refused[conflict]: merging origin/main conflicts in README.md')
  })

  it('a file of mine that is not committed and that main changes too', () => {
    const ada = fork({ theirs: { ...addRefund, 'billing/tool.py': 'theirs = 1\n' } })
    ada.write({ 'billing/tool.py': 'mine = 1\n' })
    expect(untouched(ada)).toContain('refused[uncommitted]')
  })

  it('something staged', () => {
    const ada = fork()
    ada.write({ 'billing/other.py': 'mine = 1\n' })
    ada.git('add', '--all')
    expect(untouched(ada)).toContain('refused[staged]')
  })

  it('both sides create the same column: both lines, and the way out', () => {
    const column = "op.add_column('invoice', sa.Column('total', sa.Integer()))"
    const ada = fork({
      mine: revisionThat(dueDate, invoice, 'add due date', column),
      theirs: revisionThat(refund, invoice, 'add refund table', column),
    })
    const said = untouched(ada)
    expect(said).toContain('refused[overlap]')
    expect(said).toContain('invoice.total')
    expect(said).toContain(pathOf(addDueDate))
    expect(ada.onehead(['fix', '--allow-overlap']).status).toBe(0)
  })

  it('conflict markers in a script', () => {
    const ada = fork()
    ada.write({
      [`${versions}/${dueDate}_add_due_date.py`]: `<<<<<<< HEAD\n${script(dueDate, invoice)}=======\n>>>>>>> x\n`,
    })
    expect(untouched(ada, ['fix', '--offline'])).toContain('conflict markers')
  })

  it('told to rebase what is published', () => {
    world = pushWorld({ ...begin, ...addDueDate, ...addRefund })
    expect(untouched(world.ada, ['rebase'])).toContain('refused[published]')
  })
})

describe('a merge revision, where a fact speaks against moving', () => {
  it('both heads are published', () => {
    world = pushWorld({ ...begin, ...addDueDate, ...addRefund })
    const { status, stdout } = world.ada.onehead(['fix'])
    expect(status, stdout).toBe(0)
    expect(headsOf(world.ada)).toHaveLength(1)
    expect(scripts(world.ada, versions)).toHaveLength(4)
    expect(stdout).toContain('published')
  })

  it('mine is on a branch where somebody else works too', () => {
    const ada = fork()
    ada.git('push', '--quiet', '--no-verify', 'origin', 'due-dates')
    elsewhere(world, 'due-dates', { 'billing/due.py': 'days = 30\n' }, 'Use due dates')
    const mail = world.world.env.GIT_AUTHOR_EMAIL
    ada.git('fetch', '--quiet')
    ada.git('merge', '--quiet', '--ff-only', 'origin/due-dates')
    ada.git('config', 'user.email', 'ada.lovelace@example.org')
    const { stdout } = ada.onehead(['fix'], { env: { GIT_AUTHOR_EMAIL: 'ada.lovelace@example.org' } })
    expect(stdout, mail).toContain('origin/due-dates')
    expect(headsOf(ada)).toHaveLength(1)
    expect(parentOf(ada, pathOf(addDueDate))).toBe(`'${invoice}'`)
  })

  it('mine went out in a release', () => {
    const ada = fork()
    ada.git('tag', 'v1.0')
    const { stdout } = ada.onehead(['fix'])
    expect(stdout).toContain('tag v1.0')
    expect(parentOf(ada, pathOf(addDueDate))).toBe(`'${invoice}'`)
    expect(headsOf(ada)).toHaveLength(1)
  })

  it('the policy of the project says so', () => {
    const ada = fork({ mine: { ...addDueDate, 'onehead.json': '{"policy": "merge"}\n' } })
    const { stdout } = ada.onehead(['fix'])
    expect(stdout).toContain('policy')
    expect(headsOf(ada)).toHaveLength(1)
    expect(parentOf(ada, pathOf(addDueDate))).toBe(`'${invoice}'`)
  })

  it('nobody knows a target', () => {
    world = pushWorld()
    const alone = world.world.repository('alone')
    alone.commit('Begin', { ...begin, ...addDueDate, ...addRefund })
    const { stdout } = alone.onehead(['fix'])
    expect(stdout).toContain('no target branch is known')
    expect(headsOf(alone)).toHaveLength(1)
  })
})

describe('two people merged the same heads', () => {
  it('my merge revision goes, and what I built on it stands on theirs', () => {
    world = pushWorld({ ...begin, ...addDueDate, ...addRefund })
    const { ada } = world
    ada.git('switch', '--quiet', '--create', 'join')
    ada.commit('Join', {
      ...revision('aaaa0000aaaa', [dueDate, refund], 'merge ours'),
      ...revision('cccc0000cccc', 'aaaa0000aaaa', 'add plan'),
    })
    elsewhere(world, 'main', revision('bbbb0000bbbb', [dueDate, refund], 'merge theirs'))
    const { status, stdout } = ada.onehead(['fix'])
    expect(status, stdout).toBe(0)
    expect(headsOf(ada)).toEqual(['cccc0000cccc'])
    expect(parentOf(ada, `${versions}/cccc0000cccc_add_plan.py`)).toBe("'bbbb0000bbbb'")
    expect(scripts(ada, versions)).not.toContain('aaaa0000aaaa_merge_ours.py')
    expect(stdout).toContain('alembic stamp --purge bbbb0000bbbb')
  })
})

describe('what else is mended', () => {
  it('an id that both sides gave out: mine gets another one, file name and child too', () => {
    const ada = fork({
      mine: { ...revision(refund, invoice, 'add plan'), ...revision(dueDate, refund, 'add due date') },
    })
    const { status, stdout } = ada.onehead(['fix'])
    expect(status, stdout).toBe(0)
    expect(headsOf(ada)).toEqual([dueDate])
    expect(scripts(ada, versions).filter((name) => name.endsWith('_add_plan.py'))).toHaveLength(1)
    expect(scripts(ada, versions)).not.toContain(`${refund}_add_plan.py`)
    expect(ada.onehead(['check']).status).toBe(0)
  })

  it('a published script that I deleted comes back as it was', () => {
    world = pushWorld({ ...begin, ...addDueDate })
    const { ada } = world
    const path = pathOf(addDueDate)
    const before = readFileSync(join(ada.root, path), 'utf8')
    ada.write({ [path]: null })
    const { status, stdout } = ada.onehead(['fix'])
    expect(status, stdout).toBe(0)
    expect(readFileSync(join(ada.root, path), 'utf8')).toBe(before)
  })

  it('every byte beside the parent stays: BOM, CRLF, quotes, comments, annotation', () => {
    const text = `\uFEFF${script(dueDate, invoice, 'add due date')}`
      .replace(`down_revision = '${invoice}'`, `down_revision: "str | None" = (  # why\n    "${invoice}"\n)`)
      .replaceAll('\n', '\r\n')
    const ada = fork({ mine: { [pathOf(addDueDate)]: text } })
    expect(ada.onehead(['fix']).status).toBe(0)
    expect(readFileSync(join(ada.root, pathOf(addDueDate)), 'utf8')).toBe(text.replaceAll(invoice, refund))
  })
})

describe('a monorepo', () => {
  it('repairs what is wrong and leaves the others alone; named, only those', () => {
    world = pushWorld({ ...begin, ...app('users'), 'users/migrations/versions/aa01_begin.py': script('aa01', null) })
    const { ada } = world
    ada.git('switch', '--quiet', '--create', 'both')
    ada.commit('Both', { ...addDueDate, 'users/migrations/versions/aa02_x.py': script('aa02', 'aa01') })
    elsewhere(world, 'main', { ...addRefund, 'users/migrations/versions/aa03_y.py': script('aa03', 'aa01') })
    const dry = ada.onehead(['fix', 'users', '--dry-run']).stdout
    expect(dry).toContain('aa02')
    expect(dry).not.toContain(dueDate)
    expect(ada.onehead(['fix']).status).toBe(0)
    const { environments } = JSON.parse(heads(ada))
    expect(environments.map((one: { heads: string[] }) => one.heads)).toEqual([[dueDate], ['aa02']])
  })

  it('as JSON, with the plan, the ways and what is left', () => {
    const ada = fork()
    const { stdout, status } = ada.onehead(['fix', '--format', 'json'])
    expect(status).toBe(0)
    const told = JSON.parse(stdout)
    expect(told).toMatchObject({ schemaVersion: 1, applied: true, refusals: [], diagnostics: [] })
    expect(told.plan.repairs[0]).toMatchObject({ decision: 'rebase', headsAfter: [dueDate] })
    expect(mergeOf(ada)).toContain(pathOf(addRefund))
  })
})

describe('killed between git and the files', () => {
  it('the next run goes on with the merge, and undo takes all of it back', () => {
    const ada = fork()
    const head = ada.id('HEAD')
    ada.git('fetch', '--quiet')
    // What a run leaves behind that dies when git has merged and nothing is written.
    ada.git('merge', '--quiet', '--no-ff', '--no-commit', 'origin/main')
    const note = { kind: 'merge', headBefore: head, target: ada.id('origin/main'), committed: null }
    ada.write({ '.git/onehead/bringing.json': JSON.stringify(note) })
    expect(ada.onehead(['fix']).status).toBe(0)
    expect(headsOf(ada)).toEqual([dueDate])
    expect(ada.onehead(['fix', '--undo']).status).toBe(0)
    expect([ada.git('status', '--porcelain'), ada.id('HEAD')]).toEqual(['', head])
    expect(ada.try(['rev-parse', '--verify', '--quiet', 'MERGE_HEAD']).status).not.toBe(0)
  })

  it.each(['goes on with the rebase', 'leaves it alone where somebody has gone on'])('the next run %s', (how) => {
    const ada = fork()
    ada.git('config', 'pull.rebase', 'true')
    const head = ada.id('HEAD')
    ada.git('fetch', '--quiet')
    const note = { kind: 'rebase', headBefore: head, target: ada.id('origin/main'), committed: null }
    ada.write({ '.git/onehead/bringing.json': JSON.stringify(note) })
    ada.git('rebase', '--quiet', 'origin/main')
    const goesOn = how.startsWith('goes on')
    if (!goesOn) ada.commit('More', { 'notes.txt': 'more' })
    const after = ada.id('HEAD')
    expect(ada.onehead(['fix']).status).toBe(0)
    expect(headsOf(ada)).toEqual([dueDate])
    expect(ada.onehead(['fix', '--undo']).status).toBe(0)
    expect([ada.git('status', '--porcelain'), ada.id('HEAD')]).toEqual(['', goesOn ? head : after])
  })
})
