import { describe, expect, it } from 'vitest'
import { diagnostic, environment, marked, report } from '../../../../test/support/reports.js'
import { formatGithub } from './github.js'

const file = marked("revision = 'bbbb'\ndown_revision = «'aaaa'»")
const label = { path: 'v/b, 100%:x.py', range: file.range(2), text: 'yours' }

describe('annotations', () => {
  it('name the place, the help and what to run on a laptop', () => {
    const found = diagnostic({
      labels: [label, { ...label, path: 'v/c.py', text: '' }],
      notes: ['50% of the scripts\nwere read'],
      help: 'revise the other head',
      fix: { applicability: 'ask', edits: [], command: 'onehead rebase' },
    })
    expect(formatGithub(report({ diagnostics: [found] }), { pathPrefix: 'backend/' })).toMatchInlineSnapshot(`
      "::error file=backend/v/b%2C 100%25%3Ax.py,line=2,endLine=2,col=17,endColumn=23,title=onehead%3A multiple-heads::this history has 2 heads (services/billing)%0Ayours%0Av/c.py:2:17%0Anote: 50%25 of the scripts\\nwere read%0Ahelp: revise the other head%0Aon your machine: onehead rebase
      "
    `)
  })

  it('name the program as it is to be typed', () => {
    const folded = [{ rule: 'second-base', severity: 'error', environments: [], count: 1, reason: 'baseline' }] as const
    const fix = { applicability: 'ask', edits: [], command: 'cd onehead && alembic heads' } as const
    const text = formatGithub(report({ folded, diagnostics: [diagnostic({}), diagnostic({ fix })] }), {
      program: 'npx onehead',
    })
    expect(text).toContain('on your machine: npx onehead explain multiple-heads\n')
    expect(text).toContain('on your machine: cd onehead && alembic heads\n')
    expect(text).toContain('to list it: npx onehead check --scripts all\n')
  })

  it('have one command per diagnostic, no columns over several lines, and no place where there is none', () => {
    const range = { start: file.range(2).start, end: { line: 4, column: 1, offset: 99 } }
    const diagnostics = [
      diagnostic({ severity: 'warn', labels: [{ ...label, range }] }),
      diagnostic({ severity: 'info' }),
    ]
    expect(`\n${formatGithub(report({ diagnostics }))}`).toMatchInlineSnapshot(`
      "
      ::warning file=v/b%2C 100%25%3Ax.py,line=2,endLine=4,title=onehead%3A multiple-heads::this history has 2 heads (services/billing)%0Ayours%0Aon your machine: onehead explain multiple-heads
      ::notice title=onehead%3A multiple-heads::this history has 2 heads (services/billing)%0Aon your machine: onehead explain multiple-heads
      "
    `)
  })

  it('say old debt once', () => {
    const folded = [
      { rule: 'stale-docstring', severity: 'warn', environments: ['billing', 'users'], count: 12, reason: 'published' },
      { rule: 'second-base', severity: 'error', environments: ['users'], count: 1, reason: 'baseline' },
    ] as const
    expect(formatGithub(report({ folded }))).toMatchInlineSnapshot(`
      "::notice title=onehead%3A old debt::old debt, folded: it does not fail this check%0A12 × stale-docstring in billing and users (published)%0A1 × second-base in users (baseline)%0Ato list it: onehead check --scripts all
      "
    `)
  })

  it('say what there is to say about environments, also when all is well', () => {
    const environments = ['billing', 'users'].map((name) => ({
      ...environment(name),
      notes: ['scripts in subfolders\n::error::'],
    }))
    expect(formatGithub(report({ environments }))).toMatchInlineSnapshot(`
      "::notice title=onehead%3A notes::billing and users: scripts in subfolders\\n::error::
      "
    `)
  })

  it('are nothing when all is well', () => {
    expect(formatGithub(report())).toBe('')
  })
})
