import { describe, expect, it } from 'vitest'
import { readHistory } from '../../../../test/support/read-history.js'
import { reportHistory } from './environment-report.js'

const script = (revision: string, parent: string, more = '') =>
  new TextEncoder().encode(`revision = '${revision}'\ndown_revision = ${parent}\n${more}`)

const history = (...scripts: readonly Uint8Array[]) =>
  reportHistory(readHistory(new Map(scripts.map((bytes, index) => [`migrations/versions/${index}.py`, bytes]))))

describe('the order of a history with a dependency that only Python knows', () => {
  const invoice = script('3c9e51a7b204', 'None')

  it('is not told where that dependency decides it; the heads are', () => {
    const told = history(invoice, script('8b1f2c7d90aa', 'None', 'depends_on = compute()\n'))
    expect(told).toMatchObject({ heads: ['3c9e51a7b204', '8b1f2c7d90aa'], resolvedHeads: null, revisions: null })
    expect(told.historyError).toMatchObject({ kind: 'UnreadableScript' })
  })

  it('is told where there is one line only', () => {
    const told = history(invoice, script('8b1f2c7d90aa', "'3c9e51a7b204'", 'depends_on = compute()\n'))
    expect(told.revisions?.map(({ revision }) => revision)).toEqual(['8b1f2c7d90aa', '3c9e51a7b204'])
    expect(told.historyError).toBeNull()
  })
})
