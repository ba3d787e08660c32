import { expect, test } from 'vitest'
import { isOneSlipAway, nearest } from './near.js'

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

test('the nearest of two that are equally near is nobody', () => {
  expect(nearest('apps/a', ['apps/b', 'apps/c'])).toBeNull()
  expect(nearest('services/biling', ['services/billing', 'services/users'])).toBe('services/billing')
})
