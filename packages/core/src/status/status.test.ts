import { readFileSync } from 'node:fs'
import { type Schema, Validator } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import { exampleEnvironment, readHistory } from '../../../../test/support/read-history.js'
import { formatStatusJson } from '../report/status-json.js'
import { formatStatus } from '../report/status-text.js'
import { adviseDatabase } from './advise.js'
import { findStanding } from './standing.js'
import {
  type AskedDatabase,
  type EarlierMove,
  type EnvironmentStatus,
  isWell,
  reportStatus,
  reportUnasked,
  type StatusFacts,
} from './status.js'
import type { Whereabouts } from './whereabouts.js'

/** `id: parents`, as they are written in Python. */
function history(scripts: Readonly<Record<string, string>>, setting: Parameters<typeof readHistory>[1] = {}) {
  const files = Object.entries(scripts).map(([id, down]) => {
    const text = `"""make ${id}"""\nrevision = '${id}'\ndown_revision = ${down}\n`
    return [`migrations/versions/${id}.py`, new TextEncoder().encode(text)] as const
  })
  return readHistory(new Map(files), setting)
}

const line = history({ aa01: 'None', aa02: "'aa01'", aa03: "'aa02'" })
const fork = history({ aa01: 'None', aa02: "'aa01'", bb02: "'aa01'" })

describe('a database stands', () => {
  it.each([
    ['at the head', line, ['aa03'], { kind: 'up-to-date' }],
    ['below it', line, ['aa01'], { kind: 'behind', pending: ['aa02', 'aa03'] }],
    ['nowhere yet', line, [], { kind: 'empty', pending: ['aa01', 'aa02', 'aa03'] }],
    ['at the end of no history', history({}), [], { kind: 'up-to-date' }],
    ['on one of two heads', fork, ['bb02'], { kind: 'behind', pending: ['aa02'] }],
    ['on both', fork, ['aa02', 'bb02'], { kind: 'up-to-date' }],
    ['at what no script declares', fork, ['aa02', 'gone'], { kind: 'unknown', unknown: ['gone'] }],
    ['at a revision and below it', line, ['aa01', 'aa03'], { kind: 'overlapping', below: 'aa01', above: 'aa03' }],
  ])('%s', (_, where, rows, standing) => {
    expect(findStanding(where, rows)).toEqual(standing)
  })

  it('nobody knows where, when the scripts cannot be told: it might be one of those', () => {
    const dynamic = history({ aa01: 'None', aa02: 'parent()' })
    expect(findStanding(dynamic, ['gone'])).toEqual({ kind: 'untold' })
    expect(findStanding(dynamic, ['aa01'])).toEqual({ kind: 'untold' })
    expect(findStanding(dynamic, [])).toEqual({ kind: 'empty', pending: null })
    expect(findStanding(history({ aa01: "'gone'" }), ['aa01'])).toEqual({ kind: 'untold' })
  })
})

const database: AskedDatabase = {
  name: null,
  dialect: 'postgresql',
  address: 'postgresql://app@db/shop',
  isOffline: false,
  currentRevisions: [],
}

const facts: StatusFacts = {
  invocation: { folder: 'services/billing', before: 'uv run alembic', after: '', x: [] },
  heads: ['aa03'],
  error: null,
  moves: [],
  whereabouts: new Map(),
}

const one = (status: EnvironmentStatus) => [status, status.databases[0]!] as const

const at = (...currentRevisions: readonly string[]) => [{ ...database, currentRevisions }]

const ada = { commit: '1a2b3c4d5e6f7a8b9c0d', author: 'Ada', date: '2026-01-05T10:00:00Z', subject: 'Add refunds' }

const gone: Whereabouts = {
  revision: 'gone',
  path: 'migrations/versions/gone.py',
  message: 'add refunds',
  refs: [],
  added: ada,
  removed: null,
  renamedTo: null,
  missing: ['migrations/versions/gone.py'],
  below: ['aa02'],
}

/** The text of `status` for a database at `gone`. */
const whenGone = (whereabouts: Whereabouts | null) =>
  `\n${formatStatus([reportStatus(line, at('gone'), { ...facts, whereabouts: new Map([['gone', whereabouts]]) })])}`

describe('status says', () => {
  it('that all is well in one line, and what is pending in order', () => {
    const reports = [
      reportStatus(line, at('aa03'), facts),
      reportStatus(line, at('aa01'), facts),
      reportStatus(line, at(), { ...facts, invocation: null }),
    ]
    expect(`\n${formatStatus(reports)}`).toMatchInlineSnapshot(`
      "
      ✔ billing: up to date at aa03 (make aa03)
          postgresql://app@db/shop
      ▲ billing: behind by 2
          postgresql://app@db/shop
          at       aa01  make aa01
          pending  aa02  make aa02
                   aa03  make aa03
          next: run what is pending, behind a backup
            onehead upgrade billing
      ▲ billing: nothing has run yet, 3 revisions pending
          postgresql://app@db/shop
          pending  aa01  make aa01
                   aa02  make aa02
                   aa03  make aa03
          next: run what is pending, behind a backup
            onehead upgrade billing
        3 environments: 1 up to date, 2 behind
      "
    `)
    expect(reports.map(isWell)).toEqual([true, true, true])
  })

  it('what to type with what env.py was told: without it another database would be upgraded', () => {
    const invocation = { ...facts.invocation!, x: ['tenant=b c'] }
    expect(formatStatus([reportStatus(line, at('aa01'), { ...facts, invocation })])).toContain(
      "onehead upgrade billing -x 'tenant=b c'\n",
    )
  })

  it('that a fork is repaired first, unless several heads are wanted', () => {
    const heads = ['aa02', 'bb02']
    expect(formatStatus([reportStatus(fork, at('bb02'), { ...facts, heads })])).toContain('onehead fix billing\n')
    const wanted = history({ aa01: 'None', aa02: "'aa01'", bb02: "'aa01'" }, { expectedHeads: 2 })
    expect(formatStatus([reportStatus(wanted, at('bb02'), { ...facts, heads })])).toContain('onehead upgrade billing\n')
  })

  it('which branch has what a database ran, and how to come back from there', () => {
    const refs = [
      { name: 'feature/refunds', kind: 'branch' as const },
      { name: 'origin/feature/refunds', kind: 'remote' as const },
    ]
    expect(whenGone({ ...gone, refs })).toMatchInlineSnapshot(`
      "
      ✖ billing: stands at gone, which no script here declares
          postgresql://app@db/shop
          gone: "add refunds", migrations/versions/gone.py, is on feature/refunds and
            origin/feature/refunds, brought by Ada on 2026-01-05 (1a2b3c4 Add refunds)
          next: take the database back to aa02, which both branches have, with the scripts of
            feature/refunds; or merge feature/refunds
            git switch feature/refunds && (cd services/billing && uv run alembic downgrade aa02) && git switch -
      "
    `)
    expect(whenGone({ ...gone, refs: refs.slice(1), below: [] })).toContain(
      'git switch --detach origin/feature/refunds\n',
    )
  })

  it('which commit took it away, and how to bring it back', () => {
    expect(whenGone({ ...gone, removed: { ...ada, subject: 'Clean up' } })).toMatchInlineSnapshot(`
      "
      ✖ billing: stands at gone, which no script here declares
          postgresql://app@db/shop
          gone: "add refunds", migrations/versions/gone.py, was taken away by Ada on 2026-01-05 (1a2b3c4
            Clean up)
          next: bring the script back as before that commit: a database has run it
            git restore --source=1a2b3c4d5e6f~1 -- migrations/versions/gone.py
      "
    `)
  })

  it('that more than one was taken away', () => {
    const missing = ['migrations/versions/gone.py', 'migrations/versions/add it.py']
    expect(whenGone({ ...gone, removed: ada, missing })).toContain(
      "git restore --source=1a2b3c4d5e6f~1 -- migrations/versions/gone.py 'migrations/versions/add it.py'\n",
    )
  })

  it('which id it has now', () => {
    expect(whenGone({ ...gone, removed: ada, renamedTo: 'aa03' })).toContain(
      'cd services/billing && uv run alembic stamp --purge aa03\n',
    )
  })

  it('that only the reflog has it, that nothing has it, and that nobody could look: three things', () => {
    expect(whenGone(gone)).toContain('git restore --source=1a2b3c4d5e6f -- migrations/versions/gone.py\n')
    expect(whenGone(null)).toMatchInlineSnapshot(`
      "
      ✖ billing: stands at gone, which no script here declares
          postgresql://app@db/shop
          gone: no branch, tag or earlier commit of this repository has a script that declares it
          next: see that it is the right database, and that no other application shares its version table;
            the script may also be on a branch that was not fetched
            git fetch --all
      "
    `)
    const unsearched = formatStatus([reportStatus(line, at('gone'), facts)])
    expect(unsearched).toContain('git could not be asked')
    expect(unsearched).not.toContain('git fetch')
  })

  it('that Alembic would refuse two rows of one line', () => {
    expect(`\n${formatStatus([reportStatus(line, at('aa01', 'aa03'), facts)])}`).toMatchInlineSnapshot(`
      "
      ✖ billing: its version table holds aa03 and also aa01, which lies below it: Alembic refuses every
        upgrade
          postgresql://app@db/shop
          at       aa01  make aa01
                   aa03  make aa03
          next: see whether everything below aa03 has run, and then keep only that row
            onehead stamp billing aa03 --purge --dry-run
      "
    `)
  })

  it('how two rows become one: by what is certain, or by what a repair has put in between', () => {
    const adviceAt = (where: ReturnType<typeof history>, moves: readonly EarlierMove[], ...rows: readonly string[]) =>
      adviseDatabase(...one(reportStatus(where, at(...rows), { ...facts, moves })))
    expect(adviceAt(line, [], 'aa02', 'aa03')).toEqual({
      help: 'keep only aa03, which stands for aa02 too',
      command: 'cd services/billing && uv run alembic stamp --purge aa03',
    })
    const moved = history({ aa01: 'None', yy01: "'aa01'", yy02: "'yy01'", xx01: "'yy02'", xx02: "'xx01'" })
    const ways: EarlierMove['ways'] = []
    const move = { revision: 'xx01', formerly: 'xx01', when: '2026-01-05T10:00:00Z', skipped: ['yy01', 'yy02'], ways }
    expect(adviceAt(moved, [move], 'xx02', 'yy01')).toEqual({
      help: 'run yy02, which a repair has put below xx02 since',
      command:
        'cd services/billing && uv run alembic stamp --purge yy01 && uv run alembic upgrade yy02 && uv run alembic stamp xx02',
    })
    // Had it run all of both sides, nothing would be lacking.
    expect(adviceAt(moved, [move], 'xx02', 'yy02')?.command).toBe(
      'cd services/billing && uv run alembic stamp --purge xx02',
    )
    expect(adviceAt(moved, [], 'xx02', 'yy01')?.command).toBe('onehead stamp billing xx02 --purge --dry-run')
  })

  it('what a repair has moved below a database, and how it gets what it would skip', () => {
    const way = {
      at: 'aa03',
      isLast: true,
      skipped: ['aa02'],
      catchUp: [
        { command: 'stamp' as const, revision: 'aa01' },
        { command: 'upgrade' as const, revision: 'aa02' },
        { command: 'stamp' as const, revision: 'aa03' },
      ],
      stepBackBefore: [],
      stepBackAfter: [{ command: 'downgrade' as const, revision: 'aa02' }],
      advised: 'catch-up' as const,
      because: 'disjoint' as const,
    }
    const move: EarlierMove = {
      revision: 'aa03',
      formerly: 'aa03',
      when: '2026-01-05T10:00:00Z',
      skipped: ['aa02'],
      ways: [way],
    }
    const text = (rows: readonly string[], moves: readonly EarlierMove[]) =>
      formatStatus([reportStatus(line, at(...rows), { ...facts, moves })])
    expect(`\n${text(['aa03'], [move])}`).toMatchInlineSnapshot(`
      "
      ✔ billing: up to date at aa03 (make aa03)
          postgresql://app@db/shop
          warning: a repair of 2026-01-05 moved aa03: if this database ran it before that, and was not put
            right since, it lacks aa02
            then: cd services/billing && uv run alembic stamp aa01 && uv run alembic upgrade aa02 && uv run alembic stamp aa03
      "
    `)
    expect(text(['aa01'], [move])).not.toContain('moved')
    const stepBack = { ...way, advised: 'step-back' as const }
    expect(text(['aa03'], [{ ...move, ways: [stepBack] }])).toContain('alembic downgrade aa02\n')
    const renamed = { ...move, formerly: 'old1', skipped: [], ways: [] }
    expect(text(['old1'], [renamed])).toContain('stamp --purge aa03\n')
  })

  it('where a file would be that is not there yet: a relative address may start elsewhere', () => {
    const file = {
      ...database,
      dialect: 'sqlite',
      address: 'sqlite:///shop.db',
      database: '/srv/shop.db',
      exists: false,
    }
    const told = formatStatus([reportStatus(line, [file], facts)], { unicode: false })
    expect(told).toContain('    sqlite:///shop.db\n    there is no such file yet: /srv/shop.db\n')
    expect(formatStatus([reportStatus(line, [{ ...file, exists: true }], facts)])).not.toContain('no such file')
  })

  it('why a database could not be asked, and whatever else is wrong', () => {
    const failure = { message: 'Connection refused', cause: 'Nothing listens there.', help: 'start the server' }
    const error = { kind: 'KeyError' as const, revisions: ['zz'], message: "'zz'" }
    const offline = [{ ...database, isOffline: true, address: null }]
    const reports = [
      reportUnasked(exampleEnvironment(), { ...facts, error }, failure),
      reportStatus(line, offline, facts),
    ]
    expect(`\n${formatStatus(reports, { unicode: false, width: 60 })}`).toMatchInlineSnapshot(`
      "
      x billing: the database cannot be asked
          because Connection refused
          cause: Nothing listens there.
          cure: start the server
          warning: its scripts do not load: 'zz'
      ! billing: env.py writes SQL instead of connecting, so
        nobody knows where the database stands
          postgresql
        2 environments: 2 not known
      "
    `)
    expect(reports.map(isWell)).toEqual([false, true])
  })

  it('nothing that a terminal would obey', () => {
    const bad = { ...database, address: 'sqlite:///\x1b[31mred.db', currentRevisions: ['\x1b[2Jgone'] }
    expect(formatStatus([reportStatus(line, [bad], facts)])).not.toContain('\x1b')
  })

  it('the same as JSON, as the schema promises', () => {
    const path = new URL('../../schema/report.schema.json', import.meta.url)
    const { $defs } = JSON.parse(readFileSync(path, 'utf8')) as Schema
    const validator = new Validator({ $defs: $defs!, $ref: '#/$defs/status' }, '2020-12', false)
    const reports = [
      reportStatus(line, [...at('aa01'), ...at('gone'), ...at('aa01', 'aa03')], {
        ...facts,
        whereabouts: new Map([['gone', { ...gone, removed: ada }]]),
      }),
      reportUnasked(exampleEnvironment(), facts, { message: 'no', cause: null, help: null }),
    ]
    const json = JSON.parse(formatStatusJson(reports))
    expect(validator.validate(json)).toMatchObject({ valid: true })
    expect(validator.validate({ ...json, environments: [{ name: 'billing' }] }).valid).toBe(false)
    expect(json.environments[0].databases.map((one: { standing: string }) => one.standing)).toEqual([
      'behind',
      'unknown',
      'overlapping',
    ])
  })
})
