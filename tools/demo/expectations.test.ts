import { describe, expect, it } from 'vitest'
import { findSurprises } from './expectations.mjs'

const apps = [
  { path: 'services/billing', expected: [] },
  { path: 'services/orders', expected: ['multiple-heads'] },
]

const environments = apps.map(({ path }) => ({ name: path, config: `${path}/alembic.ini` }))
const forked = { environment: 'services/orders', severity: 'error', rule: 'multiple-heads' }
const failed = { code: 1, output: 'error[multiple-heads]' }

function surprises(seen: object): readonly string[] {
  const json = JSON.stringify({ environments, diagnostics: [forked] })
  return findSurprises({ apps, nx: failed, check: failed, json, ...seen })
}

describe('the demo notices', () => {
  it('nothing when all is as it says', () => {
    expect(surprises({})).toEqual([])
  })

  it('an answer that is not there, or not the one told', () => {
    expect(surprises({ nx: { code: 0, output: '' } })).toEqual([
      'Nx ended with 0, not with 1',
      'Nx did not show multiple-heads',
    ])
    expect(surprises({ json: JSON.stringify({ environments, diagnostics: [] }) })).toEqual([
      'services/orders: expected multiple-heads, found none',
    ])
    const sick = { ...forked, environment: 'services/billing', rule: 'revision-cycle' }
    expect(surprises({ json: JSON.stringify({ environments, diagnostics: [forked, sick] }) })).toEqual([
      'services/billing: expected no error, found revision-cycle',
    ])
    expect(surprises({ json: JSON.stringify({ environments: [], diagnostics: [] }) })).toEqual([
      'services/billing was not found',
      'services/orders was not found',
    ])
    expect(surprises({ json: 'Segmentation fault' })).toEqual(['onehead check --format json did not print JSON'])
  })
})
