import { describe, expect, it } from 'vitest'
import { memorySnapshot } from '../snapshot/memory.js'
import { entriesFor, environmentConfigurationFor, loadConfiguration, settingsFor } from './index.js'

const load = (environments: unknown, rest: object = {}) =>
  loadConfiguration(memorySnapshot({ 'onehead.json': JSON.stringify({ environments, ...rest }) }))

const billing = {
  config: 'services/billing/alembic.ini',
  section: 'tenant',
  path: 'services/billing/migrations',
  name: 'billing',
}

describe('settings of an environment', () => {
  it.each([
    'services/billing',
    './services/billing/',
    'services/billing/migrations',
    'billing',
    'services/billing/alembic.ini',
    'services/billing/alembic.ini#tenant',
  ])('are found under the key %j', async (key) => {
    expect(settingsFor(await load({ [key]: { expectedHeads: 2 } }), billing).expectedHeads).toBe(2)
  })

  it.each(['services', 'services/billing/alembic.ini#alembic', 'migrations', 'Billing', '.'])(
    'are not found under the key %j',
    async (key) => {
      const configuration = await load({ [key]: { expectedHeads: 2 } })
      expect(settingsFor(configuration, billing).expectedHeads).toBe(1)
      expect(entriesFor(configuration, billing)).toEqual([])
    },
  )

  it('are merged option by option, the most telling key wins', async () => {
    const configuration = await load({
      'services/billing/alembic.ini#tenant': { expectedHeads: 3, rules: { 'second-base': 'off' } },
      'services/billing': { expectedHeads: 2, dialect: 'mysql', rules: { 'second-base': 'warn', 'file-name': 'info' } },
    })
    expect(environmentConfigurationFor(configuration, billing)).toEqual({
      expectedHeads: 3,
      dialect: ['mysql'],
      rules: { 'second-base': 'off', 'file-name': 'info' },
    })
  })

  it('have defaults, the dialects of the workspace among them', async () => {
    const configuration = await load({ '.': { fileName: '<date>_<description>' } }, { dialects: ['postgresql'] })
    const defaults = { expectedHeads: 1, externalRevisions: [], dialects: ['postgresql'], fileName: null }
    expect(settingsFor(configuration, billing)).toEqual(defaults)
    expect(settingsFor(configuration, { config: 'alembic.ini', section: 'alembic' }).fileName).toBe(
      '<date>_<description>',
    )
  })
})
