import { readFileSync } from 'node:fs'
import { type Schema, Validator } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import { diagnostic, marked } from '../../../../test/support/reports.js'
import { formatPush } from './push.js'
import { ago, pushDiagnostic } from './push-diagnostic.js'
import { formatPushJson } from './push-json.js'
import type { PushedBranch, PushFinding, PushReport } from './push-report.js'

const now = 1_800_000_000
const main = { name: 'origin/main', commit: 'a'.repeat(40), why: 'remote-default', updatedAt: now - 60 } as const

const fork = diagnostic({
  notes: ['`alembic upgrade head` stops here, but `alembic heads` exits 0', 'downgrade it first'],
  help: 'put it on top of the published head',
  fix: { applicability: 'ask', edits: [], command: 'onehead fix billing' },
  graph: [
    {
      revision: 'bbbb',
      message: 'mine',
      parents: [{ revision: 'base', indirect: false }],
      tags: ['head', 'yours'],
      isHead: true,
    },
    {
      revision: 'aaaa',
      message: 'theirs',
      parents: [{ revision: 'base', indirect: false }],
      tags: ['head'],
      isHead: true,
    },
    { revision: 'base', message: '', parents: [], tags: ['branch point'], isHead: false },
  ],
})

const finding = (more: Partial<PushFinding> = {}): PushFinding => ({
  verdict: 'merge',
  blocks: true,
  decided: 'bbbb is new with this push, and aaaa is on origin/main',
  diagnostic: pushDiagnostic(fork, {
    verdict: 'merge',
    target: 'origin/main',
    fetch: 'origin',
    elsewhere: null,
    mayBeShared: false,
  }),
  others: [
    { revision: 'aaaa', author: 'Grace', authoredAt: now - 7200, subject: 'Add refunds', commit: 'c'.repeat(40) },
  ],
  ...more,
})

const branch = (more: Partial<PushedBranch> = {}): PushedBranch => ({
  localRef: 'refs/heads/dates',
  branch: 'dates',
  commit: 'b'.repeat(40),
  target: main,
  method: 'merge-tree',
  textualConflicts: [],
  findings: [],
  untold: [],
  newRevisions: 1,
  ...more,
})

const report = (more: Partial<PushReport> = {}): PushReport => ({
  remote: 'origin',
  branches: [branch()],
  notices: [],
  blocked: false,
  ...more,
})

describe('what pre-push says', () => {
  it('is nothing where all is well', () => {
    expect(formatPush(report(), { now })).toBe('')
    expect(formatPush(report({ branches: [] }), { now })).toBe('')
  })

  it('is the fork, whose it is, what decided, one command, and last the way past', () => {
    const text = formatPush(report({ branches: [branch({ findings: [finding()] })], blocked: true }), { now })
    expect(`\n${text}`).toMatchInlineSnapshot(`
      "
      error[multiple-heads]: this branch will have 2 heads once merged into origin/main
         ╭▸ services/billing
         │
         │   ◆  bbbb  mine       head, yours
         │   │ ◆  aaaa  theirs   head
         │   ├─╯
         │   ○  base             branch point
         │
         ├ note: aaaa on origin/main was written 2 hours ago by Grace: "Add refunds"
         ├ note: decided: bbbb is new with this push, and aaaa is on origin/main
         ├ note: downgrade it first
         ├ help: put it on top of the published head, once origin/main is merged: the command does both
         ╰ run: \`onehead fix billing --commit\`; more: \`onehead explain multiple-heads\`

      ✖ nothing was pushed to origin: 1 error in dates
        next: run the command shown and push again
        to push all the same: \`ONEHEAD_SKIP='why' git push …\` (recorded), or \`git push --no-verify …\`
      "
    `)
  })

  it('ends in what to do, in its order, before the way past', () => {
    const withFix = (fix: PushFinding['diagnostic']['fix']) => finding({ diagnostic: { ...finding().diagnostic, fix } })
    const edit = { path: 'v/b.py', range: marked('«base»').range(1), text: 'aaaa' }
    const nextOf = (...findings: PushFinding[]) =>
      formatPush(report({ branches: [branch({ findings })], blocked: true }), { now })
        .split('\n')
        .at(-3)
    const edited = withFix({ applicability: 'ask', command: 'git rebase origin/main', edits: [edit] })
    expect(nextOf(edited)).toBe('  next: run the command shown, then make the edit shown, commit, and push again')
    expect(nextOf(withFix({ applicability: 'ask', command: null, edits: [edit] }))).toBe(
      '  next: make the edit shown, commit, and push again',
    )
    expect(nextOf(edited, finding())).toBe(
      '  next: run the commands shown, then make the edits shown, commit, and push again',
    )
    expect(nextOf(withFix(null))).toContain('nothing was pushed to origin')
  })

  it('is one or two lines for what does not stop the push', () => {
    const told = finding({ blocks: false, decided: 'origin/main has as many already, and this push adds none' })
    expect(formatPush(report({ branches: [branch({ findings: [told] })] }), { now, width: 200 })).toBe(
      'onehead: warning[multiple-heads]: services/billing: this branch will have 2 heads once merged into origin/main; origin/main has as many already, and this push adds none; to repair it:\n  `onehead fix billing --commit`\n',
    )
    const byHand = { ...told, diagnostic: { ...told.diagnostic, fix: null } }
    expect(formatPush(report({ branches: [branch({ findings: [byHand] })] }), { now })).not.toContain('repair')
  })

  it('is how old the target is, where revisions are pushed and it is older than an hour', () => {
    const aged = (age: number, more: Partial<PushedBranch> = {}) =>
      formatPush(report({ branches: [branch({ target: { ...main, updatedAt: now - age }, ...more })] }), { now })
    expect(aged(3599)).toBe('')
    expect(aged(7300)).toContain('judged against origin/main as it was 2 hours ago; `git fetch origin`')
    expect(aged(7300, { newRevisions: 0 })).toBe('')
    expect(aged(7300, { target: { ...main, updatedAt: null } })).toBe('')
  })

  it('names the branch where there are several, and counts what is too much', () => {
    const findings = Array.from({ length: 6 }, () => finding())
    const branches = [branch({ findings }), branch({ branch: 'more', findings })]
    const text = formatPush(report({ branches, blocked: true }), { now })
    expect(text).toContain('dates: this branch will have 2 heads')
    expect(text).toContain('… and 4 more errors')
    expect(text).toContain('nothing was pushed to origin: 12 errors in dates, more')
  })

  it('is loud where nobody can tell, and says what stops the strict', () => {
    const untold = ['billing: its heads cannot be told: v/x.py: made\u001b[2J by a call']
    const text = formatPush(report({ branches: [branch({ untold })], blocked: true }), { now })
    expect(text).toContain('onehead: not judged: billing: its heads cannot be told: v/x.py: made\\x1b[2J by a call')
    expect(text).toContain('onehead.strict, and not everything could be judged in dates')
  })

  it('says how a merge was predicted where that is less than certain', () => {
    for (const [method, words] of [
      ['union', 'approximate: no common history with origin/main is here'],
      ['path-level', 'predicted file by file'],
    ] as const) {
      const branches = [branch({ method, findings: [finding()] })]
      expect(formatPush(report({ branches, blocked: true }), { now })).toContain(words)
    }
  })
})

it('is told once where environments have the same scripts', () => {
  const tenants = finding()
  const findings = [finding(), { ...tenants, diagnostic: { ...tenants.diagnostic, environment: 'tenants' } }]
  const text = formatPush(report({ branches: [branch({ findings })], blocked: true }), { now })
  expect(text.match(/^error\[/gm)).toHaveLength(1)
  expect(text).toContain('the same in tenants, with the same scripts')
  expect(text).toContain('1 error in dates')
})

describe('the words for a push', () => {
  const words = (
    verdict: 'branch' | 'merge',
    more: Partial<Parameters<typeof pushDiagnostic>[0]> = {},
    elsewhere: string | null = null,
    mayBeShared = false,
  ) => pushDiagnostic({ ...fork, ...more }, { verdict, target: 'origin/main', fetch: 'origin', elsewhere, mayBeShared })

  it('tell what is from what will be', () => {
    expect(words('branch').message).toBe('this branch has 2 heads')
    expect(words('merge').message).toBe('this branch will have 2 heads once merged into origin/main')
    const labelled = { message: 'branch "users" has 2 heads' }
    expect(words('merge', labelled).message).toBe('branch "users" will have 2 heads once merged into origin/main')
    const gone = { message: 'published revision aaaa is gone' }
    expect(words('merge', gone).message).toBe('published revision aaaa is gone, once merged into origin/main')
  })

  it('bring the target in first where its head is to be revised or merged', () => {
    const edit = {
      path: 'v/b.py',
      range: { start: { line: 1, column: 1, offset: 0 }, end: { line: 1, column: 2, offset: 1 } },
      text: 'x',
    }
    const edits = { fix: { applicability: 'ask', edits: [edit], command: null } } as const
    expect(words('merge', edits).fix?.command).toBe('git fetch origin && git rebase origin/main')
    expect(words('merge', edits, 'dates').fix?.command).toBe('git fetch origin && git rebase origin/main dates')
    expect(words('merge', edits, 'a$(b)').fix?.command).toBe("git fetch origin && git rebase origin/main 'a$(b)'")
    expect(words('branch', edits).fix?.command).toBeNull()
    // Ours brings it in by itself.
    expect(words('merge').fix?.command).toBe('onehead fix billing --commit')
    expect(words('branch').fix?.command).toBe('onehead fix billing --commit')
    expect(words('merge', {}, 'dates').fix?.command).toBe('git switch dates && onehead fix billing --commit')
    const restore = { fix: { applicability: 'ask', edits: [], command: 'git checkout origin/main -- v/b.py' } } as const
    expect(words('merge', restore).fix?.command).toBe('git checkout origin/main -- v/b.py')
  })

  it('promise no edit where others may have built on what would move', () => {
    const edit = {
      path: 'v/b.py',
      range: { start: { line: 1, column: 1, offset: 0 }, end: { line: 1, column: 2, offset: 1 } },
      text: 'x',
    }
    const fix = { applicability: 'ask', edits: [edit], command: 'onehead fix billing' } as const
    const notes = ['a database that already has bbbb would skip aaaa for ever: the command tells the way']
    expect(words('merge', { fix, notes }, null, true)).toMatchObject({
      help: 'bring both together once origin/main is merged: the command puts yours on top, or merges where others have built on it',
      notes: [],
      fix: { edits: [], command: 'onehead fix billing --commit' },
    })
    expect(words('branch', { fix, notes }, null, true).help).toMatch(/^bring both together: the command puts/)
    expect(words('merge', { fix, notes })).toMatchObject({ notes, fix: { edits: [edit] } })
  })

  it.each([
    [0, 'just now'],
    [-5, 'just now'],
    [60, '1 minute ago'],
    [7199, '1 hour ago'],
    [3 * 86_400, '3 days ago'],
    [800 * 86_400, '2 years ago'],
  ])('tell the age of %i seconds', (seconds, text) => expect(ago(seconds)).toBe(text))
})

describe('the same for an agent', () => {
  const path = new URL('../../schema/report.schema.json', import.meta.url)
  const schema = JSON.parse(readFileSync(path, 'utf8')) as Schema

  it('keeps its contract, and does not name the way past', () => {
    const branches = [branch({ findings: [finding()], untold: ['x'] }), branch({ target: null, method: null })]
    const text = formatPushJson(report({ branches, blocked: true, notices: ['y'] }))
    const document = JSON.parse(text)
    for (const one of [schema, { $ref: '#/$defs/push', $defs: schema.$defs ?? {} } as Schema])
      expect(new Validator(one, '2020-12', false).validate(document).errors).toEqual([])
    expect(text).not.toMatch(/ONEHEAD_SKIP|no-verify/)
    document.push.branches[0].findings[0].verdict = 'maybe'
    expect(new Validator(schema, '2020-12').validate(document).valid).toBe(false)
  })
})
