import { expect, test } from 'vitest'
import { editDistance, isOneSlipAway, nearest } from './near.js'

test.each([
  ['a character changed', '3c9e51a7b204', '3c9e51a7b205', true],
  ['a character lost', '3c9e51a7b204', '3c9e51ab204', true],
  ['a character added', '3c9e51a7b204', '3c9e51a7b2044', true],
  ['two swapped', '3c9e51a7b204', '3c9e15a7b204', true],
  ['the same', 'abcd', 'abcd', false],
  ['two changed', 'abcd', 'axyd', false],
  ['far apart', 'abcd', 'wxyz', false],
  ['nothing and one', '', 'a', true],
])('%s', (_, a, b, expected) => {
  expect(isOneSlipAway(a, b)).toBe(expected)
  expect(isOneSlipAway(b, a)).toBe(expected)
})

test('distances beyond what is asked for are not counted', () => {
  expect(editDistance('services/biling', 'services/billing')).toBe(1)
  expect([0, 1, 2, 3].map((most) => editDistance('abcd', 'axyd', most))).toEqual([Infinity, Infinity, 2, 2])
  expect(editDistance('a', 'abcde', 3)).toBe(Infinity)
})

test('nothing is near to an endless name', () => {
  expect(nearest('b'.repeat(10_000_000), ['services/billing'])).toBeNull()
})

test('the nearest of two that are equally near is nobody', () => {
  expect(nearest('apps/a', ['apps/b', 'apps/c'])).toBeNull()
  expect(nearest('services/biling', ['services/billing', 'services/users'])).toBe('services/billing')
})
