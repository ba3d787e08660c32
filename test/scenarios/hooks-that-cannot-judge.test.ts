import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pathWith } from '../support/git-world.js'
import { addDueDate, type PushWorld, pushWorld } from '../support/push-world.js'

const cli = fileURLToPath(new URL('../../packages/cli/', import.meta.url))

let here: PushWorld
beforeEach(() => {
  here = pushWorld()
  here.ada.git('switch', '--quiet', '-c', 'dates')
  here.ada.commit('Add due dates', addDueDate)
})
afterEach(() => here.world.remove())

const line = () => `refs/heads/dates ${here.ada.id('dates')} refs/heads/dates ${'0'.repeat(40)}\n`
const strict = (value: string) => here.ada.git('config', 'onehead.strict', value)

/** A git in front of the real one that never answers: to nobody, or to all but those who ask for settings. */
function hangingGit(whom: 'all' | 'but settings'): Record<string, string> {
  const folder = join(here.world.folder, `hanging for ${whom}`)
  const real = (here.world.env.PATH ?? '').split(delimiter).find((one) => existsSync(join(one, 'git')))!
  const answered = whom === 'all' ? 'none' : 'config'
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'git'),
    `#!/bin/sh\nif [ "$1" = ${answered} ]; then exec '${join(real, 'git')}' "$@"; fi\necho $$ >> '${here.world.folder}/hanging'\nexec sleep 1000\n`,
  )
  chmodSync(join(folder, 'git'), 0o755)
  return { PATH: pathWith(folder, here.world.env) }
}

describe('a hook that takes too long', () => {
  /** The built hook with other limits than its own. */
  function hook(limits: { input: number; verdict: number }, args: readonly string[], env = {}) {
    const program = `process.argv.splice(1, 0, 'onehead'); import(${JSON.stringify(`file://${cli}dist/hook.js`)}).then((hook) => hook.run(${JSON.stringify(limits)}))`
    return here.world.run(process.execPath, ['-e', program, 'hook', ...args], here.ada.root, { input: line(), env })
  }
  const patient = { input: 60_000, verdict: 60_000 }

  it('judges with other limits as with its own', () => {
    expect(hook(patient, ['pre-push', 'origin', 'x'])).toMatchObject({ status: 0, output: '' })
  })

  it('lets the push go, loudly, and leaves no git behind', () => {
    const env = hangingGit('all')
    const ran = hook({ ...patient, verdict: 300 }, ['pre-push', 'origin', 'x'], env)
    expect(ran).toMatchObject({ status: 0, stderr: 'onehead: NOTHING WAS JUDGED: it took longer than 0.3 seconds\n' })
    const started = readFileSync(join(here.world.folder, 'hanging'), 'utf8').trim().split('\n')
    expect(started.length).toBeGreaterThan(0)
    expect(started.filter(isRunning)).toEqual([])
  })

  it.each(['true', 'ture'])('stops the push where onehead.strict is %s', (value) => {
    strict(value)
    const ran = hook({ ...patient, verdict: 300 }, ['pre-push', 'origin', 'x'], hangingGit('but settings'))
    expect(ran.status).toBe(1)
    expect(ran.stderr).toMatch(
      /^onehead: NOTHING WAS JUDGED \(stopped, because onehead\.strict is .*\): it took longer/,
    )
  })

  it.each([
    ['pre-commit', 1],
    ['pre-merge-commit', 1],
    ['post-merge', 0],
  ])('%s ends with %d for the strict', (name, status) => {
    strict('true')
    here.ada.git('update-ref', 'ORIG_HEAD', 'main')
    expect(hook({ ...patient, verdict: 300 }, [name, '0'], hangingGit('but settings')).status).toBe(status)
  })
})

/** What has ended and nobody has waited for keeps its id. */
function isRunning(pid: string): boolean {
  return /^[^Z]/.test(here.world.run('ps', ['-o', 'stat=', '-p', pid], here.world.folder).stdout.trim())
}

describe('a hook whose installation is broken', () => {
  const broken = (name: string, env = {}) => {
    const bin = join(here.world.folder, 'broken/bin/onehead.js')
    mkdirSync(join(bin, '..'), { recursive: true })
    writeFileSync(join(here.world.folder, 'broken/package.json'), '{"type":"module"}')
    for (const name of ['onehead.js', 'package.json']) copyFileSync(join(cli, 'bin', name), join(bin, '..', name))
    return here.world.run(process.execPath, [bin, 'hook', name], here.ada.root, { input: line(), env })
  }
  const loud = { stderr: expect.stringContaining('NOTHING WAS JUDGED') }

  it('stops nobody, loudly', () => {
    expect(broken('pre-push')).toMatchObject({ ...loud, status: 0 })
    strict('false')
    expect(broken('pre-push')).toMatchObject({ ...loud, status: 0 })
    expect(broken('pre-push', { PATH: here.world.folder })).toMatchObject({ ...loud, status: 0 })
  })

  it.each(['true', 'ture'])('but a gate where onehead.strict is %s', (value) => {
    strict(value)
    for (const gate of ['pre-push', 'pre-commit']) expect(broken(gate)).toMatchObject({ ...loud, status: 1 })
    expect(broken('post-merge')).toMatchObject({ ...loud, status: 0 })
  })
})
