import { describe, expect, test } from 'vitest'
import { exampleEnvironment, type HistorySetting, readHistory } from '../../../../test/support/read-history.js'
import { bytes } from '../../../../test/support/rule-examples.js'
import { buildHistory } from '../history/build-history.js'
import type { History } from '../history/history.js'
import { compareHistories, type HistoryChange, type Moment, type Notice } from '../notice/index.js'
import { judgeHistory } from '../rules/judge.js'
import { formatNotice } from './notice.js'

const MESSAGES: Readonly<Record<string, string>> = {
  '3c9e51a7b204': 'create invoice table',
  '8b1f2c7d90aa': 'add invoice due date',
  f04d6e2b713c: 'add refund table',
  '5a0e77c1d9b3': 'add tax rate',
}

/** `child < parent`; the names are those above. */
function moment(graph: string, setting: HistorySetting): Moment {
  const files = graph.split('; ').map((part) => {
    const [id = '', parent] = part.split(' < ')
    const down = parent === undefined ? 'None' : `'${parent}'`
    const text = `"""${MESSAGES[id] ?? `say ${id}`}"""\nrevision = '${id}'\ndown_revision = ${down}\n`
    return [`${setting.path ?? 'migrations'}/versions/${id}.py`, bytes(text)] as const
  })
  const history = readHistory(new Map(files), setting)
  return { history, diagnostics: judged(history) }
}

function judged(history: History) {
  return judgeHistory(history, {
    levels: (_rule, _environment, byDefault) => byDefault,
    isPublished: () => null,
    baseline: new Set(),
    scripts: 'none',
    source: () => new Uint8Array(),
  }).diagnostics
}

const setting: HistorySetting = { path: 'services/billing/migrations', config: 'services/billing/alembic.ini' }

function change(before: string, after: string, more: HistorySetting = {}): HistoryChange {
  return compareHistories(moment(before, { ...setting, ...more }), moment(after, { ...setting, ...more }))!
}

function say(changes: readonly HistoryChange[], more: Partial<Notice> = {}): string {
  return formatNotice({ occasion: 'merge', changes, broken: [], before: 'ORIG_HEAD', authors: new Map(), ...more })
}

const base = '3c9e51a7b204'
const yours = '8b1f2c7d90aa < 3c9e51a7b204'
const theirs = 'f04d6e2b713c < 3c9e51a7b204'

describe('a note', () => {
  test('is empty where there is nothing to say', () => expect(say([])).toBe(''))

  test('says what came in, who made it, and how to follow', () => {
    expect(say([change(base, `${base}; ${theirs}`)], { authors: new Map([['f04d6e2b713c', 'Grace']]) })).toBe(
      `onehead: billing: 1 new revision, head f04d6e2b713c
  + f04d6e2b713c  add refund table (Grace)
  your database is likely behind: cd services/billing && alembic upgrade head
`,
    )
  })

  test('says how two heads become one, and nothing of an upgrade that would stop', () => {
    expect(say([change(`${base}; ${yours}`, `${base}; ${yours}; ${theirs}`)])).toBe(
      `onehead: billing: 1 new revision, now 2 heads
  + f04d6e2b713c  add refund table
  error[multiple-heads]: this history has 2 heads (8b1f2c7d90aa and f04d6e2b713c); \`upgrade head\` stops here
  bring the history back to one head: onehead fix billing
`,
    )
  })

  test('says where a database may be that this branch cannot follow', () => {
    const text = say([change(`${base}; ${yours}`, `${base}; ${theirs}`)], { occasion: 'switch', before: '-' })
    expect(text).toBe(`onehead: billing: 1 more revision, 1 revision is not on this branch, head f04d6e2b713c
  + f04d6e2b713c  add refund table
  - 8b1f2c7d90aa  add invoice due date
  your database may be at 8b1f2c7d90aa, which this branch does not have: Alembic cannot go on from there
  to take it back first: git checkout - && (cd services/billing && alembic downgrade 3c9e51a7b204) && git checkout -
  and then: cd services/billing && alembic upgrade head
`)
  })

  test('says what a database skips when a revision changed its parent, and both ways back', () => {
    const after = `${base}; ${theirs}; 8b1f2c7d90aa < f04d6e2b713c`
    expect(say([change(`${base}; ${yours}`, after)])).toBe(
      `onehead: billing: 1 new revision, 1 revision with another parent, head 8b1f2c7d90aa
  + f04d6e2b713c  add refund table
  ! 8b1f2c7d90aa revises f04d6e2b713c now, not 3c9e51a7b204: a database that has run it without f04d6e2b713c will never run it
    if it is at 8b1f2c7d90aa, catch up: cd services/billing && alembic stamp 3c9e51a7b204 && alembic upgrade f04d6e2b713c && alembic stamp 8b1f2c7d90aa
    or, where both change the same tables: cd services/billing && alembic downgrade f04d6e2b713c && alembic stamp 3c9e51a7b204 && alembic upgrade head
  a database that has not: cd services/billing && alembic upgrade head
`,
    )
  })

  test('is in the words of Flask-Migrate where it is used', () => {
    const flask = { kind: 'flask-migrate', config: `${setting.path}/alembic.ini` } as const
    const text = say([change(base, `${base}; ${theirs}`, flask)])
    expect(text).toContain('behind: cd services/billing && flask db upgrade head\n')
  })

  test('is short however much came in', () => {
    const many = Array.from({ length: 40 }, (_, i) => `r${i + 10} < ${i === 0 ? base : `r${i + 9}`}`).join('; ')
    const text = say([change(base, `${base}; ${many}`)])
    expect(text).toContain('  + 37 more, and\n  + r47  say r47\n')
    expect(text.split('\n').length).toBeLessThan(8)
  })

  test('keeps to a dozen lines for many environments, what needs a hand first', () => {
    const calm = Array.from({ length: 30 }, () => change(base, `${base}; ${theirs}`))
    const text = say([...calm, change(`${base}; ${yours}`, `${base}; ${yours}; ${theirs}`)])
    const lines = text.trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(12)
    expect(lines[0]).toContain('now 2 heads')
    expect(lines.at(-1)).toMatch(/^onehead: and \d+ more environments: onehead heads$/)
  })

  test('says what nobody can load any more', () => {
    const text = say([change(base, `${base}; f04d6e2b713c < 5a0e77c1d9b3`)])
    expect(text).toContain('billing: 1 new revision, Alembic cannot load it')
    expect(text).toContain('error[missing-down-revision]: ')
    expect(text).not.toContain('upgrade head')
  })

  test('does not say so of a script that only this clone lacks', () => {
    const after = moment(`${base}; ${theirs}`, setting)
    const absent = {
      path: 'v/a.py',
      cause: 'not-downloaded',
      error: null,
      detail: '',
      span: { start: 0, end: 0 },
    } as const
    const history = buildHistory(
      after.history.environment,
      [...after.history.scripts, { ...absent, reading: null }],
      [],
    )
    const text = say([compareHistories(moment(base, setting), { history, diagnostics: judged(history) })!])
    expect(text).toContain('billing: 1 new revision, its heads cannot be told')
    expect(text).toContain('error[unreadable-script]: this script is not in this partial clone yet')
  })

  test('says of a squash merge that it is only staged', () => {
    const text = say([change(base, `${base}; ${theirs}`)], { occasion: 'squash' })
    expect(text).toContain('billing: 1 new revision staged')
    expect(text).not.toContain('behind')
  })

  test('never lets a message reach the terminal as it is', () => {
    const evil = { revision: 'x\u001b[2J', message: 'a\nb', path: 'x.py' }
    const one = { ...change(base, `${base}; ${theirs}`), environment: exampleEnvironment(setting), cameIn: [evil] }
    expect(say([one])).toContain('  + x\\x1b[2J  a\\nb\n')
  })

  test('says that an environment came or went in a line or two', () => {
    const all = moment(`${base}; ${theirs}`, setting)
    const appeared = say([compareHistories(null, all)!])
    expect(appeared).toBe(`onehead: billing: new here with 2 revisions, head f04d6e2b713c
  to make its database: cd services/billing && alembic upgrade head
`)
    expect(say([compareHistories(all, null)!], { occasion: 'switch' })).toBe(
      'onehead: billing: not on this branch (2 revisions)\n',
    )
  })
})
