import { expect, it } from 'vitest'
import { sayMoveStep } from './move-step.js'

const environment = 'billing'
const revision = {
  revision: '8b1f2c7d90aa',
  message: 'add invoice due date',
  path: 'migrations/versions/8b1f2c7d90aa_add_invoice_due_date.py',
}

it('a step names the environment, and the database where it has several', () => {
  expect(sayMoveStep({ kind: 'backup', environment, database: null })).toBe('billing: backing up')
  expect(sayMoveStep({ kind: 'revision', environment, database: 'ledger', revision, number: 1, of: 2 })).toBe(
    'billing (ledger): 1/2 8b1f2c7d90aa add invoice due date',
  )
  const backup = { kind: 'nothing', database: 'ledger', because: 'absent' } as const
  expect(sayMoveStep({ kind: 'backed-up', environment, backup })).toBe(
    'billing (ledger): backup: there is no database yet',
  )
})

it('nothing that a script says of itself reaches the terminal as it is', () => {
  const hostile = { ...revision, message: 'red \u001b[31m' }
  expect(
    sayMoveStep({ kind: 'revision', environment, database: null, revision: hostile, number: 1, of: 1 }),
  ).not.toContain('\u001b')
})
