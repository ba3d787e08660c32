import { readFileSync } from 'node:fs'
import { type Schema, Validator } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import { asked, project, table } from '../../../../test/support/planned-moves.js'
import { formatDowngradeJson } from '../report/downgrade-json.js'
import { formatDowngradeOutcome, formatDowngradePlan } from '../report/downgrade-text.js'
import type { DowngradeOutcome, DowngradePlan } from './downgrade.js'
import { lostBy } from './lost-by.js'
import { hasLeft, planDowngrade } from './plan-downgrade.js'

const line = project({
  aa01: ['None', table('invoice'), "op.drop_table('invoice')"],
  aa02: [
    "'aa01'",
    "op.add_column('invoice', sa.Column('due', sa.Integer()))",
    "op.execute('UPDATE invoice SET id = 1'); op.drop_column('invoice', 'due')",
  ],
  aa03: ["'aa02'", "op.execute('UPDATE invoice SET id = 2')", "raise NotImplementedError('no')"],
  aa04: ["'aa03'", table('refund'), "op.drop_table('refund')"],
})

function plan(
  where: ReturnType<typeof project>,
  rows: readonly string[],
  to: string,
  more: { readonly acceptIrreversible?: boolean; readonly backup?: DowngradePlan['backup'] } = {},
): DowngradePlan {
  const { acceptIrreversible = false, backup = 'wanted' } = more
  const wish = { to, backup, acceptIrreversible, leftovers: [[]], operations: where.operations }
  return planDowngrade(where.history, asked(where.history, rows), wish)
}

const undone = ({ databases }: DowngradePlan) => databases[0]?.undone.map(({ revision }) => revision)

describe('a downgrade', () => {
  it('undoes what lies above its target, and says what that loses and how it comes up again', () => {
    const whole = plan(line, ['aa04'], 'aa03')
    expect(whole.databases[0]).toMatchObject({
      undone: [{ revision: 'aa04', by: 'downgrade', loses: [{ table: 'refund', column: null }], mayLoseMore: false }],
      to: ['aa03'],
      back: [{ command: 'upgrade', revision: 'aa04' }],
    })
    expect(plan(line, ['aa02'], 'base').databases[0]?.undone).toMatchObject([
      { loses: [{ table: 'invoice', column: 'due' }], mayLoseMore: true },
      { loses: [{ table: 'invoice', column: null }], mayLoseMore: false },
    ])
    expect(undone(plan(line, ['aa04'], 'aa04'))).toEqual([])
  })

  it('is refused over a revision that cannot be undone, unless on the word of the user', () => {
    expect(plan(line, ['aa04'], 'aa01').refusal).toMatchObject({
      kind: 'irreversible',
      message: 'aa03 cannot be undone',
      notes: ['aa03: its downgrade() raises'],
    })
    expect(undone(plan(line, ['aa04'], 'aa01', { acceptIrreversible: true }))).toEqual(['aa04', 'aa03', 'aa02'])
  })

  it('reads its target as Alembic does', () => {
    expect(undone(plan(line, ['aa04'], '-1'))).toEqual(['aa04'])
    expect(undone(plan(line, ['aa02'], 'aa02-1'))).toEqual(['aa02'])
    expect(plan(line, ['aa04'], 'aa01+2').databases[0]?.undone).toBeUndefined()
    expect(plan(line, ['aa02'], 'aa04').refusal?.message).toContain('is not below where the database stands, at aa02')
    expect(plan(line, [], '-1').refusal?.message).toContain('leads nowhere')
    expect(plan(line, ['aa02'], '-3').refusal?.message).toContain('leads below the first revision')
    expect(plan(line, ['aa02'], 'nowhere').refusal).toMatchObject({ kind: 'target' })
    expect(undone(plan(line, [], 'base'))).toEqual([])
  })

  it('takes along what depends on it, on other branches too, and goes down one branch where it is told to', () => {
    const both = project({
      aa01: ['None'],
      aa02: ["'aa01'"],
      bb01: ["None\nbranch_labels = 'shipping'"],
      bb02: ["'bb01'\ndepends_on = 'aa02'"],
    })
    expect(plan(both, ['bb02'], 'aa01').databases[0]).toMatchObject({ to: ['aa01', 'bb01'], undone: [{}, {}] })
    expect(undone(plan(both, ['aa02', 'bb01'], 'shipping@base'))).toEqual(['bb01'])
    expect(plan(both, ['aa02', 'bb01'], '-1').refusal).toMatchObject({
      message: expect.stringContaining('-1 is ambiguous'),
      command: 'onehead downgrade billing --to aa02@-1 --dry-run',
    })
    expect(undone(plan(both, ['aa02', 'bb01'], 'shipping@-1'))).toEqual(['bb01'])
    expect(plan(both, ['aa02', 'bb01'], 'nobody@base').refusal?.message).toContain('no branch here is called nobody')
  })

  it('has arrived where exactly that is gone', () => {
    const to = { to: ['aa02'] }
    expect([['aa02'], ['aa03'], ['aa01'], ['gone']].map((rows) => hasLeft(line.history, rows, to))).toEqual([
      ...[true, false, false, false],
    ])
  })

  it('counts no table that it made itself as lost, and no column of a table that goes', () => {
    const body = `${table('copy')}; op.drop_table('copy'); op.drop_column('refund', 'x'); op.drop_table('refund')`
    const one = project({ aa01: ['None', 'pass', body] })
    expect(lostBy(one.operations('migrations/versions/aa01.py'), null).loses).toEqual([
      { table: 'refund', column: null },
    ])
    expect(lostBy(null, null)).toEqual({ loses: [], mayLoseMore: true })
  })
})

describe('a downgrade is told', () => {
  const failed: DowngradeOutcome = {
    plan: plan(line, ['aa04'], 'aa02', { acceptIrreversible: true }),
    kind: 'failed',
    backups: [],
    done: [{ database: 0, revision: 'aa04' }],
    failure: {
      kind: 'failed',
      revision: 'aa03',
      message: 'NotImplementedError: no',
      ...{ cause: null, help: null, place: null, statement: null, ran: [], isHalfWay: false },
    },
    after: [{ rows: ['aa03'], leftovers: [] }],
  }

  it('before it begins: what goes, what is lost, the way up', () => {
    const plans = [failed.plan, plan(line, ['aa02'], 'aa01', { backup: 'off' }), plan(line, ['aa04'], 'base')]
    expect(`\n${formatDowngradePlan(plans, { width: 80 })}`).toMatchInlineSnapshot(`
      "
      • billing: 2 revisions to undo, from aa04 to aa02
          mysql://app@db/shop
          undo    aa04  make aa04
                  aa03  make aa03
          loses   table refund, with what is stored there
          back    onehead upgrade billing --to aa04
          warning: aa03 raises in its downgrade(): the downgrade ends there
          backup  first, and read back
      • billing: 1 revision to undo, from aa02 to aa01
          mysql://app@db/shop
          undo    aa02  make aa02
          loses   column invoice.due, with what is stored there
          note:   what else aa02 changes cannot be read
          back    onehead upgrade billing --to aa02
          warning: no backup, because "backup" is false in onehead.json: what is lost
            stays lost
      ✖ billing is not downgraded: aa03 cannot be undone
          note: aa03: its downgrade() raises
          next: go back to a backup instead; or write what undoes it;
            --accept-irreversible goes on all the same
            onehead downgrade billing --to base --accept-irreversible --dry-run
      "
    `)
  })

  it('where it has failed', () => {
    expect(`\n${formatDowngradeOutcome([failed], { width: 80 })}`).toMatchInlineSnapshot(`
      "
      ✖ billing is not downgraded: aa03 (make aa03) failed
          because NotImplementedError: no
          stands at aa03
          half-way: no: this run has left nothing of aa03
          next: run it again
            onehead downgrade billing --to aa02
      "
    `)
  })

  it('the same as JSON, as the schema promises', () => {
    const path = new URL('../../schema/report.schema.json', import.meta.url)
    const { $defs } = JSON.parse(readFileSync(path, 'utf8')) as Schema
    const validator = new Validator({ $defs: $defs!, $ref: '#/$defs/downgrade' }, '2020-12', false)
    const refused: DowngradeOutcome = { ...failed, plan: plan(line, ['aa04'], 'base'), kind: 'refused', failure: null }
    const json = JSON.parse(formatDowngradeJson([failed, refused]))
    expect(validator.validate(json)).toMatchObject({ valid: true })
    expect(validator.validate({ ...json, environments: [{ name: 'billing' }] }).valid).toBe(false)
  })
})
