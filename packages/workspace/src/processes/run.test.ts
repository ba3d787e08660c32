import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunOptions, runProcess } from './run.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onehead-run-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a Node program. */
function run(program: string, options: Partial<RunOptions> = {}) {
  return runProcess(process.execPath, ['-e', program], { cwd: folder, env: process.env, ...options })
}

/** A program that tells its process id, then never ends, whatever it is sent but SIGKILL. */
const stubborn = `
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => console.log('got', name))
  console.log('pid', process.pid)
  setInterval(() => {}, 1000)
`

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Resolves when the condition holds; the test's own time limit is the only clock. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe('a program', () => {
  it('is run to its end, and told of line by line', async () => {
    const lines: string[] = []
    const result = await run(
      `process.stdout.write('one\\r\\ntw'); process.stdout.write('o'); console.error('müde'); process.exitCode = 3`,
      {
        onLine: (line, stream) => lines.push(`${stream}: ${line}`),
      },
    )
    expect(result).toEqual({
      code: 3,
      signal: null,
      stdout: 'one\r\ntwo',
      stderr: 'müde\n',
      stopped: null,
      notStarted: null,
    })
    expect(lines.sort()).toEqual(['stderr: müde', 'stdout: one', 'stdout: two'])
  })

  it('finds its standard input at its end', async () => {
    const { stdout } = await run(`process.stdin.on('end', () => console.log('end')).resume()`)
    expect(stdout).toBe('end\n')
  })

  it('has no more in its environment than it is given', async () => {
    const { stdout } = await run('console.log(Object.keys(process.env).join())', { env: { SERVER_NAME: 'localhost' } })
    expect(stdout.trim()).toBe('SERVER_NAME')
  })

  it('that is not there is told of, not thrown', async () => {
    const result = await runProcess(join(folder, 'python'), [], { cwd: folder, env: {} })
    expect(result).toMatchObject({ code: null, notStarted: 'ENOENT', stdout: '' })
  })

  it('that prints without end is kept by its end', async () => {
    const { stdout, code } = await run(
      `for (let i = 0; i < 40; i++) process.stdout.write('x'.repeat(1e6)); process.stdout.write('last words')`,
    )
    expect(code).toBe(0)
    expect(stdout.length).toBeLessThan(20e6)
    expect(stdout.endsWith('xlast words')).toBe(true)
  })
})

describe.skipIf(process.platform === 'win32')('a program is stopped', () => {
  it('when its time is over, also where it does not listen', async () => {
    expect(await run(stubborn, { timeoutMs: 300, graceMs: 100 })).toMatchObject({ code: null, stopped: 'timeout' })
  })

  it('when somebody aborts, before or meanwhile', async () => {
    expect(await run(stubborn, { signal: AbortSignal.abort(), graceMs: 100 })).toMatchObject({ stopped: 'aborted' })
    const controller = new AbortController()
    const onLine = () => controller.abort()
    expect(await run(stubborn, { signal: controller.signal, onLine, graceMs: 100 })).toMatchObject({
      stopped: 'aborted',
      signal: 'SIGKILL',
    })
  })

  it('with everything that it has started', async () => {
    const child = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stubborn)}], { stdio: 'inherit' })`
    const lines: string[] = []
    const controller = new AbortController()
    const onLine = (line: string) => {
      lines.push(line)
      controller.abort()
    }
    await run(`${child}; setInterval(() => {}, 1000)`, { signal: controller.signal, onLine, graceMs: 100 })
    const pid = Number(/pid (\d+)/.exec(lines.join('\n'))?.[1])
    await until(() => !isAlive(pid))
  })

  it('and what it leaves behind ends with it', async () => {
    const child = `const left = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stubborn)}], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    left.stdout.once('data', (line) => process.stdout.write(line, () => process.exit(0)))`
    const result = await run(child, { graceMs: 100 })
    expect(result).toMatchObject({ code: 0, stopped: null })
    const pid = Number(/pid (\d+)/.exec(result.stdout)?.[1])
    await until(() => !isAlive(pid))
  })
})
