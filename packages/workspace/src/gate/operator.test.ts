import { describe, expect, it } from 'vitest'
import { parseOperatorSettings, remoteNamed, trackingRef } from './operator.js'

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
