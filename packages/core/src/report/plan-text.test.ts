import { describe, expect, it } from 'vitest'
import {
  change,
  merge,
  mergeChange,
  plan,
  rebase,
  rebaseChange,
  refusal,
  repair,
  script,
  steps,
} from '../../../../test/support/plans.js'
import { bytes } from '../../../../test/support/rule-examples.js'
import type { Reason } from '../plan/plan.js'
import { formatRepairPlan, type PlanTextOptions } from './plan-text.js'
import { sayReason } from './plan-words.js'

const show = (given: Parameters<typeof plan>[0], options: Partial<PlanTextOptions> = {}) =>
  `\n${formatRepairPlan(plan(given), { isProposal: true, ...options })}`

describe('a plan, before anything is written', () => {
  it('re-parents: why, the history before and after, the edits, and the way for a database', () => {
    expect(show({ repairs: [rebase()], changes: [rebaseChange] })).toMatchInlineSnapshot(`
      "
      billing: re-parent 8b1f2c7d90aa (add invoice due date) onto f04d6e2b713c (add refund table)
         ├ because nothing of it is published: origin/main does not have 8b1f2c7d90aa
         │
         │   before                                          after
         │   ◆  8b1f2c7d90aa  add invoice due da…   yours    ◆  8b1f2c7d90aa  add invoice due da…   moved
         │   │ ◆  f04d6e2b713c  add refund table             ○  f04d6e2b713c  add refund table
         │   ├─╯                                             ○  3c9e51a7b204  create invoice table
         │   ○  3c9e51a7b204  create invoice table
         │
         ╭▸ billing/migrations/versions/8b1f2c7d90aa_add_invoice_due_date.py:4
       4 │ - Revises: 3c9e51a7b204
       4 │ + Revises: f04d6e2b713c
         ┆
      15 │ - down_revision: Union[str, Sequence[str], None] = '3c9e51a7b204'
      15 │ + down_revision: Union[str, Sequence[str], None] = 'f04d6e2b713c'
         ├ database: one that has run 8b1f2c7d90aa (add invoice due date) would skip f04d6e2b713c (add
         │           refund table) for ever; both sides touch different things
         │   catch up, keeping all data:
         │     cd billing && alembic stamp 3c9e51a7b204 && alembic upgrade f04d6e2b713c && alembic stamp 8b1f2c7d90aa
         ╰ one head: 8b1f2c7d90aa

      "
    `)
  })

  it('merges: the new script by its beginning', () => {
    expect(show({ repairs: [merge()], changes: [mergeChange] })).toMatchInlineSnapshot(`
      "
      billing: merge 8b1f2c7d90aa (add invoice due date) and f04d6e2b713c (add refund table) in
        5d21c0de77ab
         ├ because 8b1f2c7d90aa is published in origin/main
         │
         │   before                                   after
         │   ◆  8b1f2c7d90aa  add invoice due date    ◆  5d21c0de77ab  merge due dates and …   new
         │   │ ◆  f04d6e2b713c  add refund table      ├─╮
         │   ├─╯                                      ○ │  8b1f2c7d90aa  add invoice due date
         │   ○  3c9e51a7b204  create invoice table    │ ○  f04d6e2b713c  add refund table
         │                                            ├─╯
         │                                            ○  3c9e51a7b204  create invoice table
         │
         ╭▸ billing/migrations/versions/5d21c0de77ab_merge_due_dates_and_refunds.py  new
       1 │ + """merge due dates and refunds
       2 │ +
       3 │ + Revision ID: 5d21c0de77ab
       4 │ + Revises: 8b1f2c7d90aa, f04d6e2b713c
       5 │ + Create Date: 2026-03-02 09:12:44.120381
       6 │ +
         │ + … 11 more lines
         ╰ one head: 5d21c0de77ab

      "
    `)
  })

  it('in a narrow terminal without Unicode', () => {
    expect(
      show({ repairs: [rebase()], changes: [rebaseChange] }, { width: 60, unicode: false }),
    ).toMatchInlineSnapshot(`
      "
      billing: re-parent 8b1f2c7d90aa (add invoice due date) onto
        f04d6e2b713c (add refund table)
         = because nothing of it is published: origin/main does
         |         not have 8b1f2c7d90aa
         |
         |   before
         |   *  8b1f2c7d90aa  add invoice due date   yours
         |   | *  f04d6e2b713c  add refund table
         |   +-'
         |   o  3c9e51a7b204  create invoice table
         |
         |   after
         |   *  8b1f2c7d90aa  add invoice due date   moved
         |   o  f04d6e2b713c  add refund table
         |   o  3c9e51a7b204  create invoice table
         |
         --> billing/migrations/versions/8b1f2c7d90aa_add_invoice_due_date.py:4
       4 | - Revises: 3c9e51a7b204
       4 | + Revises: f04d6e2b713c
         :
      15 | - ...e[str], None] = '3c9e51a7b204'
      15 | + ...e[str], None] = 'f04d6e2b713c'
         = database: one that has run 8b1f2c7d90aa (add invoice
         |           due date) would skip f04d6e2b713c (add refund
         |           table) for ever; both sides touch different
         |           things
         |   catch up, keeping all data:
         |     cd billing && alembic stamp 3c9e51a7b204 && alembic upgrade f04d6e2b713c && alembic stamp 8b1f2c7d90aa
         = one head: 8b1f2c7d90aa

      "
    `)
  })

  it('brings the target in first, and says what is stale', () => {
    const git = { kind: 'merge', target: 'origin/main', commit: 'a'.repeat(40), behind: 3 } as const
    const notices = ['origin/main could not be fetched; it is judged as it was 2 days ago']
    expect(show({ git, notices })).toMatchInlineSnapshot(`
      "
      warning: origin/main could not be fetched; it is judged as it was 2 days ago

      git: first merges origin/main into this branch (3 commits that are not here); what follows is judged
        with it

      "
    `)
    expect(show({ git: { ...git, kind: 'rebase', behind: 1 } }, { isProposal: false })).toMatchInlineSnapshot(`
      "
      git: first rebases this branch onto origin/main (1 commit that is not here)

      "
    `)
  })

  it('refuses, each in a sentence of its own, with where and what to run', () => {
    const refused = repair({
      decision: 'refuse',
      refusals: [
        refusal('published', '8b1f2c7d90aa is published in origin/main', {
          help: 'join both lines with a merge revision',
          command: 'onehead merge billing',
        }),
        refusal('conflict-markers', 'v/a.py still has conflict markers', {
          path: 'v/a.py',
          help: 'take the markers out',
        }),
      ],
    })
    const whole = refusal('rebase-in-progress', 'a rebase stopped half-way', { command: 'git rebase --continue' })
    expect(show({ repairs: [refused], refusals: [whole] })).toMatchInlineSnapshot(`
      "
      refused[rebase-in-progress]: a rebase stopped half-way
         ╰ run: \`git rebase --continue\`

      refused[published]: billing: 8b1f2c7d90aa is published in origin/main
         ├ help: join both lines with a merge revision
         ╰ run: \`onehead merge billing\`

      refused[conflict-markers]: billing: v/a.py still has conflict markers
         ╭▸ v/a.py
         ╰ help: take the markers out

      "
    `)
  })

  it('mends what else is wrong, and names what is renamed and what goes', () => {
    const mended = repair({
      decision: 'drop-merge',
      headsAfter: ['5d21c0de77ab'],
      dropped: [{ revision: '77aa00112233', path: 'billing/migrations/versions/77aa.py', by: '5d21c0de77ab' }],
      reasons: [
        {
          kind: 'already-joined',
          revision: '77aa00112233',
          parents: ['8b1f2c7d90aa', 'f04d6e2b713c'],
          by: '5d21c0de77ab',
        },
      ],
      renamed: [
        {
          from: 'aaaa',
          to: 'bbbb',
          path: 'billing/migrations/versions/bbbb_dates.py',
          formerPath: 'billing/migrations/versions/aaaa_dates.py',
        },
      ],
      mended: [{ rule: 'stale-docstring', path: 'billing/migrations/versions/cccc.py', text: 'write `Revises: bbbb`' }],
    })
    const changes = [
      change('billing/migrations/versions/77aa.py', script('a, b'), null),
      change('billing/migrations/versions/aaaa_dates.py', script('aaaa'), null),
      change('billing/migrations/versions/bbbb_dates.py', null, script('bbbb')),
      change('CUSTOM.md', 'one\n', 'one\ntwo\n'),
    ]
    expect(show({ repairs: [mended], changes })).toMatchInlineSnapshot(`
      "
      billing: drop the merge revision 77aa00112233
         ├ because 5d21c0de77ab joins 8b1f2c7d90aa and f04d6e2b713c already, so that nobody needs
         │         77aa00112233
         ├ also: give the second aaaa the id bbbb
         ├ also: write \`Revises: bbbb\` (stale-docstring)
         ╭▸ billing/migrations/versions/aaaa_dates.py  deleted, 17 lines
         ╭▸ billing/migrations/versions/bbbb_dates.py:4  was billing/migrations/versions/77aa.py
       4 │ - Revises: a, b
       4 │ + Revises: bbbb
         ┆
      15 │ - down_revision: Union[str, Sequence[str], None] = 'a, b'
      15 │ + down_revision: Union[str, Sequence[str], None] = 'bbbb'
         ╰ one head: 5d21c0de77ab

         ╭▸ CUSTOM.md:2
       2 │ + two

      "
    `)
  })

  it('says nothing where nothing is to be done', () => {
    expect(formatRepairPlan(plan({ repairs: [repair()] }), { isProposal: true })).toBe('')
  })

  it('colours what goes and what comes, and shows nothing that a terminal would obey', () => {
    const environment = { ...rebase().environment, name: 'bill\u001b[2Jing' }
    const text = show({ repairs: [rebase({ environment })], changes: [rebaseChange] }, { color: true })
    expect(text).toContain('\u001b[31m- Revises: 3c9e51a7b204')
    expect(text).toContain('\u001b[32m+ Revises: f04d6e2b713c')
    expect(text).toContain('bill\\x1b[2Jing')
  })

  it('draws the first repairs in full, and of the others keeps everything that a database needs', () => {
    const repairs = Array.from({ length: 10 }, (_, index) =>
      rebase({ environment: { ...rebase().environment, name: `app${index}`, path: `app${index}/migrations` } }),
    )
    const text = show({ repairs })
    expect(text.match(/before {2}/g)).toHaveLength(8)
    expect(text.match(/alembic stamp 8b1f2c7d90aa/g)).toHaveLength(10)
  })
})

describe('the way for a database that ran what moves', () => {
  const [way] = rebase().ways
  const ways = (more: Partial<NonNullable<typeof way>>, isProposal = true) =>
    show({ repairs: [rebase({ reasons: [], ways: [{ ...way!, ...more }] })] }, { isProposal })
      .split('\n')
      .filter((line) => line.includes('alembic') || line.endsWith(':') || line.includes('certain'))
      .map((line) => line.replace(/^\W+/, ''))

  it('is both ways where data may be lost or not, the right one first', () => {
    expect(ways({ because: 'same-table' })).toMatchInlineSnapshot(`
      [
        "catch up, keeping all data:",
        "cd billing && alembic stamp 3c9e51a7b204 && alembic upgrade f04d6e2b713c && alembic stamp 8b1f2c7d90aa",
        "step back now, losing what the moved revisions stored:",
        "cd billing && alembic downgrade 3c9e51a7b204",
        "or afterwards:",
        "cd billing && alembic downgrade f04d6e2b713c && alembic stamp 3c9e51a7b204 && alembic upgrade head",
      ]
    `)
    expect(ways({ because: 'opaque', advised: 'step-back' })).toMatchInlineSnapshot(`
      [
        "step back now, losing what the moved revisions stored:",
        "cd billing && alembic downgrade 3c9e51a7b204",
        "or afterwards:",
        "cd billing && alembic downgrade f04d6e2b713c && alembic stamp 3c9e51a7b204 && alembic upgrade head",
        "or, where you know that both touch different things, catch up and keep all data:",
        "cd billing && alembic stamp 3c9e51a7b204 && alembic upgrade f04d6e2b713c && alembic stamp 8b1f2c7d90aa",
      ]
    `)
  })

  it('is one way where only that is right', () => {
    expect(ways({ because: 'overlap', advised: 'step-back' })).toMatchInlineSnapshot(`
      [
        "step back now, losing what the moved revisions stored:",
        "cd billing && alembic downgrade 3c9e51a7b204",
        "or afterwards:",
        "cd billing && alembic downgrade f04d6e2b713c && alembic stamp 3c9e51a7b204 && alembic upgrade head",
      ]
    `)
    expect(ways({ because: 'overlap', advised: 'step-back' }, false)).toMatchInlineSnapshot(`
      [
        "step back, losing what the moved revisions stored:",
        "cd billing && alembic downgrade f04d6e2b713c && alembic stamp 3c9e51a7b204 && alembic upgrade head",
      ]
    `)
  })

  it('is honest where there is none, and purges an id that is gone', () => {
    const none = {
      catchUp: null,
      stepBackBefore: [],
      stepBackAfter: [],
      advised: 'step-back',
      because: 'opaque',
    } as const
    expect(ways(none)).toMatchInlineSnapshot(`
      [
        "no row of commands is certain to put it right: make it anew, or restore a backup from before",
      ]
    `)
    expect(ways({ catchUp: steps('stamp --purge bbbb') })).toMatchInlineSnapshot(`
      [
        "catch up, keeping all data:",
        "cd billing && alembic stamp --purge bbbb",
      ]
    `)
  })

  it('names the end of the line in full, and counts what is too much inside it', () => {
    const inner = Array.from({ length: 8 }, (_, index) => ({ ...way!, at: `in${index}`, isLast: false }))
    const text = show({ repairs: [rebase({ ways: [...inner, way!] })] })
    expect(text).toContain('one that has run 8b1f2c7d90aa (add invoice due date) would skip')
    expect(text).toContain('one that stands at in7 would skip')
    expect(text).toContain('and 4 more places inside the line where one may stand')
  })
})

describe('files of every kind', () => {
  const rowsOf = (before: Uint8Array, after: Uint8Array) =>
    show({ repairs: [rebase({ ways: [] })], changes: [{ path: 'billing/migrations/versions/a.py', before, after }] })
      .split('\n')
      .filter((line) => /│ [-+] /.test(line))

  it('with CRLF and a byte order mark', () => {
    const text = (parent: string) => bytes(`\ufeffdown_revision = '${parent}'\r\nx = 1\r\n`)
    expect(rowsOf(text('a'), text('b'))).toEqual([" 1 │ - down_revision = 'a'", " 1 │ + down_revision = 'b'"])
  })

  it('in Latin-1', () => {
    const text = (parent: string) => Buffer.from(`# -*- coding: latin-1 -*-\n# é\ndown = '${parent}' # é\n`, 'latin1')
    expect(rowsOf(text('a'), text('b'))).toEqual([" 3 │ - down = 'a' # é", " 3 │ + down = 'b' # é"])
  })
})

it.each<[Reason, string]>([
  [{ kind: 'unpublished', revisions: ['a'], target: null }, 'nothing of it is published'],
  [{ kind: 'published', revision: 'a', where: 'tag v1.2' }, 'a is published in tag v1.2'],
  [
    { kind: 'no-target', revision: 'a' },
    'no target branch is known here, so that a, which is committed, counts as published',
  ],
  [
    { kind: 'shared', revision: 'a', branch: 'origin/dates', author: 'Grace' },
    'a is on origin/dates, where Grace works too',
  ],
  [{ kind: 'stamped', revision: 'a', database: 'staging' }, 'the database staging has run a'],
  [{ kind: 'policy', policy: 'merge' }, 'the policy of this workspace is `merge`'],
  [{ kind: 'several-published', heads: ['a', 'b', 'c'] }, 'a, b and c are all published, on lines of their own'],
  [
    { kind: 'labelled', revision: 'a', labels: ['users'] },
    'a begins the branch "users", whose name keeps its meaning that way',
  ],
  [{ kind: 'depended-on', revision: 'a', by: 'b' }, 'b depends on a, which therefore cannot come after it'],
  [{ kind: 'asked' }, 'you asked for it'],
])('the fact %j in words', (reason, words) => expect(sayReason(reason)).toBe(words))
