import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type GitRepository, type GitWorld, gitWorld } from '../support/git-world.js'
import { colleague, newFile, says, scriptApp, scriptFile, shared } from '../support/script-project.js'

let world: GitWorld
beforeEach(() => {
  world = gitWorld()
})
afterEach(() => world.remove())

const clean = (repository: GitRepository) => expect(repository.git('status', '--porcelain')).toBe('')

describe('a developer begins a migration', () => {
  it('on the head there is, in the file that Alembic would write', () => {
    const { mine } = shared(world, scriptApp('billing', { aaaa1111: null, bbbb1111: 'aaaa1111' }))
    const ran = mine.onehead(['revision', '-m', 'Add invoice due-date'])
    says(ran, {
      status: 0,
      text: ['on top of bbbb1111 (add bbbb1111)', 'written; one head:', 'git add billing/migrations/versions/'],
    })
    const path = newFile(mine)
    expect(path).toMatch(/^billing\/migrations\/versions\/[0-9a-f]{12}_add_invoice_due_date\.py$/)
    const text = readFileSync(join(mine.root, path), 'utf8')
    expect(text).toContain('"""Add invoice due-date\n')
    expect(text).toContain("down_revision = 'bbbb1111'\n")
    expect(mine.onehead(['check']).status).toBe(0)
    expect(mine.onehead(['fix', '--undo']).status).toBe(0)
    clean(mine)
  })

  it('--dry-run shows the whole script and writes nothing', () => {
    const { mine } = shared(world, scriptApp('billing', { aaaa1111: null }))
    const ran = mine.onehead(['revision', '-m', 'add refunds', '--rev-id', 'cccc1111', '--dry-run'])
    says(ran, {
      status: 0,
      text: [
        "down_revision = 'aaaa1111'",
        'def downgrade',
        'nothing is written yet',
        "onehead revision -m 'add refunds'",
      ],
    })
    clean(mine)
  })

  it('the first one, in a clone that has no folder for versions yet', () => {
    const { mine } = shared(world, scriptApp('billing', {}))
    says(mine.onehead(['revision', '-m', 'create invoices']), { status: 0, text: ['the first revision'] })
    expect(newFile(mine)).toMatch(/^billing\/migrations\/versions\/\w+_create_invoices\.py$/)
    expect(mine.onehead(['heads']).stdout).toMatch(/^\w{12} \(head\)\n$/)
  })

  it('named as onehead.json wants it', () => {
    const settings = { environments: { billing: { fileName: '<date>_<short_description>_<branch_label>' } } }
    const { mine } = shared(world, {
      ...scriptApp('billing', { aaaa1111: null }),
      'onehead.json': JSON.stringify(settings),
    })
    expect(mine.onehead(['revision', '-m', 'scope configuration', '--rev-id', 'fw4jsg']).status).toBe(0)
    expect(newFile(mine)).toMatch(/^billing\/migrations\/versions\/\d{8}_scope_configuration_fw4jsg\.py$/)
    expect(mine.onehead(['check', '--rule', 'file-name', '--scripts', 'new']).output).not.toContain(newFile(mine))
  })

  it('tells a program everything', () => {
    const { mine } = shared(world, scriptApp('billing', { aaaa1111: null }))
    const ran = mine.onehead(['revision', '-m', 'add refunds', '--rev-id', 'cccc1111', '--format', 'json'])
    expect(JSON.parse(ran.stdout)).toMatchObject({
      schemaVersion: 1,
      applied: true,
      environment: 'billing',
      revision: { revision: 'cccc1111', downRevisions: ['aaaa1111'], path: newFile(mine) },
      heads: ['cccc1111'],
      refusals: [],
      diagnostics: [],
    })
  })
})

describe('the branch that the work will land on has moved', () => {
  function behind(): { mine: GitRepository; theirs: GitRepository } {
    const { origin, mine } = shared(world, scriptApp('billing', { aaaa1111: null }))
    const theirs = colleague(world, origin)
    theirs.commit('refunds', scriptFile('billing', 'cccc1111', 'aaaa1111', 'add refund table'))
    theirs.git('push', '--quiet')
    mine.git('switch', '--quiet', '--create', 'due-dates')
    return { mine, theirs }
  }

  it('it is asked, and nothing is written that would fork; after the merge the new revision goes on top', () => {
    const { mine } = behind()
    says(mine.onehead(['revision', '-m', 'add due date']), {
      status: 1,
      text: [
        'refused[behind]',
        'origin/main has a revision that is not here: cccc1111 (add refund table)',
        'next: `git merge origin/main`',
      ],
    })
    clean(mine)
    mine.git('merge', '--quiet', 'origin/main')
    says(mine.onehead(['revision', '-m', 'add due date']), {
      status: 0,
      text: ['on top of cccc1111 (add refund table)'],
    })
  })

  it('with revisions of mine beside it the way is `onehead fix`', () => {
    const { mine } = behind()
    mine.commit('due dates', scriptFile('billing', 'bbbb1111', 'aaaa1111', 'add due date'))
    says(mine.onehead(['revision', '-m', 'more']), {
      status: 1,
      text: ['refused[behind]', 'next: `onehead fix billing`'],
    })
  })

  it('--offline looks only at what is known here, and --allow-behind goes on with a warning', () => {
    const { mine } = behind()
    expect(mine.onehead(['revision', '-m', 'add due date', '--offline', '--dry-run']).status).toBe(0)
    mine.git('fetch', '--quiet')
    expect(mine.onehead(['revision', '-m', 'add due date', '--offline']).status).toBe(1)
    const ran = mine.onehead(['revision', '-m', 'add due date', '--allow-behind'])
    says(ran, { status: 0, text: ['warning: origin/main has a revision that is not here', 'on top of aaaa1111'] })
  })

  it('what the target changes in another app does not matter', () => {
    const { origin, mine } = shared(world, {
      ...scriptApp('billing', { aaaa1111: null }),
      ...scriptApp('users', { aaaa2222: null }),
    })
    const theirs = colleague(world, origin)
    theirs.commit('users', scriptFile('users', 'bbbb2222', 'aaaa2222'))
    theirs.git('push', '--quiet')
    expect(mine.onehead(['revision', 'billing', '-m', 'add due date']).status).toBe(0)
    says(mine.onehead(['revision', 'users', '-m', 'x']), { status: 1, text: ['bbbb2222'] })
  })
})

describe('what is refused, in a sentence and before anything is written', () => {
  const repository = (files: Record<string, string>) => {
    const mine = world.repository('shop')
    mine.commit('start', files)
    return mine
  }

  it('several heads, and which command makes them one', () => {
    const mine = repository(scriptApp('billing', { aaaa1111: null, bbbb1111: 'aaaa1111', cccc1111: 'aaaa1111' }))
    says(mine.onehead(['revision', '-m', 'x']), {
      status: 1,
      text: [
        'this history has 2 heads: bbbb1111 (add bbbb1111) and cccc1111 (add cccc1111)',
        'next: `onehead fix billing`',
      ],
    })
    says(mine.onehead(['revision', '-m', 'x', '--head', 'cccc']), {
      status: 1,
      text: ['on top of cccc1111', 'multiple-heads'],
    })
  })

  it('where several heads are right, one has to be named', () => {
    const files = scriptApp('billing', { aaaa1111: null, bbbb1111: 'aaaa1111', cccc1111: 'aaaa1111' })
    const mine = repository({ ...files, 'onehead.json': '{ "environments": { "billing": { "expectedHeads": 2 } } }' })
    says(mine.onehead(['revision', '-m', 'x']), {
      status: 1,
      text: ['refused[which-head]', 'say which one the new revision goes on: --head'],
    })
    says(mine.onehead(['revision', '-m', 'x', '--head', 'cccc']), { status: 0, text: ['on top of cccc1111'] })
  })

  it('an inner revision, an id that is taken, a message that breaks the script, a broken history', () => {
    const mine = repository(scriptApp('billing', { aaaa1111: null, bbbb1111: 'aaaa1111' }))
    const refused = (words: readonly string[], ...text: string[]) =>
      says(mine.onehead(['revision', ...words]), { status: 1, text: [...text, 'nothing was written'] })
    refused(['-m', 'x', '--head', 'aaaa'], 'aaaa1111 is not a head: bbbb1111 revises it')
    refused(['-m', 'x', '--rev-id', 'bbbb1111'], 'bbbb1111 is declared already')
    refused(['-m', 'a """ b'], 'the script would not be what was asked for')
    refused(['-m', 'x', '--version-path', 'billing/other'], 'billing/other is no version location')
    clean(mine)
    mine.write(scriptFile('billing', 'cccc1111', 'gone1111'))
    refused(['-m', 'x'], 'Alembic cannot load this history', 'onehead check billing')
  })

  it('no message, or not said for which of several apps', () => {
    const mine = repository({ ...scriptApp('billing', { aaaa1111: null }), ...scriptApp('users', { aaaa2222: null }) })
    says(mine.onehead(['revision']), { status: 2, text: ['a revision needs a message'] })
    says(mine.onehead(['revision', '-m', 'x']), {
      status: 2,
      text: ['a revision belongs to one environment', 'billing, users, such as: onehead revision billing -m x'],
    })
    expect(mine.onehead(['revision', '.', '-m', 'x', '--dry-run'], { cwd: 'billing' }).status).toBe(0)
    const inside = mine.onehead(['revision', '-m', 'x'], { cwd: 'users/migrations' })
    expect([inside.status, newFile(mine)]).toEqual([0, expect.stringMatching(/^users\//)])
  })

  it('a file name that another script has', () => {
    const mine = repository(scriptApp('billing', { aaaa1111: null }, { ini: 'file_template = %%(slug)s\n' }))
    const text = ['refused[exists]', 'it would lie where billing/migrations/versions/aaaa1111.py is already', '%(rev)s']
    says(mine.onehead(['revision', '-m', 'aaaa1111']), { status: 1, text })
    clean(mine)
  })

  it('a folder where Alembic would never look', () => {
    const ini = 'file_template = %%(year)d/%%(rev)s_%%(slug)s\n'
    const mine = repository(scriptApp('billing', { aaaa1111: null }, { ini }))
    says(mine.onehead(['revision', '-m', 'x']), {
      status: 1,
      text: ['refused[lost]', 'recursive_version_locations is not on'],
    })
    const recursive = repository2(ini)
    expect(recursive.onehead(['revision', '-m', 'x']).status).toBe(0)
    expect(newFile(recursive)).toMatch(/versions\/20\d\d\/\w{12}_x\.py$/)
  })

  function repository2(ini: string): GitRepository {
    const other = world.repository('recursive')
    other.commit(
      'start',
      scriptApp('billing', { aaaa1111: null }, { ini: `${ini}recursive_version_locations = true\n` }),
    )
    return other
  }
})

describe('several version locations', () => {
  const app = () => {
    const ini = 'version_locations = %(here)s/old, %(here)s/migrations/versions\n'
    const files = scriptApp('billing', { bbbb1111: 'aaaa1111' }, { ini })
    const [[, text]] = Object.entries(scriptFile('billing', 'aaaa1111', null)) as [[string, string]]
    return { ...files, 'billing/old/aaaa1111.py': text }
  }

  it('a script lies beside its parent, or where one says', () => {
    const mine = world.repository('shop')
    mine.commit('start', app())
    expect(mine.onehead(['revision', '-m', 'x']).status).toBe(0)
    expect(newFile(mine)).toMatch(/^billing\/migrations\/versions\//)
    mine.git('clean', '--quiet', '-fd')
    const named = mine.onehead(['revision', '.', '-m', 'x', '--version-path', 'old'], { cwd: 'billing' })
    expect([named.status, newFile(mine)]).toEqual([0, expect.stringMatching(/^billing\/old\//)])
  })
})
