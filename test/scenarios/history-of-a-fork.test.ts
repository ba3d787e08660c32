import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import {
  addDueDate,
  addRefund,
  dueDate,
  elsewhere,
  invoice,
  type PushWorld,
  pushWorld,
  refund,
  revision,
} from '../support/push-world.js'

let world: PushWorld
afterEach(() => world.world.remove())

/** A fork that has a migration of its own, and one that upstream has as well. */
function fork() {
  world = pushWorld()
  const { ada, hub } = world
  ada.git('remote', 'add', 'upstream', hub.root)
  elsewhere(world, 'main', addRefund)
  ada.git('fetch', '--quiet', 'upstream')
  ada.git('merge', '--quiet', '--ff-only', 'upstream/main')
  ada.commit('Ours', revision(dueDate, refund, 'add [due] date'))
  return ada
}

const list = 'CUSTOM_MIGRATIONS.md'
const custom = ['history', '--only', 'custom'] as const

describe('the list of a fork’s own migrations', () => {
  it('has what upstream does not have, and nothing else', () => {
    const ada = fork()
    const { stdout, status } = ada.onehead([...custom, '--format', 'markdown'])
    expect(status).toBe(0)
    expect(stdout).toContain(`- \`${dueDate}\` add \\[due\\] date\n`)
    expect(stdout).not.toContain(refund)
    const { environments } = JSON.parse(ada.onehead([...custom, '--format', 'json']).stdout)
    expect(environments[0].revisions.map((one: { revision: string }) => one.revision)).toEqual([dueDate])
  })

  it('is written into a document of ours, and known to be current or not', () => {
    const ada = fork()
    ada.write({ [list]: '# Ours\r\n\r\nWhat we changed.\r\n' })
    expect(ada.onehead([...custom, '--check', list])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`history --only custom --write ${list}`),
    })
    expect(ada.onehead([...custom, '--write', list]).status).toBe(0)
    const written = readFileSync(join(ada.root, list), 'utf8')
    expect(written.startsWith('# Ours\r\n\r\nWhat we changed.\r\n\r\n<!--')).toBe(true)
    expect(ada.onehead([...custom, '--check', list])).toMatchObject({ status: 0, stdout: `${list} is current\n` })
    ada.write({ [list]: `${written}\r\nMore of ours.\r\n` })
    ada.write(revision('abcabcabcabc', dueDate, 'add plan'))
    expect(ada.onehead([...custom, '--check', list]).status).toBe(1)
    expect(ada.onehead([...custom, '--write', list]).status).toBe(0)
    const again = readFileSync(join(ada.root, list), 'utf8')
    expect(again).toContain('- `abcabcabcabc` add plan')
    expect(again.endsWith('\r\nMore of ours.\r\n')).toBe(true)
    expect(again.match(/managed block/g)).toHaveLength(1)
  })

  it('needs to know what it is a fork of', () => {
    world = pushWorld()
    const { ada } = world
    expect(ada.onehead([...custom])).toMatchObject({ status: 2, stderr: expect.stringContaining('--upstream') })
    expect(ada.onehead([...custom, '--upstream', 'origin/main']).status).toBe(0)
    expect(ada.onehead([...custom, '--upstream', 'origin/nope']).status).toBe(2)
    expect(ada.onehead(['history', '--upstream', 'origin/main']).status).toBe(2)
  })
})

describe('what is not published', () => {
  it('is what neither the target nor a release has', () => {
    world = pushWorld()
    const { ada } = world
    ada.commit('Mine', addDueDate)
    ada.git('tag', 'v1.0')
    ada.commit('More', revision('abcabcabcabc', dueDate, 'add plan'))
    ada.write(revision('cafecafecafe', 'abcabcabcabc', 'add currency'))
    const { stdout } = ada.onehead(['history', '--only', 'unpublished'])
    expect(stdout).toContain('cafecafecafe')
    expect(stdout).toContain('abcabcabcabc')
    expect(stdout).not.toContain(`-> ${dueDate}`)
    expect(stdout).not.toContain(`-> ${invoice}`)
  })
})
