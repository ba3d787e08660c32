import { describe, expect, test } from 'vitest'
import { readConvention } from './file-name-convention.js'

const guide = readConvention('<date>_<short_description>_<branch_label>.py')

describe('the convention of the guides', () => {
  test.each([
    ['20240920_scope_github_configuration_fw4jsg.py', true],
    ['2024-09-20_scope_fw4jsg.py', true],
    ['20241320_scope_fw4jsg.py', false],
    ['20240920_fw4jsg.py', false],
    ['3c9e51a7b204_create_invoice_table.py', false],
    ['20240920_größe_ändern_fw4jsg.py', true],
    ['20240920_Scope_fw4jsg.py', false],
  ])('%s: %s', (name, expected) => {
    expect(guide.matches(name, 'whatever')).toBe(expected)
  })

  test('has a file_template of Alembic', () => {
    expect(guide.fileTemplate).toBe('%%(year)d%%(month).2d%%(day).2d_%%(slug)s_%%(rev)s')
  })

  test('proposes names that follow it', () => {
    const parts = { date: '2026-11-20', description: 'Add  due-date, to invoices!', revision: '3c9e51a7b204' }
    const name = guide.propose(parts)
    expect(name).toBe('20261120_add_due_date_to_invoices_3c9e51a7b204.py')
    expect(guide.matches(name!, parts.revision)).toBe(true)
    const long = guide.propose({ ...parts, description: 'a description of many words that goes on and on and on' })
    expect(guide.matches(long!, parts.revision)).toBe(true)
  })

  test.each([
    ['no date', { date: null, description: 'x', revision: 'a1' }],
    ['no words', { date: '2026-11-20', description: '!!!', revision: 'a1' }],
    ['an id that is no branch label', { date: '2026-11-20', description: 'x', revision: '../a' }],
  ])('proposes nothing with %s', (_, parts) => {
    expect(guide.propose(parts)).toBeNull()
  })
})

test('the id can be asked for, and only the right one fits', () => {
  const convention = readConvention('<revision>_<slug>')
  expect(convention.matches('v1.2_add.py', 'v1.2')).toBe(true)
  expect(convention.matches('v1x2_add.py', 'v1.2')).toBe(false)
})

test('an unknown word stands for anything, and nothing is proposed', () => {
  const convention = readConvention('<ticket>-<slug>.py')
  expect(convention.matches('BILL-12-add_due_date.py', 'x')).toBe(true)
  expect([convention.fileTemplate, convention.propose({ date: null, description: 'x', revision: 'x' })]).toEqual([
    null,
    null,
  ])
})

test('hostile conventions are only text', () => {
  expect(readConvention('(a+)+$[<slug>').matches('(a+)+$[x.py', 'x')).toBe(true)
})
