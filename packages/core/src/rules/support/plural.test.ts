import { expect, test } from 'vitest'
import { pluralOf } from './plural.js'

test.each([
  ['user', 'users'],
  ['order_line', 'order_lines'],
  ['company', 'companies'],
  ['survey', 'surveys'],
  ['tax', 'taxes'],
  ['batch', 'batches'],
  ['address', 'addresses'],
  ['bonus', 'bonuses'],
  ['contact_person', 'contact_people'],
])('%s becomes %s', (name, plural) => {
  expect(pluralOf(name)).toBe(plural)
})

test.each(['users', 'order_lines', 'people', 'user_metadata', 'news', 'alias', 'audit', 'x', 'event_2024'])(
  '%s stays',
  (name) => {
    expect(pluralOf(name)).toBeNull()
  },
)
