import { describe, expect, it } from 'vitest'
import { environment, history, revision } from '../../../../test/support/reports.js'
import { formatGraph, formatHeads, formatHistory, formatRefusals, formatShow } from './alembic-text.js'

const merge = revision('dddd', {
  downRevisions: ['bbbb', 'cccc'],
  isHead: true,
  isMergePoint: true,
  message: 'merge both',
  branchLabels: ['users', 'billing'],
})
const dependent = revision('bbbb', { downRevisions: ['aaaa'], dependsOn: ['eeee', 'ffff'], message: 'two\nlines' })
const base = revision('aaaa', {
  isBase: true,
  isBranchPoint: true,
  children: ['cccc', 'bbbb'],
  message: 'create tables',
  longdoc: 'create tables\n\nRevises:\n',
})
const effective = revision('eeee', { isBase: true, isHead: true, isEffectiveHead: true, message: '' })
const all = [merge, dependent, base, effective]

describe('heads', () => {
  it('as Alembic prints them', () => {
    const one = environment('services/billing', {
      heads: ['eeee', 'dddd'],
      resolvedHeads: ['dddd'],
      headLabels: { dddd: ['users', 'billing'] },
    })
    expect(formatHeads([one])).toBe('eeee (effective head)\ndddd (billing, users) (head)\n')
    expect(formatHeads([one], { resolveDependencies: true })).toBe('dddd (billing, users) (head)\n')
    expect(formatHeads([environment('a', { heads: [] })])).toBe('')
    const named = environment('a', { heads: ['constructor'], resolvedHeads: ['constructor'] })
    expect(formatHeads([named])).toBe('constructor (head)\n')
  })

  it('with a heading for each of several environments', () => {
    const text = formatHeads([environment('users'), environment('billing', { heads: null })])
    expect(text).toBe('users:\nf04d6e2b713c (head)\n\nbilling:\n')
  })

  it('refusals are told apart', () => {
    const broken = environment('users', {
      heads: null,
      error: { kind: 'KeyError', revisions: ['gone'], message: "'gone'" },
    })
    const unknown = environment('search', {
      heads: null,
      error: { kind: 'UnreadableScript', revisions: [], message: 'one script can only be told by Python' },
    })
    expect(formatRefusals([environment('billing'), broken, unknown])).toMatchInlineSnapshot(`
      "error: the history of users does not load in Alembic: KeyError: 'gone'
      error: the history of search cannot be told: one script can only be told by Python
        next: \`onehead check\` shows the place
      "
    `)
    expect(formatRefusals([broken], { at: 'origin/main' })).toContain('  next: `onehead check --at origin/main` shows')
    expect(formatRefusals([environment('billing')])).toBe('')
  })
})

describe('history', () => {
  it('as Alembic prints it', () => {
    expect(formatHistory([history('users', all)])).toMatchInlineSnapshot(`
      "bbbb, cccc -> dddd (billing, users) (head) (mergepoint), merge both
      aaaa (eeee, ffff) -> bbbb, two
      lines
      <base> -> aaaa (branchpoint), create tables
      <base> -> eeee (effective head), 
      "
    `)
    expect(formatHistory([history('users', all)], { limit: 1 })).toMatchInlineSnapshot(`
      "bbbb, cccc -> dddd (billing, users) (head) (mergepoint), merge both
      "
    `)
  })

  it('shows hidden characters', () => {
    const hostile = revision('a\u202ea', { message: '\x1b[2J' })
    expect(formatHistory([history('users', [hostile])])).toBe('<base> -> a\\u202ea, \\x1b[2J\n')
  })
})

describe('show', () => {
  it('as Alembic prints it', () => {
    const { name, path, config, section } = environment('users')
    expect(formatShow([{ name, path, config, section, revisions: [merge, base] }])).toMatchInlineSnapshot(`
      "Rev: dddd (head) (mergepoint)
      Merges: bbbb, cccc
      Branch names: billing, users
      Path: users/migrations/versions/dddd.py

          merge both

      Rev: aaaa (branchpoint)
      Parent: <base>
      Branches into: bbbb, cccc
      Path: users/migrations/versions/aaaa.py

          create tables
          
          Revises:
          

      "
    `)
  })
})

describe('graph', () => {
  it('draws every environment', () => {
    const row = { message: 'create tables', parents: [], tags: [], isHead: true }
    const one = history('users', all, [{ ...row, revision: 'aaaa' }])
    expect(`\n${formatGraph([one, { ...one, name: 'billing' }])}`).toMatchInlineSnapshot(`
      "
      users:
      ◆  aaaa  create tables

      billing:
      ◆  aaaa  create tables
      "
    `)
  })
})
