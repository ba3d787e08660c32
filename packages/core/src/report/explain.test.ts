import { describe, expect, it } from 'vitest'
import { explainAlembicError } from './alembic-errors.js'
import { formatAdvice, formatRuleTable } from './explain.js'
import { formatMarkdown, formatRulePage } from './markdown-text.js'

const rulesFor = (text: string) => explainAlembicError(text).map(({ rules }) => rules[0])

describe('what Alembic prints', () => {
  it.each([
    [
      "FAILED: Multiple head revisions are present for given argument 'head'; please specify a specific target revision",
      'multiple-heads',
    ],
    ['  FAILED: Multiple\n  head revisions are present for\n  given argument', 'multiple-heads'],
    [
      'ERROR [flask_migrate] Error: Multiple heads are present; please specify the head revision on which',
      'multiple-heads',
    ],
    ['UserWarning: Revision a1 is present more than once', 'duplicate-revision'],
    ['alembic.script.revision.CycleDetected: Cycle is detected in revisions (a, b)', 'revision-cycle'],
    ['Self-loop is detected in revisions (a)', 'revision-cycle'],
    ["Branch name 'lx' in revision bbbb already used by revision aaaa", 'duplicate-branch-label'],
    ["Character(s) '-' not allowed in revision identifier 'a-b'", 'reserved-character'],
    ["module 'a_py' has no attribute 'down_revision'", 'not-a-revision'],
    ["Can't locate revision identified by 'gone12345'", 'missing-down-revision'],
    [
      'psycopg2.errors.StringDataRightTruncation: value too long for type character varying(32)',
      'revision-id-too-long',
    ],
    ["KeyError: '0003_add_sources'", 'missing-down-revision'],
  ])('%s', (text, rule) => {
    expect(rulesFor(text)[0]).toBe(rule)
  })

  it('is not guessed at', () => {
    expect(explainAlembicError('Segmentation fault')).toEqual([])
    expect(explainAlembicError('')).toEqual([])
  })

  it('has the warning before the KeyError that follows it', () => {
    const text =
      "UserWarning: Revision zzzz referenced from zzzz -> cccc (head), m cccc is not present\nKeyError: 'zzzz'"
    expect(rulesFor(text)).toEqual(['missing-down-revision', 'missing-down-revision'])
    expect(`\n${formatAdvice(explainAlembicError(text), { width: 70 })}`).toMatchInlineSnapshot(`
      "
      Revision zzzz referenced from zzzz -> cccc (head), m cccc is not
      present
        cause  A script revises one that is not there: never committed,
               deleted, renamed, or still on another branch.
        cure   bring the script back, or point down_revision at the revision
               that it should follow
        more   \`onehead explain missing-down-revision\`,
               \`onehead explain duplicate-revision\`

      KeyError: 'zzzz'
        cause  A script names a revision that is not there: as its parent,
               or in depends_on, where a part of an id or \`label@head\` is
               not enough.
        cure   write the full id of a script that exists
        more   \`onehead explain missing-down-revision\`,
               \`onehead explain unresolved-dependency\`,
               \`onehead explain label-as-down-revision\`

      to find the place: \`onehead check\`
      "
    `)
  })
})

describe('rule pages', () => {
  it('become terminal text', () => {
    const page = [
      '# multiple-heads',
      '',
      '<!-- tested -->',
      'A history ends in **more than one** head, which',
      '`alembic heads` does not mind; see [second-base](second-base.md) and [Alembic](https://alembic.sqlalchemy.org/branches).',
      '## Example',
      '```py versions/a.py',
      "revision = 'a'",
      '',
      "\tdown_revision = '\x1b[2J'",
      '```',
      '- one thing that is long enough to be broken into two lines at the width of sixty',
      '  and goes on',
      '  1. first',
      '',
      '> a quote',
      '',
      '| a | b |',
      '|---|---|',
    ].join('\n')
    expect(`\n${formatMarkdown(page, { width: 60 })}`).toMatchInlineSnapshot(`
      "
      multiple-heads

      A history ends in more than one head, which \`alembic heads\`
      does not mind; see second-base and Alembic
      (https://alembic.sqlalchemy.org/branches).

      Example

        versions/a.py
        │ revision = 'a'
        │
        │     down_revision = '\\x1b[2J'

        • one thing that is long enough to be broken into two
          lines at the width of sixty and goes on
          1. first

      │ a quote

      | a | b |
      |---|---|
      "
    `)
  })

  it('show the first of their examples only', () => {
    const page =
      '# a\n\n## Example\n\n### Fires: one\n\n```py path=v/a.py\n### code\n```\n\n### Fires: two\n\nx\n\n### Silent\n\ny\n\n## How to fix\n\nz\n'
    expect(formatRulePage(page)).toBe('a\n\nExample\n\nFires: one\n\n  v/a.py\n  │ ### code\n\nHow to fix\n\nz\n')
  })

  it('are listed in a table', () => {
    const rules = [
      { name: 'multiple-heads', severity: 'error', summary: 'a history ends in more than one head' },
      { name: 'file-name', severity: 'off', summary: 'a file name breaks the convention' },
    ]
    expect(`\n${formatRuleTable(rules)}`).toMatchInlineSnapshot(`
      "
      multiple-heads  error  a history ends in more than one head
      file-name       off    a file name breaks the convention

      one of them: \`onehead explain <rule>\`; an Alembic error: \`onehead explain '<its text>'\`
      "
    `)
  })
})
