import { describe, expect, it } from 'vitest'
import { diagnostic, environment, marked, report } from '../../../../test/support/reports.js'
import type { GraphRow } from '../rules/rule.js'
import { formatCheck } from './text.js'

const BILLING = 'services/billing/migrations/versions/8b1f2c7d90aa_add_invoice_due_date.py'

const graph: readonly GraphRow[] = [
  {
    revision: '8b1f2c7d90aa',
    message: 'add invoice due date',
    parents: [{ revision: '3c9e51a7b204', indirect: false }],
    tags: ['head', 'yours'],
    isHead: true,
  },
  {
    revision: 'f04d6e2b713c',
    message: 'add refund table',
    parents: [{ revision: '3c9e51a7b204', indirect: false }],
    tags: ['head', 'on origin/main'],
    isHead: true,
  },
  { revision: '3c9e51a7b204', message: 'create invoice table', parents: [], tags: ['branch point'], isHead: false },
]

const billing = marked(`${'\n'.repeat(15)}down_revision: Union[str, Sequence[str], None] = «'3c9e51a7b204'»`)

const twoHeads = diagnostic({
  labels: [{ path: BILLING, range: billing.range(16), text: 'yours; not on origin/main yet' }],
  graph,
  notes: [
    '`alembic upgrade head` stops here, but `alembic heads` exits 0',
    'if your database already has 8b1f2c7d90aa, downgrade it first; otherwise f04d6e2b713c will never run on it, and the table that it adds will be missing',
  ],
  help: 'revise the published head instead',
  fix: {
    applicability: 'ask',
    edits: [{ path: BILLING, range: billing.range(16), text: "'f04d6e2b713c'" }],
    command: 'onehead rebase',
  },
})

const source = (path: string) => (path === BILLING ? billing.lines : null)
const options = { source, elapsedMs: 40 }

describe('a check with findings', () => {
  it('two heads after merging main', () => {
    expect(`\n${formatCheck(report({ diagnostics: [twoHeads] }), options)}`).toMatchInlineSnapshot(`
      "
      error[multiple-heads]: this history has 2 heads
         ╭▸ services/billing/migrations/versions/8b1f2c7d90aa_add_invoice_due_date.py:16:50
      16 │ down_revision: Union[str, Sequence[str], None] = '3c9e51a7b204'
         │                                                  ━━━━━━━━━━━━━━ yours; not on origin/main yet
         │
         │   ◆  8b1f2c7d90aa  add invoice due date   head, yours
         │   │ ◆  f04d6e2b713c  add refund table     head, on origin/main
         │   ├─╯
         │   ○  3c9e51a7b204  create invoice table   branch point
         │
         ├ note: \`alembic upgrade head\` stops here, but \`alembic heads\` exits 0
         ├ note: if your database already has 8b1f2c7d90aa, downgrade it first; otherwise f04d6e2b713c
         │       will never run on it, and the table that it adds will be missing
         ├ help: revise the published head instead
      16 │ - down_revision: Union[str, Sequence[str], None] = '3c9e51a7b204'
      16 │ + down_revision: Union[str, Sequence[str], None] = 'f04d6e2b713c'
         ╰ run: \`onehead rebase\`; more: \`onehead explain multiple-heads\`

      ✖ 1 error in services/billing · 42 revisions, 40 ms, nothing executed, nothing sent
        next: \`onehead rebase\`
      "
    `)
  })

  it('the same in ASCII, narrow, typed through npx, from another folder', () => {
    const text = formatCheck(report({ diagnostics: [twoHeads] }), {
      ...options,
      unicode: false,
      width: 60,
      program: 'npx onehead',
      showPath: (path) => `../../${path}`,
    })
    expect(`\n${text}`).toMatchInlineSnapshot(`
      "
      error[multiple-heads]: this history has 2 heads
         --> ../../services/billing/migrations/versions/8b1f2c7d90aa_add_invoice_due_date.py:16:50
      16 | ...nce[str], None] = '3c9e51a7b204'
         |                      ^^^^^^^^^^^^^^
         |                   yours; not on origin/main yet
         |
         |   *  8b1f2c7d90aa  add invoice due date   head, yours
         |   | *  f04d6e2b713c  add refu...          head, on origin/main
         |   +-'
         |   o  3c9e51a7b204  create invoice table   branch point
         |
         = note: \`alembic upgrade head\` stops here, but
         |       \`alembic heads\` exits 0
         = note: if your database already has 8b1f2c7d90aa,
         |       downgrade it first; otherwise f04d6e2b713c will
         |       never run on it, and the table that it adds will
         |       be missing
         = help: revise the published head instead
      16 | - ...e[str], None] = '3c9e51a7b204'
      16 | + ...e[str], None] = 'f04d6e2b713c'
         = more: \`npx onehead explain multiple-heads\`
         = run: \`npx onehead rebase\`

      x 1 error in services/billing
        42 revisions, 40 ms, nothing executed, nothing sent
        next: \`npx onehead rebase\`
      "
    `)
    expect(text).toMatch(/^[\n\x20-\x7e]*$/)
  })

  it('an edit names its file as soon as two are shown, also when it is in the last of them', () => {
    const REFUNDS = 'services/billing/migrations/versions/f04d6e2b713c_add_refund_table.py'
    const labels = [{ path: REFUNDS, range: billing.range(16), text: 'published' }, ...twoHeads.labels]
    const text = formatCheck(report({ diagnostics: [{ ...twoHeads, labels }] }), { source: () => billing.lines })
    expect(text).toMatch(/published head instead\n +╭▸ .*8b1f2c7d90aa_add_invoice_due_date\.py:16:50\n16 │ - /)
  })

  it('colours only when told to', () => {
    const plain = formatCheck(report({ diagnostics: [twoHeads] }), options)
    const colored = formatCheck(report({ diagnostics: [twoHeads] }), { ...options, color: true })
    expect(plain).not.toContain('\x1b')
    expect(colored).toContain('\x1b[1m\x1b[31merror[multiple-heads]:')
    // biome-ignore lint/complexity/useRegexLiterals: the escape is written out to be seen
    expect(colored.replace(new RegExp('\\x1b\\[\\d+m', 'g'), '')).toBe(plain)
  })

  it('the file-name slip: two files, and a safe edit on the first', () => {
    const next = 'migrations/versions/0004_add_channel_columns.py'
    const named = 'migrations/versions/0003_add_sources.py'
    const nextFile = marked(`${'\n'.repeat(13)}down_revision: str | None = «"0003_add_sources"»`)
    const namedFile = marked(`${'\n'.repeat(11)}revision: str = «"0003"»`)
    const slip = diagnostic({
      rule: 'missing-down-revision',
      message: 'no script declares revision "0003_add_sources"',
      labels: [
        { path: next, range: nextFile.range(14), text: 'this is a file name, not a revision id' },
        { path: named, range: namedFile.range(12), text: 'the id declared in that file' },
      ],
      notes: ["Alembic ends in `KeyError: '0003_add_sources'` on every command that reads the history"],
      help: 'use the revision id',
      fix: { applicability: 'safe', edits: [{ path: next, range: nextFile.range(14), text: '"0003"' }], command: null },
    })
    const files = (path: string) => (path === next ? nextFile.lines : path === named ? namedFile.lines : null)
    const environments = [environment('services/billing'), environment('users')]
    expect(`\n${formatCheck(report({ environments, diagnostics: [slip] }), { source: files })}`).toMatchInlineSnapshot(`
      "
      error[missing-down-revision]: no script declares revision "0003_add_sources"
         ╭▸ migrations/versions/0004_add_channel_columns.py:14:29 (services/billing)
      14 │ down_revision: str | None = "0003_add_sources"
         │                             ━━━━━━━━━━━━━━━━━━ this is a file name, not a revision id
         ╭▸ migrations/versions/0003_add_sources.py:12:17
      12 │ revision: str = "0003"
         │                 ────── the id declared in that file
         ├ note: Alembic ends in \`KeyError: '0003_add_sources'\` on every command that reads the history
         ├ help: use the revision id
         ╭▸ migrations/versions/0004_add_channel_columns.py:14:29
      14 │ - down_revision: str | None = "0003_add_sources"
      14 │ + down_revision: str | None = "0003"
         ╰ more: \`onehead explain missing-down-revision\`

      ✖ 1 error in services/billing · 84 revisions, nothing executed, nothing sent
        next: make the edit shown for missing-down-revision, then \`onehead check\`
      "
    `)
  })

  it('several labels in one file share an excerpt; lines far apart are set off', () => {
    const file = marked('"""add users\n\nRevises: «aaaa»\n"""\n\nrevision = «"bbbb"»\ndown_revision = «"cccc"»')
    const stale = diagnostic({
      rule: 'stale-docstring',
      severity: 'warn',
      message: 'the docstring names another parent',
      labels: [
        { path: 'v/b.py', range: file.range(7), text: 'what Alembic reads' },
        { path: 'v/b.py', range: file.range(3), text: 'what people read' },
        { path: 'v/b.py', range: file.range(6), text: '' },
      ],
    })
    expect(`\n${formatCheck(report({ diagnostics: [stale] }), { source: () => file.lines })}`).toMatchInlineSnapshot(`
      "
      warning[stale-docstring]: the docstring names another parent
         ╭▸ v/b.py:7:17
       3 │ Revises: aaaa
         │          ──── what people read
         ┆
       6 │ revision = "bbbb"
         │            ──────
       7 │ down_revision = "cccc"
         │                 ━━━━━━ what Alembic reads
         ╰ more: \`onehead explain stale-docstring\`

      ▲ 1 warning in services/billing · 42 revisions, nothing executed, nothing sent
        next: \`onehead explain stale-docstring\`
      "
    `)
  })

  it('tabs, wide, joined and combining characters keep the underline under its text', () => {
    const underlineOf = (line: string) => {
      const file = marked(line)
      const found = diagnostic({ labels: [{ path: 'v/a.py', range: file.range(1), text: '' }] })
      const lines = formatCheck(report({ diagnostics: [found] }), { source: () => file.lines }).split('\n')
      return `\n${lines[2]}\n${lines[3]}`
    }
    expect(underlineOf("\t\tdown_revision = «'a'»")).toMatchInlineSnapshot(`
      "
       1 │         down_revision = 'a'
         │                         ━━━"
    `)
    expect(underlineOf("x = '請求書' ; down_revision = «'請求'»")).toMatchInlineSnapshot(`
      "
       1 │ x = '請求書' ; down_revision = '請求'
         │                                ━━━━━━"
    `)
    expect(underlineOf("# 👩‍👩‍👧 ✔️ 🇩🇪 👍🏽 ; y = «'a'»")).toMatchInlineSnapshot(`
      "
       1 │ # 👩‍👩‍👧 ✔️ 🇩🇪 👍🏽 ; y = 'a'
         │                     ━━━"
    `)
    expect(underlineOf("# cafe\u0301 ; y = «'a'»")).toMatchInlineSnapshot(`
      "
       1 │ # café ; y = 'a'
         │              ━━━"
    `)
    expect(underlineOf("# \u202e\x1b[31m\u200b ; y = «'\x07a'»")).toMatchInlineSnapshot(`
      "
       1 │ # \\u202e\\x1b[31m\\u200b ; y = '\\x07a'
         │                              ━━━━━━━"
    `)
  })

  it('long lines are cut around the span', () => {
    const shown = (line: string) => {
      const file = marked(line)
      const found = diagnostic({ labels: [{ path: 'v/a.py', range: file.range(1), text: 'not a string' }] })
      const text = formatCheck(report({ diagnostics: [found] }), { source: () => file.lines, width: 60 })
      for (const one of text.split('\n').slice(0, 6)) expect(one.length).toBeLessThanOrEqual(60)
      return `\n${text.split('\n').slice(2, 5).join('\n')}`
    }
    expect(shown(`x = «1» # ${'z'.repeat(300)}`)).toMatchInlineSnapshot(`
      "
       1 │ x = 1 # zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz…
         │     ━ not a string
         ╰ more: \`onehead explain multiple-heads\`"
    `)
    expect(shown(`${'z'.repeat(300)} = «1»`)).toMatchInlineSnapshot(`
      "
       1 │ …zzzzzzzzzzzzzzz = 1
         │                    ━ not a string
         ╰ more: \`onehead explain multiple-heads\`"
    `)
    expect(shown(`${'z'.repeat(300)} = «1» # ${'y'.repeat(300)}`)).toMatchInlineSnapshot(`
      "
       1 │ …zzzzzzzzzzzzzzz = 1 # yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…
         │                    ━ not a string
         ╰ more: \`onehead explain multiple-heads\`"
    `)
    expect(shown(`x = «${'z'.repeat(5_000_000)}»`)).toMatchInlineSnapshot(`
      "
       1 │ x = zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz…
         │     ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
         │     not a string"
    `)
    expect(shown(`${'z'.repeat(5_000_000)} = «${'y'.repeat(50_000)}»`)).toMatchInlineSnapshot(`
      "
       1 │ …yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…
         │  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
         │  not a string"
    `)
  })

  it('hidden characters in ids, paths and messages are shown, and cannot move the cursor', () => {
    const hostile = diagnostic({
      message: 'no script declares revision "a\u202eb\x1b[2J"',
      environment: 'bil\u2066ling',
      labels: [
        {
          path: 'v/\x1b]0;x\x07\n.py',
          range: { start: { line: 1, column: 1, offset: 0 }, end: { line: 1, column: 1, offset: 0 } },
          text: 'here\r\n',
        },
      ],
      notes: ['a\nb'],
    })
    const text = formatCheck(report({ diagnostics: [hostile], environments: [environment('a'), environment('b')] }), {
      source: () => [''],
    })
    expect(`\n${text}`).toMatchInlineSnapshot(`
      "
      error[multiple-heads]: no script declares revision "a\\u202eb\\x1b[2J"
         ╭▸ v/\\x1b]0;x\\x07\\n.py:1:1 (bil\\u2066ling)
       1 │
         │ ━ here\\r\\n
         ├ note: a\\nb
         ╰ more: \`onehead explain multiple-heads\`

      ✖ 1 error in bil\\u2066ling · 84 revisions, nothing executed, nothing sent
        next: \`onehead explain multiple-heads\`
      "
    `)
  })

  it('an edit that adds a line, and one in another file', () => {
    const file = marked('"""add users"""\n«»revision = "bbbb"')
    const found = diagnostic({
      rule: 'unreadable-script',
      labels: [{ path: 'v/b.py', range: file.range(2), text: 'no `down_revision`' }],
      help: 'declare it',
      fix: {
        applicability: 'ask',
        command: null,
        edits: [
          { path: 'v/b.py', range: file.range(2), text: 'down_revision = None\n' },
          {
            path: 'alembic.ini',
            range: { start: { line: 3, column: 1, offset: 0 }, end: { line: 3, column: 1, offset: 0 } },
            text: 'recursive_version_locations = true\n',
          },
        ],
      },
    })
    const files = (path: string) => (path === 'v/b.py' ? file.lines : null)
    expect(`\n${formatCheck(report({ diagnostics: [found] }), { source: files })}`).toMatchInlineSnapshot(`
      "
      error[unreadable-script]: this history has 2 heads
         ╭▸ v/b.py:2:1
       2 │ revision = "bbbb"
         │ ━ no \`down_revision\`
         ├ help: declare it
       2 │ + down_revision = None
         ╭▸ alembic.ini:3:1
       3 │ + recursive_version_locations = true
         ╰ more: \`onehead explain unreadable-script\`

      ✖ 1 error in services/billing · 42 revisions, nothing executed, nothing sent
        next: make the edit shown for unreadable-script, then \`onehead check\`
      "
    `)
  })

  it('many of one rule are counted, not shown', () => {
    const many = Array.from({ length: 25 }, () => diagnostic({ severity: 'warn', rule: 'stale-docstring' }))
    const text = formatCheck(report({ diagnostics: many }), { maxWarnings: 3 })
    expect(text.match(/^warning\[/gm)).toHaveLength(20)
    expect(text.slice(text.indexOf('…'))).toMatchInlineSnapshot(`
      "… 5 more of stale-docstring: \`--format json\` lists every one

      ✖ 25 warnings in services/billing · 42 revisions, nothing executed, nothing sent
        more than the 3 warnings that --max-warnings allows
        next: \`onehead explain stale-docstring\`
      "
    `)
  })
})

describe('a check without findings', () => {
  it('one environment', () => {
    expect(formatCheck(report(), { elapsedMs: 40 })).toMatchInlineSnapshot(`
      "✔ 42 revisions, 1 head (f04d6e2b713c) in services/billing · 40 ms, nothing executed, nothing sent
      "
    `)
  })

  it('a few environments, one without revisions, one with two heads as configured', () => {
    const environments = [
      environment('services/billing'),
      environment('users', { revisionCount: 0, heads: [] }),
      environment('search', { revisionCount: 1300, heads: ['aaaa', 'bbbb'] }),
    ]
    const summary = { ...report({ environments }).summary, scanned: 1342 }
    expect(`\n${formatCheck(report({ environments, summary }), { elapsedMs: 1234 })}`).toMatchInlineSnapshot(`
      "
      ✔ 42 revisions, 1 head (f04d6e2b713c) in services/billing
      ✔ 0 revisions in users
      ✔ 1,300 revisions, 2 heads (aaaa, bbbb) in search
        1,342 revisions in 3 environments, 3 heads in all · 1.2 s, nothing executed, nothing sent
        1,342 scripts were only scanned; --full parses every one
      "
    `)
  })

  it('scripts in folders that nobody loads are no success', () => {
    const split = environment('users', {
      revisionCount: 0,
      heads: [],
      notes: ['scripts in subfolders are not loaded'],
      notLoaded: ['users/versions/mysql', 'users/versions/sqlite'],
    })
    expect(formatCheck(report({ environments: [split] }))).toMatchInlineSnapshot(`
      "note: users: scripts in subfolders are not loaded

      ▲ 0 revisions in users; 2 folders not judged · nothing executed, nothing sent
        next: name these folders in version_locations, then \`onehead check\`
      "
    `)
    expect(formatCheck(report({ environments: [environment('services/billing'), split] }))).toMatchInlineSnapshot(`
      "note: users: scripts in subfolders are not loaded

      ✔ 42 revisions, 1 head (f04d6e2b713c) in services/billing
      ▲ 0 revisions in users; 2 folders not judged
        42 revisions in 2 environments, 1 head in all · nothing executed, nothing sent
        next: name these folders in version_locations, then \`onehead check\`
      "
    `)
  })

  it('many environments', () => {
    const environments = Array.from({ length: 200 }, (_, index) => environment(`apps/app-${index}`))
    expect(formatCheck(report({ environments }), { elapsedMs: 40 })).toMatchInlineSnapshot(`
      "✔ 8,400 revisions in 200 environments, one head each · 40 ms, nothing executed, nothing sent
      "
    `)
  })

  it('a history that nobody could tell is not fine', () => {
    const unknown = environment('users', {
      heads: null,
      error: { kind: 'UnreadableScript', revisions: [], message: 'one script can only be told by Python' },
    })
    expect(
      `\n${formatCheck(report({ environments: [environment('services/billing'), unknown] }), { elapsedMs: 40 })}`,
    ).toMatchInlineSnapshot(`
      "
      ? heads unknown in users: one script can only be told by Python
        1 environment of 2 could not be told · 40 ms, nothing executed, nothing sent
        next: \`onehead check --full --scripts all\`
      "
    `)
  })

  it('old debt counts its environments where their names take more than the line', () => {
    const environments = ['services/billing/migrations', 'services/users/migrations']
    const folded = [{ rule: 'stale-docstring', severity: 'warn', environments, count: 3, reason: 'published' }] as const
    const at = (width: number) => formatCheck(report({ folded }), { width }).split('\n')[1]
    expect(at(80)).toBe('  3 stale-docstring  warning  2 environments, published')
    expect(at(100)).toContain('  services/billing/migrations and services/users/migrations, published')
  })

  it('old debt is folded to a line per rule, and a note is said once', () => {
    const notes = ['paths are taken relative to the folder of the configuration']
    const environments = ['services/billing', 'users', 'search'].map((name) => environment(name, { notes }))
    const text = formatCheck(
      report({
        environments,
        folded: [
          {
            rule: 'stale-docstring',
            severity: 'warn',
            environments: ['search', 'services/billing', 'users'],
            count: 1038,
            reason: 'published',
          },
          { rule: 'second-base', severity: 'error', environments: ['users'], count: 1, reason: 'baseline' },
        ],
      }),
      { elapsedMs: 40 },
    )
    expect(`\n${text}`).toMatchInlineSnapshot(`
      "
      old debt, folded: it does not fail this check
        1,038 stale-docstring  warning  search, services/billing and 1 more, published
            1 second-base      error    users, in the baseline
        to list it: \`onehead check --scripts all\`

      note: services/billing, users and 1 more: paths are taken relative to the folder of the
            configuration

      ✔ 42 revisions, 1 head (f04d6e2b713c) in services/billing
      ✔ 42 revisions, 1 head (f04d6e2b713c) in users
      ✔ 42 revisions, 1 head (f04d6e2b713c) in search
        126 revisions in 3 environments, one head each · 40 ms, nothing executed, nothing sent
      "
    `)
  })
})
