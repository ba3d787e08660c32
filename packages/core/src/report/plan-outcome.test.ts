import { describe, expect, it } from 'vitest'
import { merge, outcome, plan, rebase, rebaseChange, refusal, repair, steps } from '../../../../test/support/plans.js'
import { diagnostic } from '../../../../test/support/reports.js'
import { formatRepairOutcome } from './plan-outcome.js'
import { formatUndo } from './plan-undo.js'
import type { RepairOutcome, UndoReport } from './repair-report.js'

const end = (given: Parameters<typeof plan>[0], more: Partial<RepairOutcome> = {}) =>
  `\n${formatRepairOutcome(plan(given), outcome(more), { apply: 'onehead fix billing', program: 'npx onehead' })}`

const refused = repair({
  decision: 'refuse',
  environment: { ...repair().environment, name: 'users' },
  refusals: [refusal('published', 'it is published', { command: 'onehead merge users' })],
})

describe('what became of a plan', () => {
  it('nothing yet: the last line applies it', () => {
    expect(end({ repairs: [rebase()], changes: [rebaseChange] })).toMatchInlineSnapshot(`
      "
      • nothing is written yet: 1 file would change
        next: \`npx onehead fix billing\` applies it
      "
    `)
    expect(end({ repairs: [rebase(), refused], changes: [rebaseChange] })).toMatchInlineSnapshot(`
      "
      • nothing is written yet: 1 file would change
        1 part refused in users: see above
        next: \`npx onehead fix billing\` applies it
      "
    `)
  })

  it('applied: the heads there are, the way back, and the next command', () => {
    const given = { repairs: [rebase()], changes: [rebaseChange] }
    expect(end(given, { applied: true, next: 'git commit -a' })).toMatchInlineSnapshot(`
      "
      ✔ one head: 8b1f2c7d90aa in billing
        to take it back: \`npx onehead fix --undo\`
        next: \`git commit -a\`
      "
    `)
    expect(
      end(given, { applied: true, commit: 'a'.repeat(40), push: 'passes', next: 'git push' }),
    ).toMatchInlineSnapshot(`
      "
      ✔ one head: 8b1f2c7d90aa in billing
        committed as aaaaaaaaaaaa; your push will pass
        to take it back: \`npx onehead fix --undo\`
        next: \`git push\`
      "
    `)
  })

  it('applied, and something is left', () => {
    const left = [diagnostic({ rule: 'second-base', message: 'this history has 2 bases' })]
    const given = { repairs: [rebase(), refused], changes: [rebaseChange] }
    expect(end(given, { applied: true, left, commit: 'a'.repeat(40), push: 'stopped' })).toMatchInlineSnapshot(`
      "
      ▲ one head: 8b1f2c7d90aa in billing
        committed as aaaaaaaaaaaa; your push would be stopped all the same
        still error[second-base]: services/billing: this history has 2 bases
        1 part refused in users: see above
        to take it back: \`npx onehead fix --undo\`
        next: \`npx onehead check\`
      "
    `)
  })

  it('applied, and the gate would stop it all the same', () => {
    const stopped = end({ repairs: [rebase()], changes: [rebaseChange] }, { applied: true, push: 'stopped' })
    expect(stopped).toContain('▲ one head: 8b1f2c7d90aa in billing')
  })

  it('applied in many environments: a line for all', () => {
    const repairs = Array.from({ length: 12 }, (_, index) =>
      merge({ environment: { ...repair().environment, name: `app${index}` } }),
    )
    expect(end({ repairs, changes: [rebaseChange] }, { applied: true })).toMatchInlineSnapshot(`
      "
      ✔ one head each in 12 environments
        to take it back: \`npx onehead fix --undo\`
      "
    `)
  })

  it('nothing to do', () => {
    expect(end({ repairs: [repair()] })).toMatchInlineSnapshot(`
      "
      ✔ nothing to repair in billing, one head: f04d6e2b713c
      "
    `)
    expect(end({ repairs: [repair(), repair()] })).toMatchInlineSnapshot(`
      "
      ✔ nothing to repair in 2 environments
      "
    `)
  })

  it('refused', () => {
    expect(end({ repairs: [refused] })).toMatchInlineSnapshot(`
      "
      ✖ nothing was written: 1 refusal
        next: \`npx onehead merge users\`
      "
    `)
    expect(end({ refusals: [refusal('no-git', 'there is no git here')] })).toMatchInlineSnapshot(`
      "
      ✖ nothing was written: 1 refusal
      "
    `)
  })
})

describe('what was taken back', () => {
  const undo = (more: Partial<UndoReport>) =>
    `\n${formatUndo({
      command: 'onehead fix billing',
      applied: true,
      changes: [{ path: rebaseChange.path, before: rebaseChange.after, after: rebaseChange.before }],
      git: null,
      databases: [],
      refusals: [],
      ...more,
    })}`

  it('files, and what a database has to be told that was upgraded since', () => {
    const databases = [{ environment: repair().environment, at: '8b1f2c7d90aa', steps: steps('stamp f04d6e2b713c') }]
    expect(undo({ databases, git: 'uncommit' })).toMatchInlineSnapshot(`
      "
         ╭▸ billing/migrations/versions/8b1f2c7d90aa_add_invoice_due_date.py:4
       4 │ - Revises: f04d6e2b713c
       4 │ + Revises: 3c9e51a7b204
         ┆
      15 │ - down_revision: Union[str, Sequence[str], None] = 'f04d6e2b713c'
      15 │ + down_revision: Union[str, Sequence[str], None] = '3c9e51a7b204'

      git: the commit of the repair goes; what else is in the tree stays

      database: billing: one that was upgraded to 8b1f2c7d90aa since has to be told what it has run:
          cd billing && alembic stamp f04d6e2b713c

      ✔ 1 file as before \`onehead fix billing\`
        next: \`onehead check\`
      "
    `)
  })

  it('nothing yet, nothing at all, or nothing because it was refused', () => {
    expect(undo({ applied: false })).toContain('  next: `onehead fix --undo` does it\n')
    expect(undo({ applied: false, command: null, changes: [] })).toBe('\n• there is no repair to take back\n')
    const refusals = [refusal('changed-since', 'v/b.py has changed since the repair', { path: 'v/b.py' })]
    expect(undo({ applied: false, changes: [], refusals })).toMatchInlineSnapshot(`
      "
      refused[changed-since]: v/b.py has changed since the repair
         ╭▸ v/b.py

      ✖ nothing was taken back: 1 refusal
      "
    `)
  })
})
