import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { script } from '../support/git-world.js'
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

const bin = fileURLToPath(new URL('../../packages/cli/bin/onehead.js', import.meta.url))
const zero = '0'.repeat(40)

let here: PushWorld
afterEach(() => here.world.remove())

const lineFor = (commit: string, ref = 'refs/heads/dates') => `${ref} ${commit} ${ref} ${zero}\n`
const hook = (input: string) => here.ada.onehead(['hook', 'pre-push', 'origin', 'x'], { input })

describe('names', () => {
  it('of refs that look like options are refs', () => {
    here = forkedWorld()
    const ref = 'refs/heads/--output=x'
    here.ada.git('update-ref', ref, 'dates')
    const { status, moved, said } = push(here, ['origin', `${ref}:${ref}`])
    expect([status, moved]).toEqual([1, false])
    expect(said).toContain('2 heads once merged into origin/main')
    const forged = `--upload-pack=x --exec ${here.ada.id('dates')} refs/heads/-x;touch${'\t'}x ${zero}\n`
    expect(hook(forged)).toMatchObject({ status: 1 })
    for (const root of [here.ada.root, here.world.folder]) expect(existsSync(join(root, 'x'))).toBe(false)
  })

  it('of people and subjects of commits are shown, not obeyed', () => {
    here = pushWorld()
    here.ada.git('switch', '--quiet', '-c', 'dates')
    here.ada.commit('Add due dates', addDueDate)
    const evil = here.world.clone(here.hub, 'evil')
    evil.write(addRefund)
    evil.git('add', '--all')
    const author = 'Gr\u001b]0;owned\u0007ace\u202e <grace@example.org>'
    evil.git('commit', '--quiet', `--author=${author}`, '-m', 'Add\u001b[2J refunds\u2066')
    evil.git('push', '--quiet', 'origin', 'main')
    here.ada.git('fetch', '--quiet')
    const { status, stderr } = push(here, ['origin', 'dates'])
    expect(status).toBe(1)
    expect(stderr).toContain('Add\\x1b[2J refunds\\u2066')
    expect(stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
  })
})

describe('what a commit may choose', () => {
  it('is none of the commands that the user has configured for other files', () => {
    here = forkedWorld({
      'notes.py': 'theirs = 1\n',
      [`${versions}/both.py`]: script('b0b0b0b0b0b0', invoice, 'theirs'),
    })
    const trap = join(here.world.folder, 'sprung')
    for (const key of ['diff.evil.command', 'diff.evil.textconv', 'merge.evil.driver', 'filter.evil.clean'])
      here.ada.git('config', key, `touch '${trap}'; cat`)
    for (const key of ['diff.external', 'core.fsmonitor', 'core.pager', 'core.editor', 'interactive.diffFilter'])
      here.ada.git('config', key, `touch '${trap}'; false`)
    here.ada.git('-c', 'core.fsmonitor=false', '-c', 'filter.evil.clean=cat', 'switch', '--quiet', 'dates')
    here.ada.write({
      '.gitattributes': '*.py diff=evil merge=evil filter=evil\n',
      'notes.py': 'mine = 1\n',
      [`${versions}/both.py`]: script('b0b0b0b0b0b0', invoice, 'mine'),
    })
    const safely = ['-c', 'core.fsmonitor=false', '-c', 'filter.evil.clean=cat', '-c', 'core.editor=true']
    here.ada.git(...safely, 'add', '--all')
    here.ada.git(...safely, 'commit', '--quiet', '--no-verify', '-m', 'Choose drivers')
    expect(existsSync(trap)).toBe(false)
    const commit = here.ada.git('rev-parse', 'dates')
    expect(hook(lineFor(commit)).status).toBe(1)
    expect(hook(lineFor(commit) + lineFor(here.ada.git('rev-parse', 'dates~1'), 'refs/heads/other')).status).toBe(1)
    expect(existsSync(trap)).toBe(false)
  })

  it('is no pattern that would keep us busy for ever', () => {
    here = forkedWorld()
    here.ada.commit('Patterns', {
      'onehead.json': JSON.stringify({ environments: { include: [`${'a*'.repeat(40)}b.ini`] } }),
      [`${'a'.repeat(200)}.ini`]: '',
    })
    const { status, said } = push(here, ['origin', 'dates'])
    // As with every onehead.json that is broken, what the target says counts.
    expect(status).toBe(1)
    expect(said).toContain('has too many wildcards')
    expect(said).toContain('2 heads once merged into origin/main')
  })

  it('is no script: a submodule in its place, or in that of the folder, is passed by', () => {
    here = forkedWorld()
    const gitlink = (path: string) =>
      here.ada.git('update-index', '--add', '--cacheinfo', `160000,${invoice.repeat(4).slice(0, 40)},${path}`)
    gitlink(`${versions}/deadbeef.py`)
    here.ada.git('commit', '--quiet', '--no-verify', '-m', 'A submodule')
    expect(hook(lineFor(here.ada.git('rev-parse', 'HEAD')))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('2 heads'),
    })
    here.ada.git('rm', '-r', '--quiet', '--cached', versions)
    gitlink(versions)
    here.ada.git('commit', '--quiet', '--no-verify', '-m', 'A submodule in place of all scripts')
    const gone = hook(lineFor(here.ada.git('rev-parse', 'HEAD')))
    expect(gone.status).toBe(1)
    expect(gone.stderr).toContain('deleted-published-revision')
  })
})

describe('histories of git', () => {
  it('with criss-cross merges are judged by what they merge to', () => {
    here = pushWorld()
    const { ada } = here
    ada.git('switch', '--quiet', '-c', 'dates')
    ada.commit('Add due dates', addDueDate)
    ada.git('switch', '--quiet', '-c', 'mine', 'main')
    ada.commit('Mine', { 'notes.txt': 'mine\n' })
    const merge = (into: string, other: string) => {
      ada.git('switch', '--quiet', into)
      ada.git('merge', '--quiet', '--no-ff', '--no-verify', '-m', `Merge ${other}`, other)
    }
    const tip = ada.id('mine')
    merge('mine', 'dates')
    merge('dates', tip)
    expect(ada.git('merge-base', '--all', 'mine', 'dates').split('\n')).toHaveLength(2)
    ada.git('push', '--quiet', '--no-verify', 'origin', 'mine:main')
    ada.git('switch', '--quiet', 'dates')
    ada.commit('Add a fine', revision('f1e2d3c4b5a6', dueDate, 'add fine'))
    expect(push(here, ['--dry-run', 'origin', 'dates'])).toMatchObject({ status: 0, said: '' })
    elsewhere(here, 'main', revision(refund, dueDate, 'add refund table'))
    ada.git('fetch', '--quiet')
    expect(push(here, ['origin', 'dates'])).toMatchObject({
      status: 1,
      moved: false,
      said: expect.stringContaining('2 heads once merged into origin/main'),
    })
  })

  it('whose commits cannot be read are said, and stop only the strict', () => {
    here = forkedWorld()
    const commit = here.ada.id('dates')
    const path = join(here.ada.root, '.git/objects', commit.slice(0, 2), commit.slice(2))
    chmodSync(path, 0o644)
    for (const content of ['rubbish', readFileSync(path).subarray(0, 20)]) {
      writeFileSync(path, content)
      expect(hook(lineFor(commit))).toMatchObject({ status: 0, stderr: expect.stringMatching(/not judged/i) })
    }
    here.ada.git('config', 'onehead.strict', 'true')
    expect(hook(lineFor(commit))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('stopped, because it could not be judged and onehead.strict is set'),
    })
    here.ada.git('config', 'onehead.strict', 'ture')
    expect(hook(lineFor(commit))).toMatchObject({ status: 1, stderr: expect.stringContaining('write true or false') })
  })
})

describe('killed at any moment', () => {
  /** Starts `onehead`, kills it after so many milliseconds, and waits until it is gone. */
  function killed(args: readonly string[], input: string, after: number): Promise<unknown> {
    const child: ChildProcess = spawn(process.execPath, [bin, ...args], { cwd: here.ada.root, env: here.world.env })
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
    setTimeout(() => child.kill('SIGKILL'), after)
    return new Promise((gone) => child.once('close', gone))
  }

  it('what was kept is right or not there', async () => {
    const many = Array.from({ length: 300 }, (_, index) => {
      const id = (number: number) => (0xa00000 + number).toString(16).repeat(2)
      return revision(id(index), index === 0 ? invoice : id(index - 1))
    })
    here = pushWorld({ ...begin, ...Object.assign({}, ...many) })
    const head = (0xa00000 + 299).toString(16).repeat(2)
    here.ada.git('switch', '--quiet', '-c', 'dates')
    const commit = here.ada.commit('Add due dates', revision(dueDate, head))
    const kept = join(here.ada.root, '.git/onehead')
    for (let after = 60; after < 260; after += 20) {
      await killed(['hook', 'pre-push', 'origin', 'x'], lineFor(commit), after)
      await killed(['check'], '', after + 60)
    }
    // Half a file under its name, as a disk that was full leaves it.
    const files = existsSync(kept) ? readdirSync(kept, { recursive: true, withFileTypes: true }) : []
    for (const entry of files.filter((one) => one.isFile())) {
      const path = join(entry.parentPath, entry.name)
      writeFileSync(path, readFileSync(path).subarray(0, 100))
    }
    for (const _ of ['anew', 'from what is kept']) {
      expect(hook(lineFor(commit))).toMatchObject({ status: 0, output: '' })
      expect(here.ada.onehead(['check']).stdout).toContain('✔ 302 revisions, 1 head')
    }
    here.ada.commit('A second head', revision(refund, head))
    expect(hook(lineFor(here.ada.id('dates'))).status).toBe(1)
    expect(here.ada.onehead(['check']).status).toBe(1)
    expect(here.ada.git('status', '--porcelain')).toBe('')
  })
})
