import { describe, expect, it } from 'vitest'
import { diagnostic, environment, report } from '../../../../test/support/reports.js'
import { formatGithub } from './github.js'
import { formatCheckJson } from './json.js'
import { formatCheck } from './text.js'
import { diagnosticsOnce } from './told-once.js'

const inBilling = diagnostic({ environment: 'billing', fingerprint: 'f1' })
const inTenants = diagnostic({ environment: 'billing#tenants', fingerprint: 'f1' })
const inProduction = diagnostic({ environment: 'billing#production', fingerprint: 'f1' })
const environments = ['billing', 'billing#tenants', 'billing#production'].map((name) => environment(name))
const three = report({ environments, diagnostics: [inBilling, inTenants, inProduction] })

describe('a finding in scripts that several environments have', () => {
  it('is told once, with the others by name', () => {
    const text = formatCheck(three, { unicode: false })
    expect(text.match(/^error\[/gm)).toHaveLength(1)
    expect(text).toContain('note: the same in billing#tenants and billing#production, with the same scripts\n')
    expect(text).toContain('x 3 errors (1 different) in 3 of 3 environments')
    expect(formatGithub(three).match(/^::error /gm)).toHaveLength(1)
  })

  it('is there for each of them in JSON', () => {
    const { diagnostics } = JSON.parse(formatCheckJson(three))
    expect(diagnostics.map((one: { environment: string }) => one.environment)).toEqual([
      'billing',
      'billing#tenants',
      'billing#production',
    ])
  })
})

it('what differs in anything that is told is told apart', () => {
  const apart = [
    inBilling,
    { ...inTenants, severity: 'warn' as const },
    { ...inTenants, message: 'another' },
    { ...inTenants, fingerprint: 'f2' },
  ]
  expect(diagnosticsOnce(apart)).toEqual(apart)
  expect(diagnosticsOnce([inBilling, inBilling])).toEqual([inBilling, inBilling])
})
