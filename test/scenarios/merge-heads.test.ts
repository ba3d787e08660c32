import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type GitRepository, type GitWorld, gitWorld } from '../support/git-world.js'
import { providePython } from '../support/python.js'
import { colleague, newFile, realHeads, says, scriptApp, scriptFile, shared } from '../support/script-project.js'

let world: GitWorld
beforeEach(() => {
  world = gitWorld()
})
afterEach(() => world.remove())

const { python, reason } = providePython('alembic-1.20')
const FORK = { aaaa1111: null, bbbb1111: 'aaaa1111', cccc1111: 'aaaa1111' }

/** Mine on a branch, theirs on main, both merged: two heads. */
function twoSides(): GitRepository {
  const { origin, mine } = shared(world, scriptApp('billing', { aaaa1111: null }))
  const theirs = colleague(world, origin)
  theirs.commit('refunds', scriptFile('billing', 'cccc1111', 'aaaa1111', 'add refund table'))
  theirs.git('push', '--quiet')
  mine.git('switch', '--quiet', '--create', 'due-dates')
  mine.commit('due dates', scriptFile('billing', 'bbbb1111', 'aaaa1111', 'add invoice due date'))
  mine.git('fetch', '--quiet')
  mine.git('merge', '--quiet', '--no-edit', 'origin/main')
  return mine
}

describe('two branches have met', () => {
  it('one merge revision joins them, and its message says what and from where', () => {
    const mine = twoSides()
    const ran = mine.onehead(['merge', 'billing'])
    says(ran, { status: 0, text: ['one head:', 'in billing', 'git add billing/migrations/versions && git commit'] })
    const path = newFile(mine)
    const text = readFileSync(join(mine.root, path), 'utf8')
    expect(text.split('\n')[0]).toBe('"""merge add invoice due date (due-dates) and add refund table (origin/main)')
    expect(text).toContain("\ndown_revision = ('bbbb1111', 'cccc1111')\n")
    expect(text).toContain('\nRevises: bbbb1111, cccc1111\nCreate Date: ')
    const [, id] = /^billing\/migrations\/versions\/([0-9a-f]{12})_merge_add_invoice_due_date_/.exec(path)!
    expect(text).toContain(`\nrevision = '${id}'\n`)
    expect(mine.onehead(['heads', 'billing']).stdout).toBe(`${id} (head)\n`)
    expect(mine.onehead(['check', '--scripts', 'all']).output).not.toContain('undescriptive-merge-message')
  })

  it.skipIf(reason)(`Alembic finds one head then${reason ? ` (${reason})` : ''}`, () => {
    const mine = twoSides()
    expect(realHeads(python!, join(mine.root, 'billing'))).toHaveLength(2)
    mine.onehead(['merge', '--rev-id', 'dddd1111'])
    expect(realHeads(python!, join(mine.root, 'billing'))).toEqual(['dddd1111 (head)'])
  })

  it('--dry-run writes nothing, a second merge has nothing to do, and undo takes the first back', () => {
    const mine = twoSides()
    const before = mine.git('status', '--porcelain')
    says(mine.onehead(['merge', '--dry-run']), {
      status: 0,
      text: ['nothing is written yet: 1 file would change', 'next: `onehead merge`'],
    })
    expect(mine.git('status', '--porcelain')).toBe(before)
    mine.onehead(['merge'])
    says(mine.onehead(['merge']), { status: 0, text: ['nothing to merge in billing, one head:'] })
    expect(mine.onehead(['fix', '--undo']).status).toBe(0)
    expect(mine.git('status', '--porcelain')).toBe(before)
  })

  it('--commit commits it, and the push passes', () => {
    const mine = twoSides()
    says(mine.onehead(['merge', '--commit']), {
      status: 0,
      text: ['committed as', 'your push will pass', 'next: `git push -u origin due-dates`'],
    })
    expect(mine.git('status', '--porcelain')).toBe('')
  })

  it('in the middle of a merge that git has not concluded', () => {
    const { origin, mine } = shared(world, scriptApp('billing', { aaaa1111: null }))
    const theirs = colleague(world, origin)
    theirs.commit('refunds', scriptFile('billing', 'cccc1111', 'aaaa1111', 'add refund table'))
    theirs.git('push', '--quiet')
    mine.git('switch', '--quiet', '--create', 'due-dates')
    mine.commit('due dates', scriptFile('billing', 'bbbb1111', 'aaaa1111', 'add invoice due date'))
    mine.git('fetch', '--quiet')
    mine.git('merge', '--quiet', '--no-commit', '--no-ff', 'origin/main')
    says(mine.onehead(['merge']), { status: 0, text: ['git commit --no-edit'] })
    expect(readFileSync(join(mine.root, newFile(mine)), 'utf8')).toContain(
      '(due-dates) and add refund table (origin/main)',
    )
  })
})

describe('heads that are named', () => {
  const repository = (revisions: Record<string, string | string[] | null>) => {
    const mine = world.repository('shop')
    mine.commit('start', scriptApp('billing', revisions))
    return mine
  }
  const parentsOf = (mine: GitRepository) =>
    /down_revision = (.*)/.exec(readFileSync(join(mine.root, newFile(mine)), 'utf8'))![1]

  it.each([
    ['cccc,bbbb', "('cccc1111', 'bbbb1111')"],
    ['bbbb1111,dddd', "('bbbb1111', 'dddd1111')"],
    ['dddd bbbb1111 cccc1', "('dddd1111', 'bbbb1111', 'cccc1111')"],
    ['heads', "('bbbb1111', 'cccc1111', 'dddd1111')"],
  ])('%s', (heads, parents) => {
    const mine = repository({ ...FORK, dddd1111: 'aaaa1111' })
    const ran = mine.onehead(['merge', '--heads', heads, '-m', 'join them'])
    expect(parentsOf(mine)).toBe(parents)
    // Heads that nobody has named stay, and are still one too many.
    const isWhole = parents.split(',').length === 3
    says(ran, { status: isWhole ? 0 : 1, text: isWhole ? ['one head:'] : ['2 heads:', 'still error[multiple-heads]'] })
  })

  it('by label, and by label@head', () => {
    const labelled = (id: string, label: string) => {
      const [[path, text]] = Object.entries(scriptFile('billing', id, 'aaaa1111')) as [[string, string]]
      return { [path]: text.replace('branch_labels = None', `branch_labels = '${label}'`) }
    }
    const mine = world.repository('shop')
    mine.commit('start', {
      ...scriptApp('billing', { aaaa1111: null }),
      ...labelled('bbbb1111', 'due'),
      ...labelled('cccc1111', 'refunds'),
      ...scriptFile('billing', 'eeee1111', 'cccc1111'),
    })
    expect(mine.onehead(['merge', '--heads', 'refunds,due@head', '--branch-label', 'shop']).status).toBe(0)
    expect(parentsOf(mine)).toBe("('eeee1111', 'bbbb1111')")
    expect(readFileSync(join(mine.root, newFile(mine)), 'utf8')).toContain("\nbranch_labels = ('shop',)\n")
  })

  it.each([
    [['--heads', 'aaaa,bbbb'], 'not-a-head', 'aaaa1111 is not a head: bbbb1111 and cccc1111 revise it'],
    [['--heads', 'bbbb'], 'one-head', 'bbbb1111 alone is nothing to merge'],
    [['--heads', 'bbbb,zzzz'], 'unknown-revision', '"zzzz" names no head'],
    [['--rev-id', 'aaaa1111'], 'duplicate-revision', 'aaaa1111 is declared already'],
    [['--rev-id', 'a-b'], 'reserved-character', 'Alembic takes no "-" in a revision id'],
    [['--branch-label', 'bbbb1111'], 'duplicate-branch-label', 'bbbb1111 is a revision id'],
    [['-m', 'say """hi""" to all'], 'not-as-wanted', 'the script would not be what was asked for'],
  ])('%j is refused in a sentence, and nothing is written', (words, kind, sentence) => {
    const mine = repository(FORK)
    says(mine.onehead(['merge', ...words]), { status: 1, text: [`refused[${kind}]`, sentence, 'nothing was written'] })
    expect(mine.git('status', '--porcelain')).toBe('')
  })

  it('belong to the environment that has them all; where several have, one must be named', () => {
    const mine = world.repository('shop')
    mine.commit('start', {
      ...scriptApp('billing', FORK),
      ...scriptApp('users', { aaaa2222: null, bbbb2222: 'aaaa2222', cccc2222: 'aaaa2222' }),
    })
    says(mine.onehead(['merge', '--heads', 'heads']), {
      status: 2,
      text: ['several environments have heads', 'billing, users'],
    })
    says(mine.onehead(['merge', '--rev-id', 'dddd']), { status: 2, text: ['an id belongs to one merge revision'] })
    expect(mine.onehead(['merge', '--heads', 'bbbb2222,cccc2222']).status).toBe(0)
    expect(newFile(mine)).toMatch(/^users\//)
    expect(mine.onehead(['merge', 'billing']).status).toBe(0)
    expect(mine.onehead(['heads']).stdout.match(/\(head\)/g)).toHaveLength(2)
  })
})

describe('two people merge the same heads', () => {
  it('who comes second is told of the merge that the target has', () => {
    const { origin, mine } = shared(world, scriptApp('billing', FORK))
    const theirs = colleague(world, origin)
    theirs.onehead(['merge', '--rev-id', 'dddd1111', '--commit'])
    theirs.git('push', '--quiet')
    says(mine.onehead(['merge']), {
      status: 1,
      text: [
        'refused[already-joined]',
        'origin/main has joined bbbb1111 and cccc1111 already, in dddd1111',
        'git merge origin/main',
      ],
    })
    expect(mine.git('status', '--porcelain')).toBe('')
    expect(mine.onehead(['merge', '--offline', '--dry-run']).output).toContain('already, in dddd1111')
    mine.git('merge', '--quiet', 'origin/main')
    says(mine.onehead(['merge']), { status: 0, text: ['nothing to merge'] })
    says(mine.onehead(['merge', '--heads', 'bbbb,cccc']), { status: 1, text: ['are joined already, in dddd1111'] })
  })
})

describe('a fork takes over what its upstream has released', () => {
  it('the message names the release', () => {
    const upstream = world.repository('upstream')
    upstream.commit('start', scriptApp('billing', { aaaa1111: null }))
    const origin = world.bare('origin')
    upstream.git('push', '--quiet', origin.root, 'main')
    const mine = world.clone(origin, 'mine')
    mine.git('remote', 'add', 'upstream', upstream.root)
    mine.commit('ours', scriptFile('billing', 'bbbb1111', 'aaaa1111', 'add user preferences'))
    mine.git('push', '--quiet')
    upstream.commit('theirs', scriptFile('billing', 'cccc1111', 'aaaa1111', 'add audit log'))
    upstream.git('tag', 'v1.3')
    mine.git('fetch', '--quiet', '--tags', 'upstream')
    mine.git('merge', '--quiet', '--no-edit', 'upstream/main')
    expect(mine.onehead(['merge']).status).toBe(0)
    expect(readFileSync(join(mine.root, newFile(mine)), 'utf8')).toMatch(
      /^"""merge add user preferences \(origin\/main\) and add audit log \(upstream v1\.3\)\n/,
    )
  })
})
