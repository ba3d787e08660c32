import { readFileSync } from 'node:fs'
import { type Schema, Validator } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import { refusal, repair } from '../../../../test/support/plans.js'
import { diagnostic } from '../../../../test/support/reports.js'
import type { MadeScript, NewRevisionReport } from './new-revision.js'
import { formatNewRevisionJson } from './new-revision-json.js'
import { formatNewRevision } from './new-revision-text.js'

const schema = JSON.parse(readFileSync(new URL('../../schema/report.schema.json', import.meta.url), 'utf8')) as Schema

const script: MadeScript = {
  revision: '8b1f2c7d90aa',
  parents: [{ revision: '3c9e51a7b204', message: 'create invoice table' }],
  path: 'billing/migrations/versions/8b1f2c7d90aa_add_due_date.py',
  bytes: new TextEncoder().encode('"""add due date"""\nrevision = "8b1f2c7d90aa"\n\n\ndef upgrade():\n    pass\n'),
  isGenerated: false,
}

function report(more: Partial<NewRevisionReport> = {}): NewRevisionReport {
  const { environment } = repair()
  return {
    ...{ environment, applied: true, script, noChanges: false, heads: ['8b1f2c7d90aa'] },
    ...{ notes: [], notices: [], refusals: [], left: [], ...more },
  }
}

const show = (more: Partial<NewRevisionReport> = {}) =>
  `\n${formatNewRevision(report(more), { apply: "onehead revision -m 'add due date'", program: 'npx onehead' })}`

describe('a new revision', () => {
  it('written', () => {
    expect(show()).toMatchInlineSnapshot(`
      "
      billing: 8b1f2c7d90aa, on top of 3c9e51a7b204 (create invoice table)
         ╭▸ billing/migrations/versions/8b1f2c7d90aa_add_due_date.py  new

      ✔ written; one head: 8b1f2c7d90aa in billing
        next: write what it does, then \`git add billing/migrations/versions/8b1f2c7d90aa_add_due_date.py\`
      "
    `)
  })

  it('proposed, as a whole', () => {
    expect(show({ applied: false })).toMatchInlineSnapshot(`
      "
      billing: 8b1f2c7d90aa, on top of 3c9e51a7b204 (create invoice table)
         ╭▸ billing/migrations/versions/8b1f2c7d90aa_add_due_date.py  new
       1 │ """add due date"""
       2 │ revision = "8b1f2c7d90aa"
       3 │
       4 │
       5 │ def upgrade():
       6 │     pass

      • nothing is written yet
        next: \`npx onehead revision -m 'add due date'\` writes it
      "
    `)
  })

  it('generated: what it does is shown, and what a check finds in it', () => {
    const notes = ['`alembic revision --autogenerate` wrote it']
    const left = [diagnostic({ rule: 'second-base', severity: 'warn', message: 'this history has 2 bases' })]
    expect(show({ script: { ...script, isGenerated: true }, notes, left })).toMatchInlineSnapshot(`
      "
      billing: 8b1f2c7d90aa, on top of 3c9e51a7b204 (create invoice table)
         ╭▸ billing/migrations/versions/8b1f2c7d90aa_add_due_date.py  new
       5 │ def upgrade():
       6 │     pass
         ├ note: \`alembic revision --autogenerate\` wrote it

      ✔ written; one head: 8b1f2c7d90aa in billing
        warning[second-base]: this history has 2 bases
        next: read it through, then \`git add billing/migrations/versions/8b1f2c7d90aa_add_due_date.py\`
      "
    `)
  })

  it('through Alembic, which is not run to show it', () => {
    const unknown = { ...script, path: null, bytes: null, parents: [] }
    expect(show({ applied: false, script: unknown, notes: ['Alembic writes it'] })).toMatchInlineSnapshot(`
      "
      billing: 8b1f2c7d90aa, the first revision
         ├ note: Alembic writes it

      • nothing is written yet
        next: \`npx onehead revision -m 'add due date'\` writes it
      "
    `)
  })

  it('not needed', () => {
    expect(
      show({ applied: false, script: null, noChanges: true, notes: ['`flask db migrate` was run'] }),
    ).toMatchInlineSnapshot(`
      "
      ✔ no changes in billing: the models and the database agree, and nothing was written
        note: \`flask db migrate\` was run
      "
    `)
  })

  it('refused, or wrong once it was written', () => {
    const behind = refusal('behind', 'origin/main has a revision that is not here', {
      command: 'git merge origin/main',
    })
    const notices = ['origin/main may have moved: no answer']
    expect(show({ applied: false, script: null, refusals: [behind], notices })).toMatchInlineSnapshot(`
      "
      warning: origin/main may have moved: no answer

      refused[behind]: origin/main has a revision that is not here
         ╰ run: \`git merge origin/main\`

      ✖ nothing was written
        next: \`git merge origin/main\`
      "
    `)
    expect(
      show({ left: [diagnostic({ message: 'this history has 2 heads' })], heads: ['a', 'b'] }),
    ).toMatchInlineSnapshot(`
      "
      billing: 8b1f2c7d90aa, on top of 3c9e51a7b204 (create invoice table)
         ╭▸ billing/migrations/versions/8b1f2c7d90aa_add_due_date.py  new

      ▲ written; 2 heads: a and b in billing
        error[multiple-heads]: this history has 2 heads
        next: \`npx onehead check\`
      "
    `)
  })

  it('as JSON that keeps the contract', () => {
    for (const one of [
      report(),
      report({
        applied: false,
        script: null,
        noChanges: true,
        refusals: [refusal('behind', 'it is', { path: 'a.py' })],
      }),
      report({ script: { ...script, path: null, bytes: null }, left: [diagnostic({})], notes: ['a'], notices: ['b'] }),
    ]) {
      const document = JSON.parse(formatNewRevisionJson(one))
      for (const part of [schema, { $ref: '#/$defs/newRevision', $defs: schema.$defs ?? {} } as Schema])
        expect(new Validator(part, '2020-12', false).validate(document).errors).toEqual([])
    }
  })
})
