import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type GitRepository, type GitWorld, gitWorld, type Ran } from '../support/git-world.js'
import { repositoryRoot } from '../support/source-files.js'

/** The commands of docs/ci.md, run as the CI of a pull request runs them. */
const page = readFileSync(join(repositoryRoot, 'docs/ci.md'), 'utf8')

/** The commands of the step with this name; without a name those of the only `script`. */
function commandsOf(file: string, step?: string): string {
  const recipe = page.split('```yaml\n').find((block) => block.startsWith(`# ${file}\n`)) ?? ''
  const text = recipe.slice(0, recipe.indexOf('```'))
  if (step === undefined) {
    const list = text.slice(text.indexOf('script:'))
    return [...list.matchAll(/^ {4}- (.+)$/gm)].map(([, line]) => line).join('\n')
  }
  const own = text.split(/^ {6}- /m).find((one) => one.startsWith(`name: ${step}\n`)) ?? ''
  const [, block, line] = /^ +run: (?:\|\n((?: {10}.*\n)+)|(.+))$/m.exec(own) ?? []
  const commands = block?.replace(/^ {10}/gm, '') ?? line
  if (commands === undefined) throw new Error(`docs/ci.md has no step "${step}" in ${file}`)
  return commands
}

function script(revision: string, down: string | null): string {
  return `"""${revision}"""\nrevision = '${revision}'\ndown_revision = ${down === null ? 'None' : `'${down}'`}\n\n\ndef upgrade():\n    op.execute('SELECT 1')\n`
}

const versions = 'billing/migrations/versions'

let world: GitWorld
let server: GitRepository
let laptop: GitRepository
beforeEach(() => {
  world = gitWorld()
  server = world.bare('server')
  laptop = world.repository('laptop')
  laptop.git('remote', 'add', 'origin', server.root)
  laptop.commit('users', {
    'billing/alembic.ini': '[alembic]\nscript_location = %(here)s/migrations\n',
    'billing/migrations/env.py': '',
    [`${versions}/1a_users.py`]: script('1a', null),
  })
  laptop.git('push', 'origin', 'main')
  openPullRequest(1, 'email', { [`${versions}/2b_email.py`]: script('2b', '1a') })
})
afterEach(() => world.remove())

/** A branch on the server, and the ref that GitHub makes for its pull request. */
function openPullRequest(number: number, branch: string, files: Record<string, string>): string {
  laptop.git('switch', '--quiet', '--create', branch, 'main')
  const commit = laptop.commit(branch, files)
  laptop.git('push', 'origin', branch, `${branch}:refs/pull/${number}/head`)
  laptop.git('switch', '--quiet', 'main')
  return commit
}

function mainMoves(): void {
  laptop.commit('phone', { [`${versions}/3c_phone.py`]: script('3c', '1a') })
  laptop.git('push', 'origin', 'main')
}

/** What actions/checkout with `fetch-depth: 0` and GitLab's runner leave behind: no branches, no remote HEAD. */
function checkout(name: string, ref: string): GitRepository {
  const runner = world.repository(name)
  runner.git('remote', 'add', 'origin', server.root)
  runner.git('fetch', '--quiet', 'origin', '+refs/heads/*:refs/remotes/origin/*', `+${ref}:refs/remotes/ci/head`)
  runner.git('checkout', '--quiet', '--detach', 'refs/remotes/ci/head')
  return runner
}

function runStep(runner: GitRepository, commands: string, env: Record<string, string> = {}): Ran {
  const tools = join(world.folder, 'tools')
  const bin = join(repositoryRoot, 'packages/cli/bin/onehead.js')
  runner.write({
    '../tools/npx': `#!/bin/sh\nshift\nexec "${process.execPath}" "${bin}" "$@"\n`,
    '../tools/npm': '#!/bin/sh\n',
    '../tools/gh': GH,
  })
  world.run('chmod', ['+x', 'npx', 'npm', 'gh'], tools)
  return world.run('bash', ['-e', '-o', 'pipefail', '-c', commands], runner.root, {
    env: { CI: 'true', PATH: `${tools}:${process.env.PATH}`, ...env },
  })
}

/** Lists the pull requests that the test wrote down, and writes down the statuses that it is told. */
const GH = `#!/bin/sh
case "$1" in
  pr) cat "$PULL_REQUESTS" ;;
  api) echo "$3 $5" >> "$STATUSES" ;;
esac
`

describe('GitHub', () => {
  const step = commandsOf('.github/workflows/migrations.yml', 'The pull request, merged into its target')

  it('lets a pull request through, and stops the same one once main has moved', () => {
    const before = runStep(checkout('before', 'refs/pull/1/head'), step, { GITHUB_BASE_REF: 'main' })
    expect(before.output).toContain('1 head')
    expect(before.status).toBe(0)
    mainMoves()
    const after = runStep(checkout('after', 'refs/pull/1/head'), step, { GITHUB_BASE_REF: 'main' })
    expect(after.status).toBe(1)
    expect(after.stdout).toMatch(/^::error file=billing\/migrations\/versions\/2b_email\.py,line=3,.*2 heads/m)
    expect(after.stdout, 'what to run on the laptop, fetch included').toContain('git fetch origin main')
  })

  it('stops the merge that the queue has made', () => {
    mainMoves()
    laptop.git('switch', '--quiet', '--create', 'queue', 'main')
    laptop.git('merge', '--quiet', '--no-edit', 'email')
    laptop.git('push', 'origin', 'queue')
    const step = commandsOf('.github/workflows/migrations.yml', "The queue's own merge")
    const { status, stdout } = runStep(checkout('queue', 'refs/heads/queue'), step)
    expect(stdout).toContain('this history has 2 heads')
    expect(status).toBe(1)
  })

  it('looks at every open pull request again when main moves', () => {
    const docs = openPullRequest(2, 'docs', { 'README.md': 'shop\n' })
    const email = laptop.id('email')
    mainMoves()
    const list = join(world.folder, 'pull-requests')
    const statuses = join(world.folder, 'statuses')
    writeFileSync(list, `1 ${email}\n2 ${docs}\n`)
    const commands = commandsOf(
      '.github/workflows/migrations-recheck.yml',
      'Judge every open pull request against the new tip',
    )
    const ran = runStep(checkout('recheck', 'refs/heads/main'), commands, {
      GITHUB_REPOSITORY: 'ada/shop',
      PULL_REQUESTS: list,
      STATUSES: statuses,
    })
    expect(ran.status, ran.output).toBe(0)
    expect(readFileSync(statuses, 'utf8')).toBe(
      `repos/ada/shop/statuses/${email} state=failure\nrepos/ada/shop/statuses/${docs} state=success\n`,
    )
  })
})

describe('GitLab', () => {
  it('judges a merge request against its target as it is now', () => {
    const commands = commandsOf('.gitlab-ci.yml')
    const env = { CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main' }
    expect(runStep(checkout('before', 'refs/pull/1/head'), commands, env).status).toBe(0)
    mainMoves()
    const after = runStep(checkout('after', 'refs/pull/1/head'), commands, env)
    expect(after.status).toBe(1)
    expect(after.stdout).toContain('this history has 2 heads')
  })
})

describe('in place of a script of your own', () => {
  it('one line asks what check-pr.sh and the heads test asked', () => {
    const line = /```sh\nnpx (.+)\n```/.exec(page)![1]!
    expect(line).toBe('onehead check --merge-with origin/main')
    laptop.git('switch', '--quiet', 'email')
    const args = line.split(' ').slice(1)
    expect(laptop.onehead(args).status).toBe(0)
    laptop.git('switch', '--quiet', 'main')
    mainMoves()
    laptop.git('switch', '--quiet', 'email')
    expect(laptop.onehead(args).status).toBe(1)
  })
})
