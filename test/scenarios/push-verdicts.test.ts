import { afterEach, describe, expect, it } from 'vitest'
import { app, NOTHING, script } from '../support/git-world.js'
import {
  addDueDate,
  addRefund,
  begin,
  dueDate,
  elsewhere,
  forkedWorld,
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

describe('a second head', () => {
  it('that the merge will bring is stopped, with the fork, whose it is, and one command', () => {
    here = forkedWorld()
    const { status, moved, stdout, stderr, said } = push(here, ['origin', 'dates'])
    expect([status, moved, stdout]).toEqual([1, false, ''])
    expect(said).toContain('error[multiple-heads]: this branch will have 2 heads once merged into origin/main')
    expect(stderr).toMatch(new RegExp(`◆ {2}${dueDate} {2}add due date +head, yours`))
    expect(stderr).toMatch(new RegExp(`◆ {2}${refund} {2}add refund table +head, on origin/main`))
    expect(stderr).toMatch(/written \d+ \w+ ago by Ada: "Add refunds"/)
    expect(said).toContain(`decided: ${dueDate} is new with this push, and ${refund} is on origin/main`)
    expect(said).toContain(`+ down_revision = '${refund}'`)
    expect(said).toContain('run: `onehead fix billing --commit`')
    expect(stderr.split('\n').filter((line) => line.includes('--no-verify'))).toHaveLength(1)
    // The last line of ours is the way past it.
    expect(said.split('\n').at(-1)).toMatch(/ONEHEAD_SKIP='why' git push .* --no-verify/)
  })

  it('that the branch has already is worded apart, and a merge revision mends it', () => {
    here = pushWorld()
    here.ada.git('switch', '--quiet', '-c', 'dates')
    here.ada.commit('Add both', { ...addDueDate, ...addRefund })
    const stopped = push(here, ['origin', 'dates'])
    expect([stopped.status, stopped.moved]).toEqual([1, false])
    expect(stopped.said).toContain('error[multiple-heads]: this branch has 2 heads')
    expect(stopped.said).not.toContain('once merged')
    here.ada.commit('Merge them', revision('d15ea5e0c0de', [dueDate, refund], 'merge both'))
    expect(push(here, ['origin', 'dates'])).toMatchObject({ status: 0, moved: true })
  })

  it('on a branch that others build on is for the repair to join: no edit is promised that it would not make', () => {
    here = forkedWorld()
    here.ada.git('push', '--quiet', '--no-verify', 'origin', 'dates')
    elsewhere(here, 'dates', { 'notes.md': 'so far so good\n' }, 'Note it')
    here.ada.git('pull', '--quiet', '--no-rebase', 'origin', 'dates')
    here.ada.commit('Add taxes', revision('a11ce0a11ce0', dueDate, 'add taxes'))
    const { status, said } = push(here, ['origin', 'dates'])
    expect(status).toBe(1)
    expect(said).toContain('the command puts yours on top, or merges where others have built on it')
    expect(said).not.toMatch(/\+ down_revision|would skip/)
    const { output } = here.ada.onehead(['fix', 'billing', '--commit', '--offline'])
    expect(output).toMatch(/because .* is on origin\/dates, where Grace works too|merge/)
    expect(push(here, ['origin', 'dates'])).toMatchObject({ status: 0, moved: true })
  })

  it('is gone when the shown edit is made on top of the rebase', () => {
    here = forkedWorld()
    here.ada.git('rebase', '--quiet', 'origin/main')
    here.ada.commit('Put it on top', { ...revision(dueDate, refund, 'add due date') })
    const { status, moved, said } = push(here, ['origin', 'dates'])
    expect([status, moved, said]).toEqual([0, true, ''])
  })

  it('that stands on the target already stops nobody, and is said', () => {
    here = pushWorld({ ...begin, ...addDueDate, ...addRefund })
    here.ada.git('switch', '--quiet', '-c', 'more')
    here.ada.commit('Add a column', revision('a0a0a0a0a0a0', dueDate, 'add column'))
    const { status, moved, said } = push(here, ['origin', 'more'])
    expect([status, moved]).toEqual([0, true])
    expect(said).toContain('warning[multiple-heads]')
    expect(said).toContain('origin/main has as many already')
    expect(said.length).toBeLessThan(200)
  })

  it('that only the target has moved stops nobody: what is pushed was pushed before', () => {
    here = pushWorld()
    here.ada.git('switch', '--quiet', '-c', 'dates')
    here.ada.commit('Add due dates', addDueDate)
    expect(push(here, ['origin', 'dates'])).toMatchObject({ status: 0, moved: true })
    elsewhere(here, 'main', addRefund)
    here.ada.git('fetch', '--quiet')
    here.ada.write({
      [`${versions}/${dueDate}_add_due_date.py`]: `${script(dueDate, invoice, 'add due date')}# seen\n`,
    })
    here.ada.commit('Explain')
    const { status, moved, said } = push(here, ['origin', 'dates'])
    expect([status, moved]).toEqual([0, true])
    expect(said).toContain('none of them is new with this push')
  })

  it('is allowed where onehead.json of the pushed commit expects it', () => {
    here = forkedWorld()
    const settings = JSON.stringify({ environments: { billing: { expectedHeads: 2 } } })
    here.ada.commit('Expect two', { 'onehead.json': settings })
    expect(push(here, ['origin', 'dates'])).toMatchObject({
      status: 0,
      moved: true,
      said: '',
    })
  })

  it('in another app stops nobody who has not touched it', () => {
    here = pushWorld({
      ...begin,
      ...app('users'),
      'users/migrations/versions/aa.py': script('aaaa', null),
      ...addDueDate,
      ...addRefund,
    })
    here.ada.git('switch', '--quiet', '-c', 'users')
    here.ada.commit('Add a user column', { 'users/migrations/versions/bb.py': script('bbbb', 'aaaa') })
    const { status, moved, said } = push(here, ['origin', 'users'])
    expect([status, moved, said]).toEqual([0, true, ''])
  })

  it('is found where both sides wrote a file of the same name', () => {
    here = pushWorld()
    const path = `${versions}/0002_next.py`
    here.ada.git('switch', '--quiet', '-c', 'dates')
    here.ada.commit('Add due dates', { [path]: script(dueDate, invoice, 'add due date') })
    elsewhere(here, 'main', { [path]: script(refund, invoice, 'add refund table') })
    here.ada.git('fetch', '--quiet')
    const { status, said } = push(here, ['origin', 'dates'])
    expect(status).toBe(1)
    expect(said).toContain('this branch will have 2 heads once merged into origin/main')
    expect(said).toContain(`help: rename ${path}: both sides have one`)
  })

  it('is none where both sides only wrote a comment into the same script', () => {
    here = pushWorld()
    const [path, text] = Object.entries(begin).find(([name]) => name.includes(invoice))!
    here.ada.git('switch', '--quiet', '-c', 'dates')
    here.ada.commit('Due dates', { ...addDueDate, [path]: `${text}# mine\n` })
    elsewhere(here, 'main', { [path]: `${text}# theirs\n` })
    here.ada.git('fetch', '--quiet')
    expect(push(here, ['origin', 'dates'])).toMatchObject({ status: 0, moved: true, said: '' })
  })
})

describe('what is published', () => {
  const file = `${versions}/${dueDate}_add_due_date.py`
  const published = () => {
    here = pushWorld({ ...begin, ...addDueDate })
    here.ada.git('switch', '--quiet', '-c', 'change')
  }
  const original = script(dueDate, invoice, 'add due date')

  it.each([
    ['a deleted script', { [file]: null }, 'deleted-published-revision', `published revision ${dueDate} is gone`],
    [
      'another id',
      { [file]: original.replaceAll(dueDate, 'c0ffee12ab34') },
      'deleted-published-revision',
      'this file declares "c0ffee12ab34" now',
    ],
    [
      'other operations',
      { [file]: original.replace(NOTHING, "op.drop_table('invoice')") },
      'rewritten-published-revision',
      `published revision ${dueDate} was changed`,
    ],
    [
      'another parent',
      {
        [file]: script(dueDate, refund, 'add due date'),
        [`${versions}/${refund}.py`]: script(refund, invoice),
      },
      'rewritten-published-revision',
      `will never run ${refund}`,
    ],
  ])('is not taken away: %s', (name, files, rule, words) => {
    published()
    here.ada.commit('Change', files)
    const { status, moved, said } = push(here, ['origin', 'change'])
    expect([status, moved]).toEqual([1, false])
    expect(said).toContain(`error[${rule}]`)
    expect(said).toContain(words)
    // A script under another id is not thrown away.
    if (name !== 'another id') expect(said).toContain(`run: \`git checkout origin/main -- ${file}\``)
  })

  it.each([
    ['its file renamed', { [file]: null, [`${versions}/due.py`]: original }],
    ['formatted and explained', { [file]: `# The due date.\n${original.replace("'8b1f2c7d90aa'", '"8b1f2c7d90aa"')}` }],
    ['annotated', { [file]: original.replace('def upgrade()', 'def upgrade() -> None') }],
    [
      'replaced on purpose',
      { [file]: null, 'onehead.json': JSON.stringify({ environments: { billing: { replacedRevisions: [dueDate] } } }) },
    ],
  ])('may be %s', (_, files) => {
    published()
    here.ada.commit('Change', files)
    const { status, moved, said } = push(here, ['origin', 'change'])
    expect([status, moved, said]).toEqual([0, true, ''])
  })

  it('is not missed where the branch is only behind', () => {
    published()
    elsewhere(here, 'main', revision(refund, dueDate, 'add refund table'))
    here.ada.git('fetch', '--quiet')
    here.ada.commit('Add a page', { 'billing/app.py': 'revision = None\n' })
    expect(push(here, ['origin', 'change'])).toMatchObject({ status: 0, moved: true })
  })
})

describe('a push that cannot be read elsewhere', () => {
  const start = () => {
    here = pushWorld()
    here.ada.git('switch', '--quiet', '-c', 'dates')
  }

  it('because nobody declares a parent', () => {
    start()
    here.ada.commit('Add due dates', revision(dueDate, 'dead0beef000', 'add due date'))
    const { status, moved, said } = push(here, ['origin', 'dates'])
    expect([status, moved]).toEqual([1, false])
    expect(said).toContain('error[missing-down-revision]: no script declares revision "dead0beef000"')
    expect(said).toContain('decided: origin/main does not have this')
  })

  it('because the parent was never committed', () => {
    start()
    here.ada.commit('Add due dates', revision(dueDate, refund, 'add due date'))
    here.ada.write(addRefund)
    const { status, moved, said } = push(here, ['origin', 'dates'])
    expect([status, moved]).toEqual([1, false])
    expect(said).toContain(`error[uncommitted-revision]: the script of revision "${refund}" is not in this push`)
    expect(said).toContain(`${versions}/${refund}_add_refund_table.py declares it in the working tree`)
    expect(said).not.toContain('missing-down-revision]')
  })

  it('because an id is declared twice, a script is no Python, or the history goes round', () => {
    start()
    const twice = { [`${versions}/again.py`]: script(invoice, null) }
    const round = { ...revision(dueDate, refund), ...revision(refund, dueDate) }
    const broken = { [`${versions}/${dueDate}.py`]: `<<<<<<< HEAD\n${script(dueDate, invoice)}` }
    for (const [name, files, rule] of [
      ['twice', twice, 'duplicate-revision'],
      ['round', round, 'revision-cycle'],
      ['broken', broken, 'unreadable-script'],
    ] as const) {
      here.ada.git('switch', '--quiet', '-c', name, 'main')
      here.ada.commit(name, files)
      const { status, moved, said } = push(here, ['origin', name])
      expect([name, status, moved]).toEqual([name, 1, false])
      expect(said).toContain(`error[${rule}]`)
    }
  })

  it('is not stopped for what only the merge mends: a parent that is on the target', () => {
    start()
    elsewhere(here, 'main', addRefund)
    here.ada.git('fetch', '--quiet')
    here.ada.commit('Add due dates', revision(dueDate, refund, 'add due date'))
    const { status, moved, said } = push(here, ['origin', 'dates'])
    expect([status, moved]).toEqual([0, true])
    expect(said).toContain('it is mended once merged into origin/main')
  })

  it('has no opinion about style', () => {
    start()
    const odd = {
      [`${versions}/x.py`]: `"""wip\n\nRevises: nothing\n"""\nrevision = '${dueDate}'\ndown_revision = '${invoice}'\n`,
    }
    here.ada.commit('Add', odd)
    const { status, moved, said } = push(here, ['origin', 'dates'])
    expect([status, moved, said]).toEqual([0, true, ''])
  })
})

describe('for an agent', () => {
  it('everything is JSON, without the way past it', () => {
    here = forkedWorld()
    const zero = '0'.repeat(40)
    const input = `refs/heads/dates ${here.ada.id('dates')} refs/heads/dates ${zero}\n`
    const { status, stdout, stderr } = here.ada.onehead(['hook', 'pre-push', 'origin', 'x', '--format', 'json'], {
      input,
    })
    expect([status, stderr]).toEqual([1, ''])
    const { schemaVersion, push: told } = JSON.parse(stdout)
    expect(schemaVersion).toBe(1)
    expect(told).toMatchObject({
      blocked: true,
      remote: 'origin',
      branches: [
        {
          branch: 'dates',
          target: { name: 'origin/main', why: 'remote-default' },
          method: 'merge-tree',
          newRevisions: 1,
          findings: [
            {
              verdict: 'merge',
              blocks: true,
              others: [{ revision: refund, author: 'Ada', subject: 'Add refunds' }],
              diagnostic: { rule: 'multiple-heads', fix: { command: 'onehead fix billing --commit' } },
            },
          ],
        },
      ],
    })
    expect(stdout).not.toMatch(/SKIP|no-verify/)
    const quiet = here.ada.onehead(['hook', 'pre-push', 'origin', 'x', '--format=json'], { input: '' })
    expect(JSON.parse(quiet.stdout)).toMatchObject({ push: { blocked: false, branches: [] } })
  })
})
