import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Makes the monorepo in a new temporary folder, with git and with this repository's packages: nothing is downloaded.
 * Returns the folder.
 */
export function makeWorkspace(workspaceFiles, apps) {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'onehead-demo-'))
  const write = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  for (const [path, text] of Object.entries(workspaceFiles)) write(path, text)
  for (const app of apps) for (const [path, text] of Object.entries(app.files)) write(`${app.path}/${path}`, text)
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction')
  const identity = ['-c', 'user.name=Demo', '-c', 'user.email=demo@example.com', '-c', 'commit.gpgsign=false']
  git(folder, ['-c', 'init.defaultBranch=main', 'init', '--quiet'])
  git(folder, ['add', '--all'])
  git(folder, [...identity, 'commit', '--quiet', '--no-verify', '--message', 'A shop with six services'])
  return folder
}

function git(folder, args) {
  const { status, stderr, error } = spawnSync('git', args, { cwd: folder, encoding: 'utf8', env: plainEnvironment() })
  if (status !== 0) throw new Error(`git ${args.join(' ')} failed: ${error?.message ?? stderr}`)
}

/** The file behind a command of an installed package. */
export function programOf(packageName, command) {
  const directory = join(repository, 'node_modules', packageName)
  const { bin } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  return join(directory, typeof bin === 'string' ? bin : bin[command])
}

/**
 * Runs a Node program in the folder, shows what it prints while it runs (unless `quiet`), and answers with its exit code
 * and its standard output.
 */
export function run(folder, program, args, { color = false, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: folder,
      env: { ...plainEnvironment(), ...nxEnvironment(folder), ...colorEnvironment(color) },
      stdio: ['ignore', 'pipe', quiet ? 'ignore' : 'pipe'],
    })
    const stop = () => child.kill()
    process.once('exit', stop)
    const chunks = []
    child.stdout.on('data', (chunk) => {
      chunks.push(chunk)
      if (!quiet) process.stdout.write(chunk)
    })
    // Into the same stream, so that a log keeps the order of a terminal.
    child.stderr?.on('data', (chunk) => process.stdout.write(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      process.removeListener('exit', stop)
      resolve({ code, output: Buffer.concat(chunks).toString('utf8') })
    })
  })
}

/** What an outer git hook, Nx or npm script left behind must not steer the demo. */
function plainEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NX_|GIT_|ONEHEAD_)/.test(name)))
}

/** Without a background process, and with a cache that disappears with the folder. */
function nxEnvironment(folder) {
  return { NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true', NX_CACHE_DIRECTORY: join(folder, '.nx', 'cache') }
}

function colorEnvironment(color) {
  return color ? { FORCE_COLOR: '1' } : { FORCE_COLOR: '0', NO_COLOR: '1' }
}
