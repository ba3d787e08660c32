import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { app, pathWith, script } from '../support/git-world.js'
import {
  addDueDate,
  addRefund,
  begin,
  dueDate,
  elsewhere,
  forkedWorld,
  invoice,
  type PushWorld,
  push,
  pushWorld,
  refund,
  revision,
  versions,
} from '../support/push-world.js'

let here: PushWorld
afterEach(() => here.world.remove())

const zero = '0'.repeat(40)

/** A git that writes down how it was called. */
function countingGit(): { readonly env: Record<string, string>; readonly calls: () => string[] } {
  const folder = join(here.world.folder, 'counting')
  const log = join(folder, 'calls')
  const real = (here.world.env.PATH ?? '').split(delimiter).find((one) => existsSync(join(one, 'git')))!
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'git'), `#!/bin/sh\necho "$*" >> '${log}'\nexec '${join(real, 'git')}' "$@"\n`)
  chmodSync(join(folder, 'git'), 0o755)
  return {
    env: { PATH: pathWith(folder, here.world.env) },
    calls: () => {
      const calls = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []
      rmSync(log, { force: true })
      return calls
    },
  }
}

describe('nothing of a pushed commit is executed', () => {
  it('neither env.py, nor configuration, nor scripts, nor what git could be told to run', () => {
    here = pushWorld()
    const trap = join(here.world.folder, 'sprung')
    const spring = `import os; os.system("touch '${trap}'")\n`
    here.ada.git('switch', '--quiet', '-c', 'traps')
    here.ada.commit('Traps', {
      'billing/migrations/env.py': spring,
      'billing/migrations/script.py.mako': `<% ${spring} %>`,
      'conftest.py': spring,
      [`${versions}/${dueDate}.py`]: `${spring}${script(dueDate, invoice)}`,
      [`${versions}/__init__.py`]: spring,
      'onehead.config.js': `require('fs').writeFileSync(${JSON.stringify(trap)}, '')`,
      '.gitattributes': '*.py diff=evil merge=evil filter=evil\n',
      '.gitconfig': `[diff "evil"]\n\tcommand = touch '${trap}'\n`,
      'node_modules/.bin/git': `#!/bin/sh\ntouch '${trap}'\n`,
    })
    expect(push(here, ['origin', 'traps'])).toMatchObject({ status: 0, moved: true, said: '' })
    expect(existsSync(trap)).toBe(false)
  })

  it('and its onehead.json cannot speak for whoever pushes', () => {
    here = forkedWorld()
    const settings = JSON.stringify({ target: '--upload-pack=x', environments: { billing: {} } })
    here.ada.commit('A target that is an option', { 'onehead.json': settings })
    const { status, said } = push(here, ['--dry-run', 'origin', 'dates'])
    expect([status, said]).toEqual([0, expect.stringContaining('the target origin/--upload-pack=x is not here')])
    here.ada.commit('Settings of the operator', { 'onehead.json': JSON.stringify({ strict: false, fetch: 'always' }) })
    const broken = push(here, ['origin', 'dates'])
    // What it says is no setting: the gate stays where it is, and says so.
    expect([broken.status, broken.moved]).toEqual([1, false])
    expect(broken.said).toContain('unknown key "strict"')
    expect(broken.said).toContain('error[multiple-heads]')
  })
})

describe('hostile names and files', () => {
  it('are shown, not obeyed', () => {
    here = pushWorld()
    here.ada.git('switch', '--quiet', '-c', 'feature/é$(touch>x)')
    const evil = 'bad\u001b[2J\nid'
    here.ada.commit('Names', {
      [`${versions}/a'b"c\\d\te.py`]: script('aaaa\\x1b[2Jaaaa', invoice, 'x\u202ey'),
      [`${versions}/-rf.py`]: script('bbbbbbbbbbbb', invoice, `z${evil.slice(0, 3)}\u001b[31m`),
      [`${versions}/line\nfeed.py`]: script('cccccccccccc', invoice),
    })
    here.ada.git('switch', '--quiet', '-c', 'here', 'main')
    elsewhere(here, 'main', addRefund)
    here.ada.git('fetch', '--quiet')
    const { status, stderr } = push(here, ['origin', 'feature/é$(touch>x)'])
    expect(status).toBe(1)
    expect(stderr).toContain('this branch has 2 heads')
    expect(stderr).toMatch(/aaaa\\x1b\[2Jaaaa {2}x\\u202ey +head, yours/)
    expect(stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f\u202e]/)
    expect(existsSync(join(here.ada.root, 'x'))).toBe(false)
  })

  it('links and submodules where scripts should be, and a file of 50 MB', () => {
    here = pushWorld()
    here.ada.git('switch', '--quiet', '-c', 'odd')
    here.ada.commit('Odd', {
      [`${versions}/passwd.py`]: { symlink: '/etc/passwd' },
      [`${versions}/loop.py`]: { symlink: 'loop.py' },
      [`${versions}/big.py`]: Buffer.alloc(50 << 20, '#'),
    })
    const { status, moved, said } = push(here, ['origin', 'odd'])
    expect([status, moved]).toEqual([1, false])
    expect(said).toContain('leads to itself')
    expect(said).not.toContain('root:')
  })
})

describe('when nobody can tell', () => {
  const loud = expect.stringContaining('this push was NOT judged')

  it('an object is corrupt: the push goes, loudly, unless the operator is strict', () => {
    here = forkedWorld()
    const blob = here.ada.git('rev-parse', `dates:${Object.keys(addDueDate)[0]}`)
    const tree = here.ada.git('rev-parse', `dates:${versions}`)
    for (const id of [blob, tree]) {
      const path = join(here.ada.root, '.git/objects', id.slice(0, 2), id.slice(2))
      chmodSync(path, 0o644)
      writeFileSync(path, 'rubbish')
    }
    const input = `refs/heads/dates ${here.ada.id('dates')} refs/heads/dates ${zero}\n`
    const ran = here.ada.onehead(['hook', 'pre-push', 'origin', 'x'], { input })
    expect(ran.status).toBe(0)
    expect(ran.stderr).toMatch(/not judged/i)
    here.ada.git('config', 'onehead.strict', 'true')
    expect(here.ada.onehead(['hook', 'pre-push', 'origin', 'x'], { input }).status).toBe(1)
  })

  it('a script can only be told by Python: said, and a stop only for the strict', () => {
    here = pushWorld()
    here.ada.git('switch', '--quiet', '-c', 'dates')
    const dynamic = script(dueDate, invoice).replace(`'${invoice}'`, 'os.environ["PARENT"]')
    here.ada.commit('Dynamic', { [`${versions}/${dueDate}.py`]: dynamic, ...addRefund })
    const told = push(here, ['--dry-run', 'origin', 'dates'])
    expect(told).toMatchObject({
      status: 0,
      said: expect.stringContaining('not judged: billing: its heads cannot be told'),
    })
    here.ada.git('config', 'onehead.strict', 'true')
    expect(push(here, ['origin', 'dates'])).toMatchObject({ status: 1, moved: false })
  })

  it('git cannot be started', () => {
    here = forkedWorld()
    const input = `refs/heads/dates ${here.ada.id('dates')} refs/heads/dates ${zero}\n`
    const ran = here.ada.onehead(['hook', 'pre-push', 'origin', 'x'], { input, env: { PATH: '/nowhere' } })
    expect(ran).toMatchObject({ status: 0, stderr: loud })
  })
})

describe('past the gate', () => {
  it('with a reason, which is recorded, and never in CI', () => {
    here = forkedWorld()
    const env = { ONEHEAD_SKIP: 'the release train leaves' }
    expect(push(here, ['origin', 'dates'], { env: { ...env, CI: 'true' } })).toMatchObject({
      status: 1,
      said: expect.stringContaining('ONEHEAD_SKIP is ignored in CI'),
    })
    expect(push(here, ['origin', 'dates'], { env: { ONEHEAD_SKIP: '' } })).toMatchObject({ status: 1 })
    expect(push(here, ['origin', 'dates'], { env })).toMatchObject({
      status: 0,
      moved: true,
      said: 'onehead: this push was not judged: ONEHEAD_SKIP="the release train leaves", recorded',
    })
    const [line] = readFileSync(join(here.ada.root, '.git/onehead/skipped.log'), 'utf8').trimEnd().split('\n')
    expect(JSON.parse(line!)).toMatchObject({
      hook: 'pre-push',
      why: 'the release train leaves',
      remote: 'origin',
      branches: [{ branch: 'dates', commit: here.ada.id('dates') }],
    })
  })
})

describe('what it costs', () => {
  it('is at most five git processes for one branch, and fewer where nothing concerns a migration', () => {
    here = forkedWorld()
    const git = countingGit()
    const hook = (name: string, remote = zero) => {
      const input = `refs/heads/${name} ${here.ada.id(name)} refs/heads/${name} ${remote}\n`
      const { status } = here.ada.onehead(['hook', 'pre-push', 'origin', 'x'], { input, env: git.env })
      const calls = git.calls().length
      expect(calls).toBeGreaterThan(0)
      return { status, calls }
    }
    const atMost = (status: number, calls: number) => ({
      status,
      calls: expect.toSatisfy((one: number) => one <= calls),
    })
    expect(hook('dates')).toEqual(atMost(1, 5))
    expect(hook('dates', here.ada.id('dates~1')).calls).toBeLessThanOrEqual(5)
    here.ada.git('switch', '--quiet', '-c', 'pages', 'main')
    const pages = Array.from({ length: 50 }, (_, index) => [`pages/page${index}.py`, `print(${index})\n`])
    here.ada.commit('Fifty pages', Object.fromEntries(pages))
    expect(hook('pages')).toEqual(atMost(0, 4))
    expect(hook('pages', here.ada.id('main'))).toEqual(atMost(0, 2))
    here.ada.git('switch', '--quiet', '-c', 'fresh', 'origin/main')
    here.ada.commit('A page', { 'page.py': '' })
    expect(hook('fresh')).toEqual(atMost(0, 3))
    const deleted = `(delete) ${zero} refs/heads/old ${here.ada.id('main')}\n`
    here.ada.onehead(['hook', 'pre-push', 'origin', 'x'], { input: deleted, env: git.env })
    expect(git.calls()).toEqual([])
  })

  it('is no more for 10,000 refs', () => {
    here = forkedWorld()
    // A hundred branches with a revision each, by one fast-import.
    const base = here.ada.id('dates~1')
    const stream = Array.from({ length: 100 }, (_, index) => {
      const id = (0xa00000 + index).toString(16).repeat(2)
      const text = script(id, invoice)
      return `commit refs/heads/many/${index}\ncommitter Ada <ada@example.org> 1767607200 +0000\ndata 4\nMany\nfrom ${base}\nM 100644 inline ${versions}/${id}.py\ndata ${Buffer.byteLength(text)}\n${text}\n`
    })
    expect(here.ada.try(['fast-import', '--quiet'], { input: stream.join('') }).status).toBe(0)
    const ids = here.ada.git('for-each-ref', '--format=%(objectname)', 'refs/heads/many').split('\n')
    const lines = Array.from({ length: 10_000 }, (_, index) => {
      return `refs/heads/b${index} ${ids[index % 100]} refs/heads/b${index} ${zero}\n`
    })
    const git = countingGit()
    const ran = here.ada.onehead(['hook', 'pre-push', 'origin', 'x'], { input: lines.join(''), env: git.env })
    expect(ran.status).toBe(1)
    expect(ran.stderr).toContain('and 92 more errors')
    expect(git.calls().length).toBeLessThanOrEqual(5)
  })
})

describe('what it leaves behind', () => {
  it('is nothing in the working tree, the index or the configuration', () => {
    here = forkedWorld()
    const state = () => [
      here.ada.git('status', '--porcelain', '--ignored'),
      readFileSync(join(here.ada.root, '.git/config'), 'utf8'),
      readdirSync(join(here.ada.root, '.git')).filter((name) => name.endsWith('.lock')),
    ]
    const before = state()
    expect(push(here, ['origin', 'dates'])).toMatchObject({ status: 1 })
    expect(state()).toEqual(before)
  })

  it('is what it has read, which changes nothing: not when it is asked again, not when that is rubbish', () => {
    here = forkedWorld()
    const first = push(here, ['origin', 'dates'])
    expect(first.status).toBe(1)
    expect(push(here, ['origin', 'dates']).said).toBe(first.said)
    const kept = here.world.run('find', ['.git/onehead', '-type', 'f'], here.ada.root).stdout.trim().split('\n')
    expect(kept.length).toBeGreaterThan(0)
    for (const path of kept) writeFileSync(join(here.ada.root, path), '[["x","y"]]')
    expect(push(here, ['origin', 'dates']).said).toBe(first.said)
    rmSync(join(here.ada.root, '.git/onehead'), { recursive: true })
    writeFileSync(join(here.ada.root, '.git/onehead'), 'a file where a folder should be')
    expect(push(here, ['origin', 'dates']).said).toBe(first.said)
    // And what was kept while all was well finds what is wrong later.
    rmSync(join(here.ada.root, '.git/onehead'))
    here.ada.git('switch', '--quiet', '-c', 'well', 'origin/main')
    here.ada.commit('Well', revision('a0a0a0a0a0a0', refund))
    expect(push(here, ['--dry-run', 'origin', 'well'])).toMatchObject({ status: 0, said: '' })
    here.ada.commit('Not well', revision('b0b0b0b0b0b0', refund))
    expect(push(here, ['origin', 'well'])).toMatchObject({
      status: 1,
      said: expect.stringContaining('this branch has 2 heads'),
    })
  })

  it('is silence for a history that was mended', () => {
    here = pushWorld({ ...begin, ...app('users'), 'users/migrations/versions/aa.py': script('aaaa', null) })
    here.ada.git('switch', '--quiet', '-c', 'mended')
    here.ada.commit('Both and their merge', {
      ...addDueDate,
      ...addRefund,
      ...revision('d15ea5e0c0de', [dueDate, refund], 'merge both'),
    })
    expect(push(here, ['origin', 'mended'])).toMatchObject({ status: 0, moved: true, said: '', stdout: '' })
  })
})
