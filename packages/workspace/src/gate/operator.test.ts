import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type GitRepository, type GitWorld, gitWorld } from '../../../../test/support/git-world.js'
import { parseOperatorSettings, readOperatorSettings, readStrictness, remoteNamed, trackingRef } from './operator.js'

const output = (...entries: readonly string[]) => entries.map((entry) => `${entry}\0`).join('')

describe("what git's configuration says", () => {
  it('is careful where it says nothing', () => {
    expect(parseOperatorSettings('')).toMatchObject({ fetch: 'never', strict: false, target: null, complaints: [] })
  })

  it('counts the last one of several, and a key alone as true', () => {
    const settings = parseOperatorSettings(
      output('onehead.fetch\nalways', 'onehead.fetch\nauto', 'onehead.strict', 'onehead.target\nupstream/main'),
    )
    expect(settings).toMatchObject({ fetch: 'auto', strict: true, target: 'upstream/main' })
    expect(parseOperatorSettings(output('onehead.strict\nfalse')).strict).toBe(false)
  })

  it('says what means nothing', () => {
    const settings = parseOperatorSettings(output('onehead.fetch\nsometimes'))
    expect(settings.fetch).toBe('never')
    expect(settings.complaints).toEqual([expect.stringContaining('"sometimes"')])
  })

  it('names the remotes that a partial clone downloads from, whoever has written it down', () => {
    const promised = output('remote.a.promisor\ntrue', 'remote.b.promisor\nfalse', 'extensions.partialclone\nold')
    expect(parseOperatorSettings(promised).promisors).toEqual(['a', 'old'])
    expect(parseOperatorSettings('').promisors).toEqual([])
  })
})

describe('onehead.strict', () => {
  let world: GitWorld
  let shop: GitRepository
  beforeEach(() => {
    world = gitWorld()
    shop = world.repository('shop')
  })
  afterEach(() => world.remove())

  it.each([
    [null, false],
    ['true', true],
    ['YES', true],
    ['on', true],
    ['1', true],
    ['2k', true],
    ['false', false],
    ['No', false],
    ['off', false],
    ['0', false],
    ['', false],
  ])('%j is what git takes it for, whoever reads it', async (value, strict) => {
    if (value !== null) shop.git('config', 'onehead.strict', value)
    if (value !== null) expect(shop.git('config', '--bool', 'onehead.strict')).toBe(String(strict))
    const why = strict ? 'onehead.strict is set' : null
    expect(await readStrictness(shop.root)).toEqual({ strict, why })
    expect(await readOperatorSettings(shop.root)).toMatchObject({ strict, complaints: [] })
  })

  it.each(['bogus', 'truee', 'yes please', '1.5', ' '])('%j is no boolean: it stops, and says so', async (value) => {
    shop.git('config', 'onehead.strict', value)
    expect(shop.try(['config', '--bool', 'onehead.strict']).status).toBe(128)
    const why = `onehead.strict is "${value}" in git's configuration, which counts as true: write true or false`
    expect(await readStrictness(shop.root)).toEqual({ strict: true, why })
    expect(await readOperatorSettings(shop.root)).toMatchObject({ strict: true, complaints: [why] })
  })

  it('of several the last one counts, and a key alone is true', async () => {
    shop.git('config', '--add', 'onehead.strict', 'bogus')
    shop.git('config', '--add', 'onehead.strict', 'false')
    expect((await readStrictness(shop.root)).strict).toBe(false)
    shop.write({ '.git/config': '[onehead]\n\tstrict\n' })
    expect((await readStrictness(shop.root)).strict).toBe(true)
  })

  it('stops nobody where git cannot be asked', async () => {
    expect(await readStrictness(`${shop.root}/gone`)).toEqual({ strict: false, why: null })
  })
})

const settings = parseOperatorSettings(
  output(
    'remote.origin.url\ngit@example.org:shop/shop.git',
    'remote.origin.fetch\n+refs/heads/*:refs/remotes/origin/*',
    'remote.origin.pushurl\nssh://push.example.org/shop',
    'remote.team.one.url\n../team',
    'remote.team.one.fetch\n+refs/heads/main:refs/remotes/theirs/trunk',
    'remote.copy.url\n/srv/copy.git',
    'remote.copy.fetch\n+refs/*:refs/*',
    'remote.old.url\n/srv/old',
  ),
)

describe('remotes', () => {
  it('are known by name, or by one of their addresses', () => {
    expect(remoteNamed(settings, 'team.one', '../team')).toBe('team.one')
    const push = 'ssh://push.example.org/shop'
    expect(remoteNamed(settings, push, push)).toBe('origin')
    expect(remoteNamed(settings, '/srv/copy', '/srv/copy')).toBe('copy')
    expect(remoteNamed(settings, 'https://example.org/other', 'https://example.org/other')).toBeNull()
  })

  it.each([
    ['origin', 'feature/dates', 'refs/remotes/origin/feature/dates'],
    ['team.one', 'main', 'refs/remotes/theirs/trunk'],
    ['team.one', 'dates', null],
    ['copy', 'main', null],
    ['old', 'main', 'refs/remotes/old/main'],
  ])('%s keeps %s in %s', (remote, branch, ref) => expect(trackingRef(settings, remote, branch)).toBe(ref))
})
