import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type GitWorld, gitWorld, pathWith, script } from '../support/git-world.js'
import { notesIn, revision, type Shop, shopWithNotices, THEIRS } from '../support/shop-with-notices.js'

let world: GitWorld
let shop: Shop

beforeEach(() => {
  world = gitWorld()
  shop = shopWithNotices(world, { 'services/billing/app.py': 'print()\n' })
})
afterEach(() => world.remove())

describe('a messenger never stands in the way', () => {
  test('without git: one line, exit code 0', () => {
    shop.team.commit('add refund table', THEIRS)
    shop.mine.git('pull', '--quiet')
    const told = shop.mine.onehead(['hook', 'post-merge', '0'], { env: { PATH: world.folder } })
    expect(told.status).toBe(0)
    expect(told.stderr).toMatch(/^onehead: post-merge could not tell what changed: git cannot be started .*\n$/)
  })

  test('with a git that fails: exit code 0, at most one line', () => {
    writeFileSync(join(world.folder, 'git'), '#!/bin/sh\necho "fatal: broken" >&2\nexit 128\n')
    chmodSync(join(world.folder, 'git'), 0o755)
    for (const args of [['post-merge', '0'], ['post-merge', '1'], ['post-rewrite', 'rebase'], ['post-commit']]) {
      const told = shop.mine.onehead(['hook', ...args], { env: { PATH: pathWith(world.folder, world.env) } })
      expect([told.status, told.stdout]).toEqual([0, ''])
      expect(told.stderr.split('\n').length).toBeLessThanOrEqual(2)
    }
  })

  test('in a repository without commits, outside one, and with arguments that mean nothing: silence', () => {
    const empty = world.repository('empty')
    const nowhere = { cwd: '..' }
    for (const args of [['post-merge', '0'], ['post-merge', '1'], ['post-rewrite', 'rebase'], ['post-commit']]) {
      for (const options of [{}, nowhere]) {
        expect(empty.onehead(['hook', ...args], options)).toMatchObject({ status: 0, output: '' })
      }
    }
    for (const args of [
      ['post-checkout'],
      ['post-checkout', 'main', 'HEAD', '1'],
      ['post-merge'],
      ['post-rewrite', 'amend'],
    ]) {
      expect(shop.mine.onehead(['hook', ...args])).toMatchObject({ status: 0, output: '' })
    }
  })

  test('with a broken onehead.json that came in: one line that says where', () => {
    shop.team.commit('break it', { ...THEIRS, 'onehead.json': '{ "rules": 1 ' })
    const pulled = shop.mine.try(['pull', '--quiet'])
    expect(pulled.status).toBe(0)
    expect(pulled.stderr).toMatch(/^onehead: post-merge could not tell what changed: .* at onehead\.json:1:\d+\n$/)
  })

  test('a configuration that came in broken is said, the other environments too', () => {
    shop.team.commit('break one', { ...THEIRS, 'services/users/alembic.ini': '[alembic\n' })
    const pulled = shop.mine.try(['pull', '--quiet'])
    expect(pulled.stderr).toMatch(/^onehead: services\/users: services\/users\/alembic\.ini cannot be used any more: /m)
    expect(pulled.stderr).toContain('onehead: services/billing: 1 new revision, head f04d6e2b713c\n')
  })

  test('what it remembers may be damaged or forbidden: it tells once more', () => {
    const { mine, team } = shop
    team.commit('add refund table', THEIRS)
    mine.git('pull', '--quiet')
    const again = () => notesIn(mine.onehead(['hook', 'post-merge', '0']))
    expect(again()).toEqual([])
    mine.write({ '.git/onehead/told.json': '{"version":1,"sta' })
    expect(again()).toHaveLength(1)
    expect(JSON.parse(readFileSync(join(mine.root, '.git/onehead/told.json'), 'utf8'))).toMatchObject({ version: 1 })
    world.run('rm', ['-r', '.git/onehead'], mine.root)
    mine.write({ '.git/onehead': 'a file where the folder should be\n' })
    expect(again()).toHaveLength(1)
    expect(again()).toHaveLength(1)
  })
})

describe('a messenger is never slow', () => {
  /** A git that writes down what it is asked. */
  function countingGit(): { readonly env: { readonly PATH: string }; readonly asked: () => string[] } {
    const folder = join(world.folder, 'counting')
    const log = join(world.folder, 'asked')
    world.run('mkdir', ['-p', folder], world.folder)
    const real = world.run('sh', ['-c', 'command -v git'], world.folder).stdout.trim()
    writeFileSync(join(folder, 'git'), `#!/bin/sh\necho "$1" >> "${log}"\nexec "${real}" "$@"\n`)
    chmodSync(join(folder, 'git'), 0o755)
    writeFileSync(log, '')
    return {
      env: { PATH: pathWith(folder, world.env) },
      asked: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
    }
  }

  test('fifty ordinary files changed: one git process, and what is staged takes one more', () => {
    const files = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`services/billing/part${i}.py`, `x = ${i}\n`]),
    )
    shop.team.commit('work', files)
    shop.mine.git('pull', '--quiet')
    const { env, asked } = countingGit()
    expect(shop.mine.onehead(['hook', 'post-merge', '0'], { env })).toMatchObject({ status: 0, output: '' })
    expect(asked()).toEqual(['cat-file'])
    expect(shop.mine.onehead(['hook', 'post-merge', '1'], { env })).toMatchObject({ status: 0, output: '' })
    expect(asked()).toEqual(['cat-file', 'cat-file', 'diff'])
  })

  test('a switch to the same commit, a file checkout, an ordinary commit: no more than one', () => {
    const head = shop.mine.id('HEAD')
    const { env, asked } = countingGit()
    shop.mine.onehead(['hook', 'post-checkout', head, head, '1'], { env })
    shop.mine.onehead(['hook', 'post-checkout', head, head, '0'], { env })
    shop.mine.onehead(['hook', 'post-rewrite', 'amend'], { env })
    expect(asked()).toEqual([])
    shop.mine.onehead(['hook', 'post-commit'], { env })
    expect(asked()).toEqual(['cat-file'])
  })
})

describe('what came in may be anything', () => {
  test('nothing of it reaches the terminal as it is, and nothing of it runs', () => {
    const path = 'services/billing/migrations/versions/\u001b[2Jevil.py'
    shop.team.commit('evil', {
      [path]: script('f04d6e2b713c', '3c9e51a7b204', 'clear\u001b[2J\u202e the screen'),
      'services/billing/migrations/env.py': 'open("executed", "w")\n',
    })
    const pulled = shop.mine.try(['pull', '--quiet'])
    expect(pulled.stderr).toContain('+ f04d6e2b713c  clear\\x1b[2J\\u202e the screen')
    expect(pulled.stderr).not.toContain('\u001b')
  })

  test('an id with the meaning of a command stays a word', () => {
    shop.team.commit('evil', revision("x'; rm -rf y", '3c9e51a7b204', 'evil'))
    expect(shop.mine.try(['pull', '--quiet']).stderr).not.toContain('alembic downgrade x')
  })

  test('an environment of Flask-Migrate is told in its own words', () => {
    shop.team.commit('add users', {
      'services/users/migrations/alembic.ini': '[alembic]\n[loggers]\nkeys = root\n',
      'services/users/migrations/env.py': '',
      'services/users/migrations/script.py.mako': '',
      'services/users/migrations/versions/0001.py': script('0001', null, 'create users'),
    })
    const pulled = shop.mine.try(['pull', '--quiet'])
    expect(pulled.stderr).toContain('new here with 1 revision, head 0001\n')
    expect(pulled.stderr).toContain('cd services/users && flask db upgrade head\n')
  })
})

describe('a messenger that is killed while it remembers what it told', () => {
  const preload = fileURLToPath(new URL('../support/killed-at.mjs', import.meta.url))

  test.each([
    ['in the middle of writing', 'half told.json.', ['1 new revision, head 8b1f2c7d90aa'], 2],
    ['before it is in its place', 'before told.json', ['1 new revision, head 8b1f2c7d90aa'], 2],
    ['when it is', 'after told.json', [], 1],
  ])('%s: what was remembered is whole, and told once more where it is not', (_, at, again, files) => {
    shop.team.commit('add refund table', THEIRS)
    expect(notesIn(shop.mine.try(['pull', '--quiet']))).toHaveLength(1)
    const folder = join(shop.mine.root, '.git/onehead')
    const remembered = () => JSON.parse(readFileSync(join(folder, 'told.json'), 'utf8'))
    const before = remembered()
    shop.team.commit('add due date', revision('8b1f2c7d90aa', 'f04d6e2b713c', 'add invoice due date'))
    const killed = shop.mine.try(['pull', '--quiet'], { env: { NODE_OPTIONS: `--import=${preload}`, KILLED_AT: at } })
    expect([killed.status, notesIn(killed)]).toEqual([0, []])
    expect(readdirSync(folder)).toHaveLength(files)
    if (again.length > 0) expect(remembered()).toEqual(before)
    else expect(remembered()).not.toEqual(before)
    const hook = () => notesIn(shop.mine.onehead(['hook', 'post-merge', '0']))
    expect(hook()).toEqual(again)
    expect(hook()).toEqual([])
    if (again.length > 0) expect(readdirSync(folder)).toEqual(['told.json'])
  })
})
