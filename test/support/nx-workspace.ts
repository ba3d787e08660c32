import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** The packages as they would be published, by name, each a path of a tarball. */
export type Tarballs = Readonly<Record<'@onehead/core' | '@onehead/workspace' | '@onehead/nx' | 'onehead', string>>

export interface Run {
  readonly code: number | null
  /** Standard output and standard error, in that order. */
  readonly output: string
}

/** A temporary folder; remove it with `removeFolder`. */
export function makeFolder(name: string): string {
  return mkdtempSync(join(realpathSync(tmpdir()), `onehead-${name}-`))
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}

/** Packs what `tsc -b` built, as `npm publish` would. */
export function packPackages(folder: string): Tarballs {
  npm(repository, ['pack', '--workspaces', '--pack-destination', folder, '--silent'])
  const packed = readdirSync(folder)
  const find = (prefix: string) => {
    const file = packed.find((name) => new RegExp(`^${prefix}-\\d.*\\.tgz$`).test(name))
    if (file === undefined) throw new Error(`npm pack made no tarball of ${prefix}, only ${packed.join(', ')}`)
    return join(folder, file)
  }
  return {
    '@onehead/core': find('onehead-core'),
    '@onehead/workspace': find('onehead-workspace'),
    '@onehead/nx': find('onehead-nx'),
    onehead: find('onehead'),
  }
}

/** The same package under another version, as after an upgrade. */
export function repack(tarball: string, version: string, folder: string): string {
  mkdirSync(folder, { recursive: true })
  must(spawnSync('tar', ['-xzf', tarball, '-C', folder], { encoding: 'utf8' }), 'tar')
  const manifest = join(folder, 'package', 'package.json')
  writeFileSync(manifest, JSON.stringify({ ...JSON.parse(readFileSync(manifest, 'utf8')), version }))
  npm(join(folder, 'package'), ['pack', '--pack-destination', folder, '--silent'])
  return join(folder, readdirSync(folder).find((name) => name.endsWith(`-${version}.tgz`))!)
}

/** An Nx workspace in a temporary folder, with its own cache and without a daemon. */
export class NxWorkspace {
  readonly folder: string
  readonly #cache: string

  private constructor(folder: string) {
    this.folder = folder
    this.#cache = join(folder, '.nx', 'test-cache')
  }

  /** Installs real packages: `dependencies` are versions or `file:` paths. Has a lock file and one commit. */
  static install(
    name: string,
    dependencies: Readonly<Record<string, string>>,
    files: Readonly<Record<string, string>>,
  ) {
    const workspace = new NxWorkspace(makeFolder(name))
    const manifest = { name: 'shop', private: true, devDependencies: dependencies }
    workspace.write({ 'package.json': JSON.stringify(manifest, null, 2), ...common, ...files })
    npm(workspace.folder, installing)
    workspace.#commitAll()
    return workspace
  }

  /** Nx, with the colours and the background process off. */
  nx(...args: readonly string[]): Run {
    const manifest = JSON.parse(readFileSync(join(this.folder, 'node_modules/nx/package.json'), 'utf8'))
    const program = join(this.folder, 'node_modules/nx', manifest.bin.nx)
    return finish(spawnSync(process.execPath, [program, ...args], { ...this.#spawning(), input: '' }))
  }

  /** Nx in a process group of its own, for tests that stop it; `NX_TUI` and colours are off. */
  startNx(...args: readonly string[]): ChildProcess {
    const manifest = JSON.parse(readFileSync(join(this.folder, 'node_modules/nx/package.json'), 'utf8'))
    const program = join(this.folder, 'node_modules/nx', manifest.bin.nx)
    const { cwd, env } = this.#spawning()
    return spawn(process.execPath, [program, ...args], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  }

  /** The command as installed in the workspace. */
  onehead(...args: readonly string[]): Run {
    const program = join(this.folder, 'node_modules/onehead/bin/onehead.js')
    return finish(spawnSync(process.execPath, [program, ...args], { ...this.#spawning(), input: '' }))
  }

  npm(...args: readonly string[]): void {
    npm(this.folder, args)
  }

  /** Commits everything and answers with the commit. */
  commit(message: string): string {
    this.#git('add', '--all')
    this.#git(...identity, 'commit', '--quiet', '--allow-empty', '--message', message)
    return this.#git('rev-parse', 'HEAD').trim()
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true })
      writeFileSync(join(this.folder, path), text)
    }
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8')
  }

  link(path: string, target: string): void {
    symlinkSync(target, join(this.folder, path))
  }

  remove(path: string): void {
    rmSync(join(this.folder, path), { recursive: true, force: true })
  }

  dispose(): void {
    removeFolder(this.folder)
    removeFolder(`${this.folder}-state`)
  }

  #commitAll(): void {
    this.#git('-c', 'init.defaultBranch=main', 'init', '--quiet')
    this.commit('Start')
  }

  #git(...args: readonly string[]): string {
    return must(spawnSync('git', args, { ...this.#spawning() }), `git ${args.join(' ')}`)
  }

  #spawning() {
    return {
      cwd: this.folder,
      encoding: 'utf8' as const,
      maxBuffer: 64 * 1024 * 1024,
      env: {
        ...plainEnvironment(),
        NX_DAEMON: 'false',
        NX_TUI: 'false',
        NX_NO_CLOUD: 'true',
        NX_CACHE_DIRECTORY: this.#cache,
        XDG_STATE_HOME: `${this.folder}-state`,
        FORCE_COLOR: '0',
        NO_COLOR: '1',
      },
    }
  }
}

const installing = ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'commit.gpgsign=false']
const common = { '.gitignore': 'node_modules\n.nx\n' }

function npm(folder: string, args: readonly string[]): void {
  const options = {
    cwd: folder,
    encoding: 'utf8' as const,
    env: plainEnvironment(),
    shell: process.platform === 'win32',
  }
  must(spawnSync('npm', args, options), `npm ${args[0]}`)
}

/** What the npm script, the git hook or the Nx around the tests says is not meant for those inside. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const steers =
    /^(NX_|GIT_|ONEHEAD_|VITEST|npm_(package|lifecycle|command|execpath|node_execpath)|INIT_CWD$|NODE_ENV$|TEST$)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !steers.test(name)))
}

interface Spawned {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
  readonly error?: Error
}

function finish({ status, stdout, stderr, error }: Spawned): Run {
  if (error) throw error
  return { code: status, output: stdout + stderr }
}

function must(spawned: Spawned, what: string): string {
  const { code, output } = finish(spawned)
  if (code !== 0) throw new Error(`${what} ended with ${code}:\n${output}`)
  return spawned.stdout
}
