import { describe, expect, it } from 'vitest'
import { loadConfiguration } from '../configuration/index.js'
import { type MemoryFile, memorySnapshot } from '../snapshot/memory.js'
import { loadEnvironments, readScriptOptions } from './index.js'

/** The options of the only environment. */
async function optionsOf(files: Readonly<Record<string, MemoryFile>>) {
  const snapshot = memorySnapshot({ 'db/env.py': '', 'db/versions/': '', 'more/': '', ...files })
  const configuration = await loadConfiguration(snapshot)
  const candidates = Object.keys(files)
    .filter((path) => /\.ini$|pyproject\.toml$/.test(path))
    .map((config) => ({ config }))
  const { environments } = await loadEnvironments(snapshot, candidates, configuration)
  expect(environments).toHaveLength(1)
  return readScriptOptions(snapshot, environments[0]!, configuration)
}

const ini = (text: string, rest = '') => ({
  'alembic.ini': `[alembic]\nscript_location = %(here)s/db\n${text}\n${rest}`,
})
const toml = (text: string) => ({ 'pyproject.toml': `[tool.alembic]\nscript_location = "%(here)s/db"\n${text}\n` })

describe('options of new scripts', () => {
  it('unset', async () => {
    expect(await optionsOf(ini(''))).toEqual({
      cwd: '',
      fileTemplate: null,
      slugLength: 0,
      timezone: null,
      outputEncoding: null,
      hooks: [],
      revisionEnvironment: false,
      locationCount: 1,
    })
  })

  it('from an INI, interpolated', async () => {
    const text =
      'file_template = %%(year)d_%(name)s\nname = shop\ntruncate_slug_length = 20\ntimezone = UTC\noutput_encoding = latin-1\nversion_locations = %(here)s/db/versions more gone\n'
    expect(await optionsOf(ini(text))).toMatchObject({
      fileTemplate: '%(year)d_shop',
      slugLength: 20,
      timezone: 'UTC',
      outputEncoding: 'latin-1',
      locationCount: 3,
    })
  })

  it('from pyproject.toml, and from an INI in front of it', async () => {
    const both = toml('truncate_slug_length = 20\ntimezone = "UTC"\nfile_template = "%%(rev)s"')
    expect(await optionsOf(both)).toMatchObject({ slugLength: 20, timezone: 'UTC', fileTemplate: '%(rev)s' })
    const overridden = { ...both, 'alembic.ini': '[alembic]\ntimezone = Europe/Berlin\n' }
    expect(await optionsOf(overridden)).toMatchObject({ slugLength: 20, timezone: 'Europe/Berlin' })
  })

  it.each([
    ['true', true],
    ['Yes', true],
    ['ON', true],
    ['1', true],
    ['false', false],
    ['off', false],
    ['maybe', null],
    ['', null],
    ['%(nothing)s', null],
  ])('revision_environment = %s', async (text, value) => {
    expect(await optionsOf(ini(`revision_environment = ${text}`))).toMatchObject({ revisionEnvironment: value })
  })

  it('revision_environment of a table', async () => {
    expect(await optionsOf(toml('revision_environment = true'))).toMatchObject({ revisionEnvironment: true })
    expect(await optionsOf(toml('revision_environment = "no"'))).toMatchObject({ revisionEnvironment: false })
  })

  it.each([
    ['40', 40],
    [' +7 ', 7],
    ['-5', null],
    ['1_000', null],
  ])('truncate_slug_length = %s', async (text, value) => {
    expect(await optionsOf(ini(`truncate_slug_length = ${text}`))).toMatchObject({ slugLength: value })
  })

  it('hooks of an INI section, which hides those of a table', async () => {
    const section = '[post_write_hooks]\nhooks = black, ruff  isort\nblack.type = console_scripts\n'
    expect(await optionsOf(ini('', section))).toMatchObject({ hooks: ['black', 'ruff', 'isort'] })
    expect(await optionsOf(ini('', '[post_write_hooks]\n# hooks = black\n'))).toMatchObject({ hooks: [] })
    const table = toml('[[tool.alembic.post_write_hooks]]\nname = "black"\ntype = "exec"')
    expect(await optionsOf(table)).toMatchObject({ hooks: ['black'] })
    const hidden = { ...table, 'alembic.ini': '[post_write_hooks]\n' }
    expect(await optionsOf(hidden)).toMatchObject({ hooks: [] })
  })

  it('of Flask-Migrate, which reads no pyproject.toml', async () => {
    const files = {
      'shop/migrations/env.py': '',
      'shop/migrations/versions/': '',
      'shop/migrations/alembic.ini': '[alembic]\nfile_template = %%(slug)s\n',
      'shop/pyproject.toml': '[tool.other]\n',
    }
    expect(await optionsOf(files)).toMatchObject({ cwd: 'shop', fileTemplate: '%(slug)s', timezone: null })
  })
})
