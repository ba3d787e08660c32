import { describe, expect, it } from 'vitest'
import { parseOperatorSettings } from '../gate/operator.js'
import { refuseTarget } from './check-target.js'

const settings = (...lines: readonly string[]) => parseOperatorSettings(lines.map((line) => `${line}\0`).join(''))
const refs = (...names: readonly string[]) => ({
  commits: new Map(names.map((name) => [`refs/${name}`, 'a'.repeat(40)])),
  defaults: new Map(),
})

const all = (remote: string) => `remote.${remote}.fetch\n+refs/heads/*:refs/remotes/${remote}/*`
const two = settings(all('origin'), all('upstream'))
const known = refs('remotes/origin/main', 'remotes/origin/release/2', 'remotes/upstream/trunk', 'heads/dates')

describe('a target that is there', () => {
  it.each(['self', 'main', 'refs/heads/main', 'release/2', 'origin/main', 'upstream/trunk', 'trunk'])('%s', (name) =>
    expect(refuseTarget(name, two, known)).toBeNull(),
  )

  it('under the name that the refspecs of a remote give it', () => {
    const odd = settings('remote.team.fetch\n+refs/heads/main:refs/remotes/theirs/trunk')
    expect(refuseTarget('team/main', odd, refs('remotes/theirs/trunk'))).toBeNull()
  })

  it('without any remote: a branch here', () => {
    expect(refuseTarget('main', settings(), refs('heads/main'))).toBeNull()
  })
})

describe('a target that is not there', () => {
  const refused = (name: string, given = two, here = known) => {
    const { message, help } = refuseTarget(name, given, here)!
    return `${message}; ${help}`
  }

  it.each([
    [
      'upstream/trnk',
      'upstream has no branch trnk, as far as is known here; did you mean upstream/trunk? if it is there by now, `git fetch upstream` and run this again',
    ],
    [
      'mian',
      'no remote has a branch mian, as far as is known here; did you mean main? if it is there by now, `git fetch --all` and run this again',
    ],
    [
      'upsteam/trunk',
      'no remote has a branch upsteam/trunk, as far as is known here; did you mean upstream/trunk? if it is there by now, `git fetch --all` and run this again',
    ],
    // A branch of this repository is nothing that work from it could land on.
    [
      'dates',
      'no remote has a branch dates, as far as is known here; if it is there by now, `git fetch --all` and run this again',
    ],
  ])('%s', (name, said) => expect(refused(name)).toBe(said))

  it('because nothing of its remote has been fetched yet', () => {
    expect(refused('upstream/main', two, refs('remotes/origin/main'))).toBe(
      'nothing of upstream has been fetched yet, so upstream/main is not known here; if it is there by now, `git fetch upstream` and run this again',
    )
  })

  it('because this clone does not fetch it', () => {
    const single = settings('remote.origin.fetch\n+refs/heads/main:refs/remotes/origin/main')
    expect(refused('origin/release/2', single, refs('remotes/origin/main'))).toBe(
      'this clone does not fetch the branch release/2 of origin; if it is there by now, `git remote set-branches --add origin release/2 && git fetch origin` and run this again',
    )
    expect(refused('origin/mian', single, refs('remotes/origin/main'))).toContain('did you mean origin/main?')
  })

  it('in a repository without remotes', () => {
    expect(refused('mian', settings(), refs('heads/main'))).toBe(
      'there is no branch mian, and no remote that could have one; did you mean main? name a branch that is there',
    )
  })
})
