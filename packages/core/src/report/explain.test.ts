import { readFileSync } from 'node:fs'
import { type Schema, Validator } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import type { ExplainReport } from '../explain/explanation.js'
import { formatExplanations, formatRuleTable } from './explain.js'
import { formatExplanationsJson, formatRuleJson, formatRuleListJson } from './explain-json.js'
import { formatMarkdown, formatRulePage } from './markdown-text.js'

const schema = JSON.parse(readFileSync(new URL('../../schema/report.schema.json', import.meta.url), 'utf8')) as Schema

const place = { path: 'billing/versions/aa02.py', line: 9, column: 5, text: 'aa02 (add due)' }

const report: ExplainReport = {
  explanations: [
    {
      kind: 'not-null-without-default',
      weight: 'cause',
      matched: 'column "due" of relation "invoice" contains null values',
      cause: 'A column that may not be NULL was added to a table that has rows, and those get no value.',
      cure: 'let the database fill the rows that are there',
      rules: ['not-null-without-server-default'],
      statement: 'ALTER TABLE invoice ADD COLUMN due DATE NOT NULL',
      environment: 'services/billing',
      facts: [
        { environment: 'services/billing', message: 'it failed in aa02', places: [place] },
        { environment: null, message: 'and more', places: [] },
      ],
      rewrite: [{ title: 'where one value is right for all rows', code: ["op.add_column('invoice', …)"] }],
      help: null,
      command: 'onehead status services/billing',
    },
  ],
  unknown: [],
  seen: [],
  notes: [],
}
const nothing: ExplainReport = {
  explanations: [],
  unknown: ['RuntimeError: no tenant'],
  seen: [{ environment: null, message: 'the text names these lines', places: [place] }],
  notes: ['no Alembic environment was found here'],
}

describe('an explanation', () => {
  it('has cause, facts, cure and what to run next', () => {
    expect(`\n${formatExplanations(report, { width: 80 })}`).toMatchInlineSnapshot(`
      "
      not-null-without-default: column "due" of relation "invoice" contains null
        values
        cause    A column that may not be NULL was added to a table that has rows, and
                 those get no value.
        SQL      ALTER TABLE invoice ADD COLUMN due DATE NOT NULL
        here     services/billing: it failed in aa02
                 • billing/versions/aa02.py:9:5 aa02 (add due)
                 and more
        cure     let the database fill the rows that are there
        instead  where one value is right for all rows
                   op.add_column('invoice', …)
        more     \`onehead explain not-null-without-server-default\`

      next: \`onehead status services/billing\`
      "
    `)
  })

  it('says plainly what it does not know', () => {
    expect(`\n${formatExplanations(nothing, { width: 80, program: 'npx onehead' })}`).toMatchInlineSnapshot(`
      "
      this error is not known:
        RuntimeError: no tenant
        here     the text names these lines
                 • billing/versions/aa02.py:9:5 aa02 (add due)

        note     no Alembic environment was found here

      to judge the scripts: \`npx onehead check\`
      "
    `)
    const both = { ...report, unknown: nothing.unknown }
    expect(formatExplanations(both)).toContain('not known, and in the same text:\n  RuntimeError: no tenant\n')
  })

  it('is a contract as JSON', () => {
    const rule = { name: 'multiple-heads', severity: 'error', summary: 'two heads' }
    const documents = [
      formatExplanationsJson(report),
      formatExplanationsJson(nothing),
      formatRuleJson(rule, '# multiple-heads'),
      formatRuleListJson([rule], ['table-exists']),
    ].map((text) => JSON.parse(text))
    for (const document of documents) {
      const own = { $ref: '#/$defs/explain', $defs: schema.$defs ?? {} } as Schema
      for (const one of [schema, own])
        expect(new Validator(one, '2020-12').validate(document)).toMatchObject({ valid: true })
    }
    expect(documents[0].explanations[0]).toMatchObject({
      kind: 'not-null-without-default',
      facts: [{ places: [place] }, {}],
    })
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
