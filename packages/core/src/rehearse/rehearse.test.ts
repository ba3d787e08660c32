import { readFileSync } from 'node:fs'
import { type Schema, Validator } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import { loadOperationsReader } from '../operations/load.js'
import { formatRehearsalJson } from '../report/rehearsal-json.js'
import { formatRehearsal } from '../report/rehearsal-text.js'
import { LineIndex } from '../text/line-index.js'
import { judgeRehearsal, type ScriptFacts } from './judge.js'
import { isRehearsedWell, type RehearsalRefusal, type RehearsedEnvironment } from './rehearsal.js'
import { compareData, compareSchemas, type SchemaItem } from './schema.js'
import { formatSchemaMarkdown } from './schema-markdown.js'
import type { FailedStep, SeenRehearsal, SeenRevision } from './seen.js'

const reader = await loadOperationsReader()

const column = (table: string, name: string, text: string): SchemaItem => ({ kind: 'column', table, name, text })
const table = (name: string): SchemaItem => ({ kind: 'table', table: name, name: '', text: '' })
const index = (on: string, name: string): SchemaItem => ({ kind: 'index', table: on, name, text: '(total)' })

describe('two schemas', () => {
  const before = [table('invoice'), column('invoice', 'id', 'INTEGER NOT NULL'), column('invoice', 'total', 'INTEGER')]

  it('are equal whatever the order of their things', () => {
    expect(compareSchemas(before, [...before].reverse())).toEqual([])
  })

  it('differ by what came, what went and what changed; what belongs to a whole table is not told besides', () => {
    const after = [
      ...[table('invoice'), column('invoice', 'id', 'BIGINT NOT NULL'), index('invoice', 'ix_total')],
      ...[table('refund'), column('refund', 'id', 'INTEGER NOT NULL'), index('refund', 'ix_refund')],
    ]
    const told = compareSchemas(before, after).map((one) => [one.kind, one.table, one.name, one.before, one.after])
    expect(told).toEqual([
      ['column', 'invoice', 'id', 'INTEGER NOT NULL', 'BIGINT NOT NULL'],
      ['column', 'invoice', 'total', 'INTEGER', null],
      ['index', 'invoice', 'ix_total', null, '(total)'],
      ['table', 'refund', '', null, ''],
    ])
  })

  it('tell things without a name apart by their words', () => {
    const check = (text: string): SchemaItem => ({ kind: 'check constraint', table: 'invoice', name: '', text })
    const [one, other] = [check('total > 0'), check('id > 0')]
    expect(compareSchemas([one, other], [other, one])).toEqual([])
    expect(compareSchemas([one], [other])).toHaveLength(2)
  })
})

it('rows and values are compared where a table is there before and after', () => {
  const data = (rows: number, total: number) => ({ invoice: { rows, values: { id: rows, total } } })
  expect(compareData(data(3, 2), data(3, 2), data(3, 2))).toEqual([])
  expect(compareData(data(3, 2), data(3, 0), data(3, 0))).toEqual([
    { table: 'invoice', column: 'total', before: 2, between: 0, after: 0 },
  ])
  expect(compareData(data(3, 2), {}, data(0, 0))).toEqual([
    { table: 'invoice', column: null, before: 3, between: null, after: 0 },
  ])
  expect(compareData(data(3, 2), data(3, 2), {})).toEqual([])
})

const SCRIPT = `"""add totals"""
from alembic import op
import sqlalchemy as sa
revision = 'aa02'
down_revision = 'aa01'


def upgrade():
    op.add_column('invoice', sa.Column('total', sa.Integer()))
    op.create_index('ix_total', 'invoice', ['total'])


def downgrade():
    op.drop_column('invoice', 'total')
`

function factsOf(revision: string): ScriptFacts {
  const bytes = new TextEncoder().encode(SCRIPT)
  const lines = new LineIndex(bytes)
  const path = `migrations/versions/${revision}.py`
  return { message: 'add totals', path, operations: reader(bytes), lineOf: ({ start }) => lines.position(start).line }
}

const well: SeenRevision = {
  ...{ revision: 'aa02', database: 0, done: ['up', 'down', 'up-again'] },
  ...{ notRestored: [], data: [], again: [], isDataOther: false },
}

function seen(more: Partial<SeenRehearsal>): SeenRehearsal {
  const database = { name: null, dialect: 'sqlite', original: '/shop.sqlite', copy: '/copy.sqlite' }
  return {
    databases: [{ ...database, method: 'file', from: ['aa01'], isKept: false }],
    ...{ revisions: [well], failed: [], order: ['aa02'], otherOrder: null, ends: [[table('invoice')]] },
    models: [{ state: 'none', differences: [] }],
    ...more,
  }
}

function environmentOf(facts: SeenRehearsal, more: Partial<RehearsedEnvironment> = {}): RehearsedEnvironment {
  const judged = judgeRehearsal(facts, { script: factsOf, mergedWith: null })
  const about = { name: 'billing', path: 'migrations', config: 'alembic.ini', section: 'alembic' }
  const { databases } = facts
  return {
    ...{ ...about, source: 'copy', because: null, databases, ...judged, schemas: [] },
    ...{ notes: [], isUntouched: true, refusal: null, ...more },
  }
}

const kindsOf = ({ findings }: RehearsedEnvironment) => findings.map(({ kind, severity }) => `${severity} ${kind}`)

const left = { ...index('invoice', 'ix_total'), before: null, after: '(total)' }
const stumbles: FailedStep = {
  revision: 'aa02',
  step: 'up-again',
  type: 'OperationalError',
  message: 'index ix_total already exists',
  statement: 'CREATE INDEX ix_total',
  line: 10,
  irreversible: false,
}

describe('what a rehearsal means', () => {
  it('is well where nothing differs', () => {
    expect(isRehearsedWell(environmentOf(seen({})))).toBe(true)
    expect(isRehearsedWell(environmentOf(seen({}), { refusal: REFUSAL }))).toBe(false)
  })

  it('a downgrade that leaves something: the line that made it, and what that does to the next upgrade', () => {
    const bad: SeenRevision = { ...well, done: ['up', 'down'], notRestored: [left], again: null }
    const told = environmentOf(seen({ revisions: [bad], failed: [stumbles] }))
    expect(kindsOf(told)).toEqual(['error not-restored'])
    expect(told.findings[0]).toMatchObject({
      ...{ path: 'migrations/versions/aa02.py', line: 13, differences: [{ line: 10 }] },
      cause: 'so upgrade() fails when it runs again: OperationalError: index ix_total already exists',
    })
    expect(told.revisions).toMatchObject([{ up: 'well', down: 'differs', upAgain: 'failed' }])
  })

  it('an upgrade that does not run twice is told where the downgrade is not to blame', () => {
    const bad: SeenRevision = { ...well, done: ['up', 'down'], again: null }
    expect(kindsOf(environmentOf(seen({ revisions: [bad], failed: [stumbles] })))).toEqual(['error fails'])
    const other: SeenRevision = { ...well, again: [left] }
    expect(kindsOf(environmentOf(seen({ revisions: [other] })))).toEqual(['error differs-again'])
  })

  it.each([
    ['error', { column: null, before: 3, between: 3, after: 0 }],
    ['error', { column: null, before: 3, between: 3, after: 5 }],
    ['error', { column: null, before: 3, between: 2, after: 1 }],
    ['warn', { column: null, before: 3, between: 0, after: 0 }],
    ['warn', { column: null, before: 3, between: null, after: 0 }],
    ['warn', { column: 'total', before: 3, between: null, after: 0 }],
    ['error', { column: 'total', before: 3, between: 3, after: 0 }],
    ['info', { column: 'total', before: 0, between: 3, after: 3 }],
  ] as const)('data, %s: %o', (severity, difference) => {
    const bad: SeenRevision = { ...well, data: [{ table: 'invoice', ...difference }] }
    const told = environmentOf(seen({ revisions: [bad] }))
    expect(kindsOf(told)).toEqual([`${severity} data-not-restored`])
    expect([isRehearsedWell(told), isRehearsedWell(told, true)]).toEqual([severity !== 'error', severity === 'info'])
  })

  it('no way back is a warning', () => {
    const failed = [
      { ...stumbles, step: 'down', irreversible: true, type: 'NotImplementedError', message: '' } as const,
    ]
    const told = environmentOf(seen({ revisions: [{ ...well, done: ['up'] }], failed }))
    expect(kindsOf(told)).toEqual(['warn irreversible'])
    expect([isRehearsedWell(told), isRehearsedWell(told, true)]).toEqual([true, false])
  })

  it('orders that make two schemas, and one that does not run, are errors', () => {
    const otherOrder = { heads: ['aa02', 'bb02'], differences: [[left]] }
    const differs = environmentOf(seen({ otherOrder }))
    expect([kindsOf(differs), differs.branches[0]!.outcome]).toEqual([['error order-matters'], 'differs'])
    const failed = [{ ...stumbles, step: 'other-order' } as const]
    const stopped = environmentOf(seen({ otherOrder: { ...otherOrder, differences: [null] }, failed }))
    expect([kindsOf(stopped), stopped.branches[0]!.outcome]).toEqual([['error order-matters'], 'failed'])
  })
})

const REFUSAL: RehearsalRefusal = {
  kind: 'remote',
  message: 'the database shop is on db, which is not this machine',
  notes: [],
  help: 'go on with --remote where a copy may be made there',
  command: 'onehead rehearse billing --remote',
}

describe('the report', () => {
  const bad: SeenRevision = { ...well, done: ['up', 'down'], notRestored: [left], again: null }
  const trouble = environmentOf(seen({ revisions: [bad], failed: [stumbles] }))

  it('tells each revision, what differs, and what to do next', () => {
    expect(`\n${formatRehearsal([trouble], { width: 80 })}`).toMatchInlineSnapshot(`
      "
      ✖ billing: 1 thing to mend in 1 revision
          on a copy of /shop.sqlite, from aa01
          up   down  again
          ✔    ✖     ✖      aa02  add totals
          error: downgrade() of aa02 does not restore what was there
            migrations/versions/aa02.py:13
            left behind  index ix_total on invoice: (total) (line 10)
            cause: so upgrade() fails when it runs again: OperationalError: index
              ix_total already exists
            help: undo in downgrade() everything that upgrade() does, in the other
              direction
          the original stands as it stood; the copy is dropped

      ✖ 1 environment of 1 in trouble; no database was changed
        next: \`onehead rehearse billing\` once that is mended
      "
    `)
    expect(
      `\n${formatRehearsal([environmentOf(seen({}), { models: 'equal' })], { width: 80 })}`,
    ).toMatchInlineSnapshot(`
      "
      ✔ billing: 1 revision goes up, down and up again
          on a copy of /shop.sqlite, from aa01
          up   down  again
          ✔    ✔     ✔      aa02  add totals
          models and schema are equal
          the original stands as it stood; the copy is dropped

      ✔ 1 environment rehearsed; no database was changed
        next: \`onehead upgrade billing\`
      "
    `)
    const refused = environmentOf(seen({ revisions: [], databases: [], order: [] }), { refusal: REFUSAL })
    expect(`\n${formatRehearsal([refused], { width: 80, unicode: false })}`).toMatchInlineSnapshot(`
      "
      x billing is not rehearsed: the database shop is on db, which is not this
        machine
          help: go on with --remote where a copy may be made there
            onehead rehearse billing --remote
          the original stands as it stood

      x 1 environment of 1 in trouble; no database was changed
        next: \`onehead rehearse billing\` once that is mended
      "
    `)
  })

  it('folds what went well in a long history', () => {
    const many = Array.from({ length: 40 }, (_, number) => ({ ...well, revision: `aa${number}` }))
    const text = formatRehearsal([environmentOf(seen({ revisions: many, order: many.map((one) => one.revision) }))])
    expect(text).toContain('40 revisions without trouble')
    expect(text.split('\n').length).toBeLessThan(12)
  })

  it('is the same as JSON, as the schema promises', () => {
    const path = new URL('../../schema/report.schema.json', import.meta.url)
    const { $defs } = JSON.parse(readFileSync(path, 'utf8')) as Schema
    const validator = new Validator({ $defs: $defs!, $ref: '#/$defs/rehearsal' }, '2020-12', false)
    const report = JSON.parse(formatRehearsalJson([trouble, environmentOf(seen({})), { ...trouble, refusal: REFUSAL }]))
    expect(validator.validate(report).errors).toEqual([])
    const outcomes = report.environments.map(({ outcome }: { outcome: string }) => outcome)
    expect(outcomes).toEqual(['trouble', 'well', 'refused'])
  })
})

it('a schema as Markdown is the same whatever the order, and escapes what Markdown reads', () => {
  const items: readonly SchemaItem[] = [
    ...[table('refund'), column('refund', 'a|b', "VARCHAR DEFAULT '*'"), index('refund', 'ix_total')],
    ...[table('invoice'), column('invoice', 'id', 'INTEGER NOT NULL')],
    { kind: 'primary key', table: 'invoice', name: 'pk_invoice', text: '(id)' },
    { kind: 'enum', table: null, name: 'state', text: "'paid', 'open'" },
  ]
  expect(`\n${formatSchemaMarkdown('billing', [{ database: null, items }])}`).toMatchInlineSnapshot(`
    "
    # Schema of billing

    The schema after the last revision, as \`onehead rehearse billing --write-schema\` found it. Do not edit.

    ## invoice

    | column | type |
    | --- | --- |
    | id | INTEGER NOT NULL |

    Primary key:

    - \`pk_invoice\` \`(id)\`

    ## refund

    | column | type |
    | --- | --- |
    | a\\|b | VARCHAR DEFAULT '\\*' |

    Indexes:

    - \`ix_total\` \`(total)\`

    ## Enums

    - \`state\` \`'paid', 'open'\`
    "
  `)
})
