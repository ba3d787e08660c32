import { readFileSync } from 'node:fs'
import { type Schema, Validator } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import { asked, project, table } from '../../../../test/support/planned-moves.js'
import { exampleEnvironment } from '../../../../test/support/read-history.js'
import { formatUpgradeJson } from '../report/upgrade-json.js'
import { formatUpgradeOutcome } from '../report/upgrade-outcome.js'
import { formatUpgradePlan } from '../report/upgrade-text.js'
import { reportUnasked } from '../status/status.js'
import { madeBy } from './made-by.js'
import { hasReached, planUpgrade } from './plan-upgrade.js'
import { refuseScripts } from './refuse.js'
import type { UpgradeFailure, UpgradeOutcome, UpgradePlan } from './upgrade.js'

const line = project({
  aa01: ['None'],
  aa02: ["'aa01'", table('refund'), "op.drop_table('refund')"],
  aa03: ["'aa02'", "op.execute('UPDATE refund SET id = 1')", "raise NotImplementedError('no')"],
  aa04: ["'aa03'", "op.execute('UPDATE refund SET id = 2')"],
})

function plan(
  { history, operations }: ReturnType<typeof project>,
  rows: readonly string[],
  wish: { readonly to?: string; readonly backup?: UpgradePlan['backup']; readonly leftovers?: readonly string[] } = {},
): UpgradePlan {
  const { to = null, backup = 'wanted', leftovers = [] } = wish
  return planUpgrade(history, asked(history, rows), { to, backup, leftovers: [leftovers], operations })
}

const pendingOf = (one: UpgradePlan) => one.databases[0]?.pending.map(({ revision, back }) => `${revision} ${back}`)

describe('a plan', () => {
  it('has what is pending in order, and what undoes each', () => {
    const whole = plan(line, ['aa01'])
    expect(pendingOf(whole)).toEqual(['aa02 downgrade', 'aa03 raises', 'aa04 empty'])
    expect([whole.target, whole.targetIds, whole.databases[0]?.back]).toEqual([
      'head',
      ['aa04'],
      { command: 'downgrade', revision: 'aa01' },
    ])
    expect(plan(line, []).databases[0]?.back).toEqual({ command: 'downgrade', revision: 'base' })
  })

  it('goes no further than it is told', () => {
    expect(pendingOf(plan(line, ['aa01'], { to: 'aa03' }))).toEqual(['aa02 downgrade', 'aa03 raises'])
    expect(pendingOf(plan(line, ['aa03'], { to: 'aa02' }))).toEqual([])
    expect(plan(line, [], { to: 'zz' }).refusal).toMatchObject({ kind: 'target' })
    expect(plan(line, [], { to: '+1' }).refusal?.message).toContain('name a revision')
  })

  it('knows one step back only where one step undoes all of it', () => {
    const fork = project({ aa01: ['None'], aa02: ["'aa01'"], bb02: ["'aa01'"] })
    expect(plan(fork, ['aa01'])).toMatchObject({ target: 'heads', databases: [{ back: { revision: 'aa01' } }] })
    expect(plan(fork, ['aa02']).databases[0]?.back).toBeNull()
    expect(plan(fork, ['aa02', 'bb02']).databases[0]?.pending).toEqual([])
  })

  it('is refused where Alembic would refuse, or pass over something', () => {
    expect(plan(line, ['gone']).refusal).toMatchObject({ kind: 'database', message: expect.stringContaining('gone') })
    expect(plan(line, ['aa01', 'aa03']).refusal?.command).toBe('onehead stamp billing aa03 --purge --dry-run')
    const dynamic = project({ aa01: ['None'], aa02: ['parent()'] })
    expect(plan(dynamic, ['aa01']).refusal).not.toBeNull()
  })
})

it('a database has reached a target when nothing below it is pending', () => {
  expect(hasReached(line.history, ['aa03'], ['aa02'])).toBe(true)
  expect(hasReached(line.history, ['aa03'], ['aa04'])).toBe(false)
  expect(hasReached(line.history, ['gone'], ['aa02'])).toBe(false)
})

it('what a revision makes counts, unless it need not be there', () => {
  const made = project({
    aa01: ['None', `${table('invoice')}; op.add_column('users', sa.Column('mail', sa.Text()))`],
    aa02: ["'aa01'", `${table('refund')}; op.create_table('x', sa.Column('id', sa.Integer()), if_not_exists=True)`],
    aa03: ["'aa02'", "op.drop_table('refund'); op.drop_column('users', 'mail')"],
  })
  const of = (...applied: readonly string[]) =>
    madeBy(made.history, ['aa01', 'aa02'], made.history.map.ancestors(applied), made.operations)
  expect(of('aa02')).toEqual([
    { table: 'invoice', column: null },
    { table: 'users', column: 'mail' },
    { table: 'refund', column: null },
  ])
  expect(of('aa03')).toEqual([{ table: 'invoice', column: null }])
})

const failure: UpgradeFailure = {
  kind: 'failed',
  revision: 'aa02',
  place: { path: 'services/billing/migrations/versions/aa02.py', line: 13 },
  message: 'OperationalError: (1050, "Table \'refund\' already exists")',
  cause: 'The table is there.',
  help: 'drop it',
  statement: 'CREATE TABLE refund (\n\tid INTEGER\n)',
  ran: ['CREATE TABLE credit ( id INTEGER )'],
  isHalfWay: true,
}

const backup = {
  kind: 'file',
  database: null,
  path: '/var/backups/2026-01-05T10-20-30.405Z_shop-1a2b3c4d.sql',
  bytes: 1_800_000,
  tables: 12,
  toNewPlace: { place: 'shop_restored', commands: ['mariadb shop_restored < /var/backups/shop.sql'] },
  inPlace: ['mariadb shop < /var/backups/shop.sql'],
} as const

const failed: UpgradeOutcome = {
  plan: plan(line, ['aa01']),
  kind: 'failed',
  backups: [backup],
  done: [],
  failure,
  after: [{ rows: ['aa01'], leftovers: [] }],
}

const upgraded: UpgradeOutcome = {
  ...failed,
  kind: 'upgraded',
  failure: null,
  done: [{ database: 0, revision: 'aa02' }],
  after: [{ rows: ['aa04'], leftovers: [] }],
}

const refusedPlan = (): UpgradePlan => {
  const status = reportUnasked(
    exampleEnvironment(),
    { heads: null, error: null, invocation: null },
    { message: 'Connection refused', cause: null, help: null },
  )
  const error = { rule: 'multiple-heads', message: '2 heads', help: 'bring them together', fix: null }
  const refusal = refuseScripts([error as Parameters<typeof refuseScripts>[0][number]], 'billing')
  return { status, target: 'head', targetIds: [], databases: [], refusal, backup: 'wanted' }
}

describe('people are told', () => {
  it('what would run, on which database, and the way back', () => {
    const some = project({ aa01: ['None'], aa02: ["'aa01'", table('refund'), "op.drop_table('refund')"] })
    expect(
      `\n${formatUpgradePlan([plan(some, ['aa01']), plan(some, ['aa02']), refusedPlan()])}`,
    ).toMatchInlineSnapshot(`
      "
      • billing: 1 revision to run, from aa01
          mysql://app@db/shop
          run     aa02  make aa02
          back    onehead downgrade billing --to aa01
          backup  first, and read back
      ✔ billing is up to date: it stands at aa02, nothing to run
          mysql://app@db/shop
      ✖ billing is not upgraded: 2 heads
          next: bring them together
            onehead check billing
      "
    `)
    const bare = formatUpgradePlan([plan(line, ['aa01'], { backup: 'off', leftovers: ['_alembic_tmp_refund'] })])
    expect(`\n${bare}`).toMatchInlineSnapshot(`
      "
      • billing: 3 revisions to run, from aa01
          mysql://app@db/shop
          run     aa02  make aa02
                  aa03  make aa03
                  aa04  make aa04
          back    nothing leads back
          warning: aa03 cannot be undone: its downgrade() raises
          warning: aa04 cannot be undone: its downgrade() does nothing
          warning: _alembic_tmp_refund is left of a batch operation that failed: it stops the next one
          warning: no backup, because "backup" is false in onehead.json: what is lost stays lost
      "
    `)
  })

  it('after a failure where it stands, why, what has stayed, and how to return', () => {
    expect(`\n${formatUpgradeOutcome([failed])}`).toMatchInlineSnapshot(`
      "
      ✖ billing is not upgraded: aa02 (make aa02) failed
          because OperationalError: (1050, "Table 'refund' already exists")
          at services/billing/migrations/versions/aa02.py:13
          statement: CREATE TABLE refund ( id INTEGER )
          cause: The table is there.
          cure: drop it
          stands at aa01, as before
          half-way: 1 statement of aa02 had run, and this database takes nothing back:
            CREATE TABLE credit ( id INTEGER )
          backup: /var/backups/2026-01-05T10-20-30.405Z_shop-1a2b3c4d.sql (1.7 MB, 12 tables, read back)
            onehead restore billing 2026-01-05T10-20-30.405Z             beside the database, to look at
            onehead restore billing 2026-01-05T10-20-30.405Z --in-place  in its stead: what came since is lost
          next: undo by hand what is there, or restore the backup; mend
            services/billing/migrations/versions/aa02.py:13; run it again
            onehead upgrade billing
      "
    `)
  })

  it('which of several are upgraded, failed, untouched', () => {
    const untouched: UpgradeOutcome = { ...upgraded, kind: 'untouched', after: null }
    const late = {
      ...failure,
      kind: 'locked' as const,
      ran: [],
      isHalfWay: false,
      statement: null,
      revision: null,
      place: null,
    }
    const outcomes = [upgraded, { ...failed, failure: late, backups: [] }, untouched]
    expect(`\n${formatUpgradeOutcome(outcomes, { unicode: false, width: 70 })}`).toMatchInlineSnapshot(`
      "
      ok: billing stands at aa04: 1 revision done
      x billing is not upgraded: nothing was run
          because OperationalError: (1050, "Table 'refund' already exists")
          cause: The table is there.
          cure: drop it
          stands at aa01, as before
          next: run it again
            onehead upgrade billing
        * billing  upgraded
        x billing  failed
        * billing  untouched
      "
    `)
    expect(formatUpgradeOutcome([{ ...untouched, kind: 'nothing' }])).toBe('')
  })

  it('nothing that a terminal would obey', () => {
    const bad = { ...failure, ran: ['\x1b[2J'], statement: '\x1b[31m', message: '\x1b[1m' }
    expect(formatUpgradeOutcome([{ ...failed, failure: bad, after: null }])).not.toContain('\x1b')
  })

  it('the same as JSON, as the schema promises', () => {
    const path = new URL('../../schema/report.schema.json', import.meta.url)
    const { $defs } = JSON.parse(readFileSync(path, 'utf8')) as Schema
    const validator = new Validator({ $defs: $defs!, $ref: '#/$defs/upgrade' }, '2020-12', false)
    const refused: UpgradeOutcome = { ...upgraded, plan: refusedPlan(), kind: 'refused', backups: [], after: null }
    const json = JSON.parse(formatUpgradeJson([failed, upgraded, refused]))
    expect(validator.validate(json)).toMatchObject({ valid: true })
    expect(validator.validate({ ...json, environments: [{ name: 'billing' }] }).valid).toBe(false)
  })
})
