/** Makes the benchmark's workspace a git repository: one big commit, a bare remote, husky; and commits on top of it. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const bin = here('../../packages/cli/bin/onehead.js')
const husky = here('../../node_modules/husky')

const settings = {
  'user.name': 'Ada',
  'user.email': 'ada@example.org',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'core.fsync': 'none',
}

/** Git without anything of the surrounding hook, and without hooks. */
function git(root, args, input) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')))
  const set = Object.entries({ ...settings, 'core.hooksPath': 'no-hooks' }).flatMap(([key, value]) => [
    '-c',
    `${key}=${value}`,
  ])
  return execFileSync('git', [...set, ...args], { cwd: root, env, input, encoding: 'utf8', maxBuffer: 64 << 20 }).trim()
}

/**
 * Commits everything in `root` and packs it, as a clone has it. `hub` is the bare remote; `url` where it will lie once both
 * are moved to their place.
 */
export function makeRepository(root, hub, url) {
  git(dirname(root), ['init', '--quiet', '-b', 'main', root])
  git(root, ['add', '--all'])
  git(root, ['commit', '--quiet', '-m', 'Every history of every app'])
  git(root, ['repack', '-a', '-d', '--quiet'])
  git(root, ['clone', '--quiet', '--bare', '.', hub])
  git(root, ['remote', 'add', 'origin', url])
  // Only so does git know without looking that no file has changed since.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1100)
  git(root, ['status', '--porcelain'])
}

/**
 * Writes branches on top of main, each a row of commits; `landed` becomes the remote's main instead.
 * @param {Record<string, readonly { message: string, files: Record<string, string> }[]>} branches
 * @returns {Record<string, string>} name → commit
 */
export function importCommits(root, branches) {
  const main = git(root, ['rev-parse', 'main'])
  const data = (text) => `data ${Buffer.byteLength(text)}\n${text}\n`
  const lines = Object.entries(branches).flatMap(([name, commits]) =>
    commits.map(({ message, files }, index) => {
      const from = index === 0 ? `from ${main}\n` : ''
      const changes = Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`)
      const ref = name === 'landed' ? 'refs/remotes/origin/main' : `refs/heads/${name}`
      return `commit ${ref}\ncommitter Grace <grace@example.org> 1767225600 +0000\n${data(message)}${from}${changes.join('')}\n`
    }),
  )
  git(root, ['fast-import', '--quiet', '--force'], lines.join(''))
  git(root, ['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main'])
  git(root, ['push', '--quiet', '../hub.git', 'refs/remotes/origin/main:refs/heads/main'])
  return Object.fromEntries(
    Object.keys(branches)
      .filter((name) => name !== 'landed')
      .map((name) => [name, git(root, ['rev-parse', name])]),
  )
}

/** As before most pushes. A workspace that was made hours ago would have the gate say how old its knowledge is. */
export function fetchAgain(root) {
  git(root, ['fetch', '--quiet', 'origin'])
}

/** Installs this working copy's onehead with real husky, as its users do. @returns {string} the hook that git would run */
export function installHusky(root) {
  const modules = join(root, 'node_modules')
  rmSync(modules, { recursive: true, force: true })
  mkdirSync(join(modules, '.bin'), { recursive: true })
  symlinkSync(husky, join(modules, 'husky'))
  symlinkSync(bin, join(modules, '.bin/onehead'))
  const run = (...args) =>
    execFileSync(process.execPath, args, { cwd: root, stdio: 'pipe', env: { ...process.env, HUSKY: '' } })
  run(join(husky, 'bin.js'))
  run(bin, 'init', '--hooks', 'pre-push')
  const hook = join(root, '.husky/_/pre-push')
  if (!existsSync(hook)) throw new Error('husky was not installed')
  return hook
}
