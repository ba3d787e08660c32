import { expect, test } from 'vitest'
import { saysWhatIsMerged } from '../rules/support/merge-words.js'
import { describeMerge, type MergedSide } from './merge-message.js'

const side = (revision: string, message: string, from: string | null = null): MergedSide => ({
  revision,
  message,
  from,
})
const describeAll = (...sides: MergedSide[]) => describeMerge(sides, 'services/billing')

test('names both sides and where they come from', () => {
  const mine = side('bbbb', 'Add invoice due date.\nA second line', 'due-dates')
  expect(describeAll(mine, side('cccc', 'add refund table', 'origin/main'))).toBe(
    'merge Add invoice due date (due-dates) and add refund table (origin/main)',
  )
  expect(describeAll(mine, side('cccc', 'add audit log', 'upstream v1.3'))).toContain('add audit log (upstream v1.3)')
})

test('counts what is too much, and shortens what is too long', () => {
  const many = ['a', 'b', 'c', 'd', 'e'].map((name) => side(name.repeat(4), `add ${name.repeat(4)} table`))
  expect(describeAll(...many)).toBe('merge add aaaa table, add bbbb table, add cccc table and 2 more')
  expect(describeAll(side('a', `add ${'𝔘'.repeat(80)}`), side('b', 'x'))).toBe(`merge add ${'𝔘'.repeat(55)}… and x`)
})

test('holds nothing that ends a docstring', () => {
  expect(describeAll(side('bbbb', 'say """hi""" \\'), side('cccc', 'x\u0007y'))).toBe('merge say hi and xy')
})

test('never says only that something is merged', () => {
  const empty = [side('bbbb1111', 'merge heads'), side('cccc1111', '')]
  expect(describeAll(...empty)).toBe('merge merge heads and cccc1111 in services/billing')
  for (const sides of [
    empty,
    [side('b', ''), side('c', '')],
    [side('b', 'new revision'), side('c', 'fix 2', 'main')],
  ]) {
    const message = describeAll(...sides)
    expect([
      message,
      saysWhatIsMerged(
        message,
        sides.map(({ revision }) => revision),
      ),
    ]).toEqual([message, true])
  }
})
