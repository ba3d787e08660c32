import { describe, expect, it } from 'vitest'
import { UsageError } from '../errors.js'
import { memorySnapshot } from '../snapshot/memory.js'
import { DirectoryUnreadable } from '../snapshot/snapshot.js'
import { defaultConfiguration, loadConfiguration } from './index.js'

const load = (text: string | Uint8Array) => loadConfiguration(memorySnapshot({ 'onehead.json': text }))

async function refusal(
  text: string | Uint8Array,
): Promise<{ message: string; place: string | null; help: string | null }> {
  const error = await load(text).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(UsageError)
  const { message, place, help } = error as UsageError
  return { message, place, help }
}

describe('loadConfiguration', () => {
  it('gives defaults without a file, and for an empty object', async () => {
    expect(await loadConfiguration(memorySnapshot({ 'alembic.ini': '' }))).toEqual(defaultConfiguration)
    expect(await load('{}')).toEqual({ ...defaultConfiguration, path: 'onehead.json' })
    expect(defaultConfiguration).toMatchObject({
      releaseTags: ['v*'],
      policy: 'auto',
      baseline: 'onehead.baseline.json',
    })
  })

  it('reads every key', async () => {
    const text = `{
  "$schema": "./node_modules/@onehead/workspace/schema/onehead.schema.json",
  "target": "upstream/main", "targets": { "release/*": "self" }, "published": ["staging"], "releaseTags": "release-*",
  "policy": "merge", "rules": { "file-name": "warn" }, "profile": "strict", "dialects": ["postgresql"],
  "baseline": "./db/debt.json",
  "environments": {
    "include": ["services/*"], "exclude": ["services/old"],
    "./services/billing/": {
      "name": "billing", "cwd": "./services", "expectedHeads": ["core", "plugin"], "externalRevisions": ["1a2b"],
      "dialect": "mysql", "rules": { "second-base": "off" }, "env": { "SERVER_NAME": "localhost" }, "runner": "uv",
      "app": "billing.app", "databaseUrlEnv": "DATABASE_URL", "backup": false, "fileName": "<date>_<description>"
    },
    ".": { "cwd": ".", "dialect": ["mysql", "sqlite"], "expectedHeads": 2, "backup": { "keep": 3 } }
  }
}`
    const configuration = await load(text)
    expect(configuration).toMatchObject({
      path: 'onehead.json',
      target: 'upstream/main',
      targets: { 'release/*': 'self' },
      published: ['staging'],
      releaseTags: ['release-*'],
      policy: 'merge',
      rules: { 'file-name': 'warn' },
      profile: 'strict',
      dialects: ['postgresql'],
      baseline: 'db/debt.json',
      environments: {
        include: ['services/*'],
        exclude: ['services/old'],
        entries: [
          {
            key: 'services/billing',
            settings: {
              name: 'billing',
              cwd: 'services',
              expectedHeads: ['core', 'plugin'],
              externalRevisions: ['1a2b'],
              dialect: ['mysql'],
              rules: { 'second-base': 'off' },
              env: { SERVER_NAME: 'localhost' },
              runner: 'uv',
              app: 'billing.app',
              databaseUrlEnv: 'DATABASE_URL',
              backup: false,
              fileName: '<date>_<description>',
            },
          },
          { key: '.', settings: { cwd: '', dialect: ['mysql', 'sqlite'], expectedHeads: 2, backup: { keep: 3 } } },
        ],
      },
    })
    const bytes = Buffer.from(text)
    const spanned = ({ start, end }: { start: number; end: number }) => bytes.subarray(start, end).toString()
    expect(configuration.environments.entries.map(({ span }) => spanned(span))).toEqual([
      '"./services/billing/"',
      '"."',
    ])
    expect(configuration.ruleSpans.map(({ rule, span }) => [rule, spanned(span)])).toEqual([
      ['file-name', '"file-name"'],
      ['second-base', '"second-base"'],
    ])
  })

  it('has spans in bytes, a byte order mark counted', async () => {
    const { environments } = await load('\ufeff{ "environments": { "Größe": {}, "b": {} } }')
    expect(environments.entries.map(({ span }) => span)).toEqual([
      { start: 23, end: 32 },
      { start: 38, end: 41 },
    ])
  })

  it.each([
    ['{ "target": "main", }', 'onehead.json is not JSON: a key is expected here, in double quotes', '1:21'],
    ['{ "target": "main" } {}', 'onehead.json is not JSON: the file goes on after its end', '1:22'],
    ['', 'onehead.json is not JSON: a value is expected here', '1:1'],
    ['{\n  // why\n  "target": "main" }', 'onehead.json is not JSON: comments are not allowed', '2:3'],
    ['{\n  "target": "ma\n}', 'onehead.json is not JSON: a text does not end', '2:13'],
    ['{ "target": "a", "target": "b" }', 'the key "target" stands here a second time', '1:18'],
    ['{ "environments": { "😀": {}, "__proto__": {} } }', 'unknown key "__proto__"', '1:30'],
    ['[]', '"onehead.json" is not an object: {…}', '1:1'],
    ['null', '"onehead.json" is not an object: {…}', '1:1'],
  ])('refuses %j', async (text, message, place) => {
    expect(await refusal(text)).toMatchObject({ message, place: `onehead.json:${place}` })
  })

  it.each([
    ['{ "targt": "main" }', 'unknown key "targt"', '1:3', 'write "target" if that was meant'],
    [
      '{ "environments": {\n  "billing": { "expectedHead": 2 } } }',
      'unknown key "environments.billing.expectedHead"',
      '2:16',
      'write "expectedHeads" if that was meant',
    ],
    [
      '{ "policy": "rebaes" }',
      '"policy" is not one of "auto", "rebase", "merge"',
      '1:3',
      'write "rebase" if that was meant',
    ],
    [
      '{ "rules": { "file-name": "warning" } }',
      '"rules.file-name" is not one of "off", "info", "warn", "error"',
      '1:14',
      null,
    ],
    ['{ "published": "main" }', '"published" is not a list of texts', '1:3', null],
    ['{ "published": ["main", 5] }', '"published.1" is not a text that is not empty', '1:25', null],
    [
      '{ "environments": { "a": { "expectedHeads": 0 } } }',
      '"environments.a.expectedHeads" is not a whole number of at least 1 or a list of texts (not empty)',
      '1:28',
      null,
    ],
    [
      '{ "environments": { "a": { "expectedHeads": [] } } }',
      '"environments.a.expectedHeads" is not a whole number of at least 1 or a list of texts (not empty)',
      '1:28',
      null,
    ],
    ['{ "environments": { "a/b~c%": 5 } }', '"environments.a/b~c%" is not an object: {…}', '1:21', null],
    ['{ "environments": { "a": [] } }', '"environments.a" is not an object: {…}', '1:21', null],
    ['{ "environments": { "include": {} } }', '"environments.include" is not a list of texts', '1:21', null],
    [
      '{ "environments": { "a": { "backup": true } } }',
      '"environments.a.backup" is not a text that is not empty or false or an object: {…}',
      '1:28',
      null,
    ],
    [
      '{ "environments": { "a": { "cwd": "../b" } } }',
      '"cwd" leaves the workspace',
      '1:28',
      'write a path relative to the workspace root',
    ],
    ['{ "baseline": "../../notes.txt" }', '"baseline" leaves the workspace', '1:3', null],
    ['{ "baseline": "/etc/notes.txt" }', '"baseline" leaves the workspace', '1:3', null],
    ['{ "environments": { "include": ["a.ini", "../b.ini"] } }', '"../b.ini" leaves the workspace', '1:42', null],
    [
      '{ "environments": { "exclude": ["**/old/**", "a*a*a*a*a*b"] } }',
      '"a*a*a*a*a*b" has too many wildcards',
      '1:46',
      'at most 4 * in a name, and 4 ** in a pattern',
    ],
    [
      '{ "environments": { "include": ["**/a/**/b/**/c/**/d/**"] } }',
      '"**/a/**/b/**/c/**/d/**" has too many wildcards',
      '1:33',
      null,
    ],
    ['{ "releaseTags": "v*.*.*.*.*" }', '"v*.*.*.*.*" has too many wildcards', '1:3', null],
  ])('refuses %j with its place', async (text, message, place, help) => {
    const refused = await refusal(text)
    expect(refused).toMatchObject({ message, place: `onehead.json:${place}` })
    if (help !== null) expect(refused.help).toBe(help)
  })

  it('refuses what is no text, too deep, or no file', async () => {
    expect(await refusal(new Uint8Array([0x7b, 0xff, 0x7d]))).toMatchObject({ message: 'onehead.json is not UTF-8' })
    expect(await refusal('['.repeat(200_000))).toMatchObject({ place: expect.stringMatching(/^onehead\.json:1:/) })
    const link = memorySnapshot({ 'onehead.json': { symlink: 'elsewhere.json' } })
    await expect(loadConfiguration(link)).rejects.toThrow('onehead.json is not a regular file')
    const forbidden = { ...link, list: () => Promise.reject(new DirectoryUnreadable('')) }
    await expect(loadConfiguration(forbidden)).rejects.toMatchObject({ name: 'UsageError' })
  })
})
