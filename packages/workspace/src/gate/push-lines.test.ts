import { describe, expect, it } from 'vitest'
import { branchPushes, linesFromPreCommit, parsePushLines } from './push-lines.js'

const mine = '1'.repeat(40)
const theirs = '2'.repeat(40)
const zero = '0'.repeat(40)

describe('what git tells pre-push', () => {
  it('is read from the right, because the first word may be anything that was typed', () => {
    const input = `HEAD@{2 days ago} ${mine} refs/heads/dates ${theirs}\nrefs/heads/main ${mine} refs/heads/main ${zero}\n`
    expect(parsePushLines(input)).toEqual([
      { localRef: 'HEAD@{2 days ago}', localOid: mine, remoteRef: 'refs/heads/dates', remoteOid: theirs },
      { localRef: 'refs/heads/main', localOid: mine, remoteRef: 'refs/heads/main', remoteOid: zero },
    ])
  })

  it('may have ids of 64 digits and Windows line ends', () => {
    const long = 'a'.repeat(64)
    expect(parsePushLines(`refs/heads/x ${long} refs/heads/x ${'0'.repeat(64)}\r\n`)).toHaveLength(1)
  })

  it('is nothing where it is not in this form', () => {
    for (const input of [
      '',
      '\n',
      'hello',
      `a b c d`,
      `x ${mine} heads/main ${zero}`,
      `x ${mine} refs/heads/main --all`,
    ])
      expect(parsePushLines(input)).toEqual([])
  })

  it('concerns branches only, Gerrit’s among them, and nothing that is deleted', () => {
    const line = (remoteRef: string, localOid = mine) => ({ localRef: 'x', localOid, remoteRef, remoteOid: zero })
    const lines = [
      line('refs/heads/feature/dates'),
      line('refs/for/main%topic=dates'),
      line('refs/tags/v1'),
      line('refs/remotes/origin/main'),
      line('refs/notes/commits'),
      line('refs/heads/old', zero),
    ]
    expect(branchPushes(lines).map(({ branch }) => branch)).toEqual(['feature/dates', 'main'])
  })
})

describe('what the pre-commit framework tells', () => {
  const env = {
    PRE_COMMIT_REMOTE_BRANCH: 'refs/heads/dates',
    PRE_COMMIT_LOCAL_BRANCH: 'refs/heads/dates',
    PRE_COMMIT_TO_REF: mine,
  }
  it('is one line', () => {
    expect(linesFromPreCommit({ ...env, PRE_COMMIT_FROM_REF: theirs })).toEqual([
      { localRef: 'refs/heads/dates', localOid: mine, remoteRef: 'refs/heads/dates', remoteOid: theirs },
    ])
    expect(linesFromPreCommit(env)[0]?.remoteOid).toBe(zero)
  })
  it('is nothing elsewhere', () => {
    expect(linesFromPreCommit({})).toEqual([])
    expect(linesFromPreCommit({ ...env, PRE_COMMIT_TO_REF: 'HEAD' })).toEqual([])
  })
})
