import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type HookCall, type MessengerName, momentsOf } from './occasion.js'

const A = 'a'.repeat(40)
const B = 'b'.repeat(40)
const ZERO = '0'.repeat(40)

let own: string

beforeEach(() => {
  own = mkdtempSync(join(tmpdir(), 'onehead-occasion-'))
})
afterEach(() => rmSync(own, { recursive: true }))

function moments(name: MessengerName, args: readonly string[], env: HookCall['env'] = {}) {
  return momentsOf({ name, args, cwd: own, env }, { own, common: own })
}

function reflog(message: string): void {
  mkdirSync(join(own, 'logs'), { recursive: true })
  writeFileSync(join(own, 'logs/HEAD'), `${A} ${B} Ada <ada@example.org> 0 +0000\t${message}\n`)
}

describe('what a hook compares', () => {
  test.each<[string, MessengerName, string[], object | null]>([
    ['a merge', 'post-merge', ['0'], { occasion: 'merge', before: 'ORIG_HEAD', now: 'HEAD' }],
    ['a squash', 'post-merge', ['1'], { occasion: 'squash', before: 'HEAD', now: 'index' }],
    ['a commit, if it is a merge', 'post-commit', [], { occasion: 'merge', before: 'first-parent', now: 'HEAD' }],
    ['a rebase', 'post-rewrite', ['rebase'], { occasion: 'rebase', before: 'ORIG_HEAD', now: 'HEAD' }],
    ['an amended commit', 'post-rewrite', ['amend'], null],
    ['a switch', 'post-checkout', [A, B, '1'], { occasion: 'switch', before: A, now: B, wayBack: '-' }],
    ['a file', 'post-checkout', [A, B, '0'], null],
    ['a stash', 'post-checkout', [A, A, '1'], null],
    ['a clone', 'post-checkout', [ZERO, B, '1'], null],
    ['what looks like an option', 'post-checkout', ['--all', B, '1'], null],
  ])('%s', (_, name, args, expected) => {
    const found = moments(name, args)
    if (expected === null) expect(found).toBeNull()
    else expect(found).toMatchObject(expected)
  })

  test('what the pre-commit framework hands on in variables', () => {
    expect(moments('post-merge', [], { PRE_COMMIT_IS_SQUASH_MERGE: '1' })?.occasion).toBe('squash')
    expect(moments('post-rewrite', [], { PRE_COMMIT_REWRITE_COMMAND: 'rebase' })?.occasion).toBe('rebase')
    const env = { PRE_COMMIT_FROM_REF: A, PRE_COMMIT_TO_REF: B, PRE_COMMIT_CHECKOUT_TYPE: '1' }
    expect(moments('post-checkout', [], env)?.occasion).toBe('switch')
  })
})

describe('in the middle of something', () => {
  test.each(['rebase-merge', 'rebase-apply'])(
    '%s: its own beginning counts, and its commits are not told',
    (folder) => {
      mkdirSync(join(own, folder))
      writeFileSync(join(own, folder, 'orig-head'), `${A}\n`)
      expect(moments('post-rewrite', ['rebase'])?.before).toBe(A)
      expect(moments('post-checkout', [A, B, '1'])).toMatchObject({
        occasion: 'rebase',
        isHalfWay: true,
        wayBack: null,
      })
      expect(moments('post-commit', [])).toBeNull()
      expect(moments('post-merge', ['0'])).toBeNull()
    },
  )

  test.each(['rebase (start): checkout main', 'pull --rebase origin main (start): checkout abc'])(
    'a rebase that has no folder yet: %s',
    (message) => {
      reflog(message)
      expect(moments('post-checkout', [A, B, '1'])).toMatchObject({ occasion: 'rebase', isHalfWay: true })
    },
  )

  test('an amended merge is no new one, and a bisection no switch', () => {
    reflog('commit (amend): merge main')
    expect(moments('post-commit', [])).toBeNull()
    writeFileSync(join(own, 'BISECT_LOG'), '')
    expect(moments('post-checkout', [A, B, '1'])).toBeNull()
  })
})
