import { describe, expect, it } from 'vitest'
import { loadConfiguration } from '../configuration/index.js'
import { loadEnvironments } from '../environment/index.js'
import { createLinkResolver } from '../snapshot/links.js'
import { type MemoryFile, memorySnapshot } from '../snapshot/memory.js'
import { createDateAt } from './create-date.js'
import { loadNewScriptSettings } from './settings.js'

/** 2026-01-05 10:00:00.000042 UTC */
const NOW = 1767607200_000042

async function settingsOf(ini: string, files: Readonly<Record<string, MemoryFile>> = { 'db/script.py.mako': 'x' }) {
  const snapshot = memorySnapshot({
    'db/env.py': '',
    ...files,
    'alembic.ini': `[alembic]\nscript_location = %(here)s/db\n${ini}`,
  })
  const links = createLinkResolver(snapshot, null)
  const configuration = await loadConfiguration(snapshot)
  const { environments } = await loadEnvironments(snapshot, [{ config: 'alembic.ini' }], configuration, { links })
  return loadNewScriptSettings({ snapshot, links, configuration, root: '/srv/shop' }, environments[0]!, NOW)
}

describe('how scripts are made here', () => {
  it('with the template, the default names, and a folder that is still to be made', async () => {
    const settings = await settingsOf('timezone = utc\n')
    expect(settings).toMatchObject({
      fileTemplate: '%(rev)s_%(slug)s',
      versionLocations: ['db/versions'],
      besideParent: false,
    })
    expect(Buffer.from(settings.template!).toString()).toBe('x')
    expect(settings.createDate).toEqual({
      ...{ year: 2026, month: 1, day: 5, hour: 10, minute: 0, second: 0 },
      ...{ microsecond: 42, offset: 0, epoch: 1767607200 },
    })
    expect(settings.viaAlembic).toBeNull()
  })

  it('with a template behind a link, or none', async () => {
    const linked = await settingsOf('', { 'db/script.py.mako': { symlink: '../shared.mako' }, 'shared.mako': 'shared' })
    expect(Buffer.from(linked.template!).toString()).toBe('shared')
    expect((await settingsOf('', {})).template).toBeNull()
  })

  it.each([
    ['[post_write_hooks]\nhooks = black', 'post_write_hooks are configured (black)'],
    ['revision_environment = true', 'revision_environment is on'],
    ['revision_environment = perhaps', 'revision_environment is on'],
    ['output_encoding = latin-1', 'output_encoding is latin-1'],
    ['output_encoding = UTF8', null],
    ['truncate_slug_length = -1', 'only Python can tell what truncate_slug_length means'],
    ['timezone = Mars/Base', 'only Python can tell what timezone "Mars/Base" is'],
    ['timezone =', 'only Python can tell what timezone "" is'],
    ['timezone = Asia/Kolkata', null],
  ])('%s', async (ini, why) => {
    expect((await settingsOf(`${ini}\n`)).viaAlembic).toBe(why)
  })
})

describe('a date in a time zone', () => {
  it.each([
    ['America/St_Johns', { day: 5, hour: 6, minute: 30, offset: -12600 }],
    ['Pacific/Kiritimati', { day: 6, hour: 0, offset: 50400 }],
    ['US/Eastern', { hour: 5, offset: -18000 }],
    ['UTC', { hour: 10, offset: 0 }],
    ['gmt', { hour: 10, offset: 0 }],
  ])('%s', (zone, wanted) => {
    expect(createDateAt(NOW, zone)).toMatchObject(wanted)
  })

  it.each(['europe/berlin', 'EUROPE/BERLIN', 'America/New_york', 'Mars/Base', '+02:00', ''])(
    '%s: what Python makes of it depends on its files',
    (zone) => {
      expect(createDateAt(NOW, zone)).toBeNull()
    },
  )
})
