import { readFileSync } from 'node:fs'
import { type Schema, Validator } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import { asked, project, table } from '../../../../test/support/planned-moves.js'
import { formatStampJson } from '../report/stamp-json.js'
import { formatStampOutcome, formatStampPlan } from '../report/stamp-text.js'
import { planStamp } from './plan-stamp.js'
import { isDoubtful, type StampOutcome, type StampPlan } from './stamp.js'

const line = project({
  aa01: ['None', table('invoice')],
  aa02: ["'aa01'", "op.add_column('invoice', sa.Column('due', sa.Integer()))"],
  aa03: ["'aa02'", "op.execute('UPDATE invoice SET id = 2')"],
  aa04: ["'aa03'"],
})

const branches = project({
  aa01: ['None'],
  aa02: ["'aa01'"],
  bb01: ["None\nbranch_labels = 'shipping'"],
  bb02: ["'bb01'"],
})

function plan(
  where: ReturnType<typeof project>,
  rows: readonly string[],
  revisions: readonly string[],
  more: { readonly purge?: boolean; readonly takesSeveral?: boolean } = {},
): StampPlan {
  const { purge = false, takesSeveral = true } = more
  const wish = { revisions, purge, takesSeveral, versionTables: ['alembic_version'], operations: where.operations }
  return planStamp(where.history, asked(where.history, rows), wish)
}

const marked = ({ databases }: StampPlan) => databases[0]?.marked.map(({ revision, seen }) => `${revision} ${seen}`)

describe('a stamp', () => {
  it('says what would count as run, or no longer, and what to look for', () => {
    const up = plan(line, ['aa01'], ['head'])
    expect(marked(up)).toEqual(['aa02 unseen', 'aa03 nothing', 'aa04 there'])
    expect(up.databases[0]).toMatchObject({
      to: ['aa04'],
      marked: [{ made: [{ table: 'invoice', column: 'due' }] }, {}, {}],
    })
    expect(up.calls).toEqual([{ revisions: ['aa04'], purge: false }])
    const down = plan(line, ['aa02'], ['base'])
    expect(down.databases[0]?.unmarked.map(({ revision }) => revision)).toEqual(['aa02', 'aa01'])
    expect([isDoubtful(up), isDoubtful(plan(line, ['aa04'], ['aa04']))]).toEqual([true, false])
  })

  it('takes the place of rows of its own line only, and empties the table where Alembic would guess', () => {
    const two = plan(branches, ['aa02', 'bb01'], ['bb02'])
    expect([two.databases[0]?.to, two.calls]).toEqual([
      ['aa02', 'bb02'],
      [{ revisions: ['aa02', 'bb02'], purge: true }],
    ])
    expect(plan(branches, ['aa02', 'bb02'], ['shipping@base']).databases[0]?.to).toEqual(['aa02'])
    expect(plan(branches, ['aa02', 'bb02'], ['base']).calls).toEqual([{ revisions: ['base'], purge: false }])
    expect(plan(branches, ['aa01'], ['heads'], { takesSeveral: false }).calls).toEqual([
      { revisions: ['aa02'], purge: true },
      { revisions: ['bb02'], purge: false },
    ])
    expect(plan(branches, ['aa02', 'bb02'], ['aa02'], { purge: true }).databases[0]?.to).toEqual(['aa02'])
  })

  it('is refused for rows that contradict each other, and for what no script declares', () => {
    expect(plan(line, [], ['aa02', 'aa03']).refusal).toMatchObject({
      kind: 'overlap',
      command: 'onehead stamp billing aa03 --purge --dry-run',
    })
    expect(plan(line, [], ['zz99']).refusal).toMatchObject({ kind: 'target' })
    expect(plan(branches, [], ['head']).refusal?.message).toContain('there are 2 heads')
    expect(plan(line, ['gone'], ['aa02']).refusal).toMatchObject({
      kind: 'database',
      command: 'onehead stamp billing aa02 --purge --dry-run',
    })
    expect(marked(plan(line, ['gone'], ['aa02'], { purge: true }))).toEqual(['aa01 unseen', 'aa02 unseen'])
  })

  it('of two rows on one line takes only the lower one for certain', () => {
    expect(marked(plan(line, ['aa01', 'aa03'], ['aa03'], { purge: true }))).toEqual(['aa02 unseen', 'aa03 nothing'])
  })

  it('can be taken back: by Alembic, and by SQL where Alembic would refuse the rows', () => {
    const back = (rows: readonly string[]) => plan(line, rows, ['aa02'], { purge: true }).databases[0]?.putBack
    expect(back(['aa01'])).toEqual({ steps: [{ command: 'stamp', revision: 'aa01', purge: true }] })
    expect(back([])).toEqual({ steps: [{ command: 'stamp', revision: 'base' }] })
    expect(back(["go'ne"])).toEqual({
      sql: ['DELETE FROM alembic_version', "INSERT INTO alembic_version (version_num) VALUES ('go''ne')"],
    })
    expect(back(['aa01', 'aa03'])).toMatchObject({ sql: [{}, {}, {}].map(() => expect.any(String)) })
  })
})

describe('a stamp is told', () => {
  const bare = plan(line, ['aa01'], ['head'])
  const seen: StampPlan = {
    ...bare,
    databases: bare.databases.map((database) => ({
      ...database,
      marked: database.marked.map((one) =>
        one.seen === 'unseen' ? { ...one, seen: 'lacking', lacking: one.made } : one,
      ),
    })),
  }
  const stamped: StampOutcome = { plan: seen, kind: 'stamped', failure: null, after: [['aa04']] }

  it('before it is written, with what the database shows and the rows of before', () => {
    const plans = [seen, plan(line, ['aa02'], ['base']), plan(line, ['aa04'], ['aa04']), plan(line, ['gone'], ['aa02'])]
    expect(`\n${formatStampPlan(plans, { width: 80 })}`).toMatchInlineSnapshot(`
      "
      • billing: from aa01 to aa04, and nothing is run
          mysql://app@db/shop
          counts as run:
            aa02  make aa02: column invoice.due is not there
            aa03  make aa03: cannot be seen in tables and columns
            aa04  make aa04
          warning: aa02 would never run here, and what is lacking would be lacking for
            ever
          note: look yourself whether aa03 has run
          held    aa01
          back    cd services/billing && uv run alembic stamp --purge aa01
      • billing: from aa02 to base, and nothing is run
          mysql://app@db/shop
          counts as not run:
            aa02  make aa02: nobody could look
            aa01  make aa01: nobody could look
          note: look yourself whether aa02 and aa01 have run
          held    aa02
          back    cd services/billing && uv run alembic stamp --purge aa02
      ✔ billing stands at aa04 already: nothing to write
          mysql://app@db/shop
      ✖ billing is not stamped: the database stands at gone, which no script here
        declares
          note: Alembic stamps over such a row only by emptying the table first
          next: see that it is the right database; then stamp with --purge
            onehead stamp billing aa02 --purge --dry-run
      "
    `)
  })

  it('once it is written, and where it could not be', () => {
    const failure = { kind: 'locked', revision: null, place: null, statement: null, ran: [], isHalfWay: false } as const
    const failed: StampOutcome = {
      plan: seen,
      kind: 'failed',
      failure: { ...failure, message: 'somebody migrates', cause: null, help: 'run it again' },
      after: [['aa01']],
    }
    expect(`\n${formatStampOutcome([stamped, failed], { width: 80 })}`).toMatchInlineSnapshot(`
      "
      ✔ billing is stamped: it stands at aa04; nothing was run
      ✖ billing is not stamped
          because somebody migrates
          cure: run it again
          stands at aa01
      "
    `)
  })

  it('the same as JSON, as the schema promises', () => {
    const path = new URL('../../schema/report.schema.json', import.meta.url)
    const { $defs } = JSON.parse(readFileSync(path, 'utf8')) as Schema
    const validator = new Validator({ $defs: $defs!, $ref: '#/$defs/stamp' }, '2020-12', false)
    const refused: StampOutcome = { plan: plan(line, [], ['zz99']), kind: 'refused', failure: null, after: null }
    const json = JSON.parse(formatStampJson([stamped, refused]))
    expect(validator.validate(json)).toMatchObject({ valid: true })
    expect(validator.validate({ ...json, environments: [{ name: 'billing' }] }).valid).toBe(false)
  })
})
