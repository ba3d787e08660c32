import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { UsageError } from '../errors.js'
import { GitMissing, runGit } from '../git/process.js'
import { type FileFact, type InstallationFacts, joinPath, type PackageFact, type Scope } from './facts.js'
import { hookNames } from './hook-names.js'
import { readManifest } from './manifest.js'
import { lockFiles } from './package-manager.js'
import { readSetting } from './settings.js'
import { lefthookScript } from './snippets.js'

export interface FactOptions {
  /** Bytes of a file that is to count instead of the one on disk (an Nx tree); `undefined` = ask the disk. */
  readonly read?: (absolute: string) => Uint8Array | null | undefined
}

/**
 * Looks at the repository around `folder` (absolute). Throws `UsageError` where there is no working tree or no git.
 */
export async function loadFacts(folder: string, options: FactOptions = {}): Promise<InstallationFacts> {
  const git = await askGit(folder)
  const files = new Files(git.top, git.commonDirectory, options)
  const fromTop = (path: string) => files.name(resolve(git.top, path))
  const hooksDirectory = fromTop(git.hooksDirectory)
  const ownHooksDirectory = fromTop(join(git.commonDirectory, 'hooks'))
  const packages = findPackage(files, folder, /^(?:(.*)\/)?\.husky\/_$/.exec(hooksDirectory))
  const huskyDirectory = joinPath(packages?.directory ?? '', '.husky')
  const prepared = hooksDirectory.endsWith('/_') ? hooksDirectory : `${huskyDirectory}/_`
  const directories = new Set([hooksDirectory.replace(/\/_$/, ''), ownHooksDirectory, huskyDirectory])
  const lefthook = files.first(LEFTHOOK_FILES)
  return {
    top: slashes(git.top),
    platform: process.platform,
    hooksPath: git.hooksPath,
    hooksDirectory,
    ownHooksDirectory,
    isLinkedWorktree: git.isLinkedWorktree,
    package: packages,
    tool: packages === null ? null : findTool(files, packages.directory),
    hookFiles: files.all([...directories].flatMap((directory) => hookNames.map((name) => joinPath(directory, name)))),
    startedHooks: new Map(
      hookNames.flatMap((name) => {
        const file = files.read(joinPath(hooksDirectory, name))
        return file === null ? [] : [[name, file] as const]
      }),
    ),
    otherHooks: otherHooksIn(files.absolute(ownHooksDirectory)),
    isHuskyPrepared: files.exists(`${prepared}/h`),
    lefthook,
    preCommit: files.first(['.pre-commit-config.yaml', '.pre-commit-config.yml', 'prek.toml']),
    simpleGitHooks: files.first(SIMPLE_GIT_HOOKS_FILES.map((name) => joinPath(packages?.directory ?? '', name))),
    scripts: files.all(hookNames.map((name) => lefthookScript(lefthook, name))),
    fetch: git.fetch,
    target: git.target,
    upstream: git.upstream,
  }
}

const LEFTHOOK_FILES = ['lefthook', '.lefthook', '.config/lefthook'].flatMap((name) =>
  ['yml', 'yaml', 'toml', 'json'].map((extension) => `${name}.${extension}`),
)

const SIMPLE_GIT_HOOKS_FILES = ['.simple-git-hooks', 'simple-git-hooks'].flatMap((name) =>
  ['js', 'cjs', 'mjs', 'json'].map((extension) => `${name}.${extension}`),
)

interface GitFacts {
  readonly top: string
  readonly commonDirectory: string
  readonly isLinkedWorktree: boolean
  readonly hooksDirectory: string
  readonly hooksPath: InstallationFacts['hooksPath']
  readonly fetch: string | null
  readonly target: string | null
  readonly upstream: string | null
}

async function askGit(folder: string): Promise<GitFacts> {
  const top = await findTop(folder)
  const [places, hooksPath, fetch, target, upstream] = await Promise.all([
    runGit(top, ['rev-parse', '--git-dir', '--git-common-dir', '--git-path', 'hooks']),
    findHooksPath(top),
    readSetting(top, 'onehead.fetch'),
    readSetting(top, 'onehead.target'),
    findUpstream(top),
  ])
  const [gitDirectory = '.git', commonDirectory = '.git', hooksDirectory = '.git/hooks'] = places.stdout
    .toString('utf8')
    .split('\n')
  const common = resolve(top, commonDirectory)
  return {
    top,
    commonDirectory: common,
    isLinkedWorktree: resolve(top, gitDirectory) !== common,
    hooksDirectory: resolve(top, hooksDirectory),
    hooksPath,
    fetch,
    target,
    upstream,
  }
}

async function findUpstream(top: string): Promise<string | null> {
  const format = '--format=%(refname:strip=2)%00%(symref:strip=2)'
  const { code, stdout } = await runGit(top, ['for-each-ref', format, 'refs/remotes/upstream'])
  if (code !== 0) return null
  const branches = stdout
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\0'))
  const head = branches.find(([name]) => name === 'upstream/HEAD')?.[1]
  const names = branches.map(([name]) => name)
  return (
    head ||
    (['main', 'master', 'trunk', 'develop'].map((name) => `upstream/${name}`).find((name) => names.includes(name)) ??
      null)
  )
}

/** Throws `UsageError` where `folder` lies in no working tree. */
export async function findTop(folder: string): Promise<string> {
  if (!existsSync(folder)) throw new UsageError(`there is no folder ${slashes(folder)}`)
  try {
    const { code, stdout, stderr } = await runGit(folder, ['rev-parse', '--show-toplevel'])
    const top = stdout.toString('utf8').replace(/\r?\n$/, '')
    if (code === 0 && top !== '') return resolve(top)
    if (/dubious ownership/.test(stderr))
      throw new UsageError(
        stderr
          .trim()
          .split('\n')[0]!
          .replace(/^fatal: /, ''),
      )
  } catch (error) {
    if (!(error instanceof GitMissing)) throw error
    throw new UsageError(error.message, { help: 'install git 2.38 or newer' })
  }
  throw new UsageError('this is not the working tree of a git repository', { help: 'run it in one, or git init first' })
}

/** Git before 2.26 cannot say where a setting comes from: then what is not in the repository's own file counts as global. */
async function findHooksPath(top: string): Promise<InstallationFacts['hooksPath']> {
  const scoped = await runGit(top, ['config', '-z', '--show-scope', '--get', 'core.hooksPath'])
  if (scoped.code === 1) return null
  if (scoped.code === 0) {
    const [scope, value = ''] = scoped.stdout.toString('utf8').split('\0')
    return { value, scope: scope === 'command' ? 'environment' : (scope as Scope) }
  }
  const value = await readSetting(top, 'core.hooksPath')
  if (value === null) return null
  const local = await runGit(top, ['config', '--local', '--get', 'core.hooksPath'])
  return { value, scope: local.code === 0 ? 'local' : 'global' }
}

/** Files under the names that facts use. */
class Files {
  readonly #top: string
  readonly #inside: readonly string[]
  readonly #options: FactOptions

  constructor(top: string, commonDirectory: string, options: FactOptions) {
    this.#top = top
    this.#inside = [top, commonDirectory].map((folder) => real(folder) + sep)
    this.#options = options
  }

  absolute(path: string): string {
    return resolve(this.#top, path)
  }

  name(absolute: string): string {
    const inside =
      absolute === this.#top ? '' : absolute.startsWith(this.#top + sep) ? absolute.slice(this.#top.length + 1) : null
    return slashes(inside ?? absolute)
  }

  exists(path: string): boolean {
    const given = this.#options.read?.(this.absolute(path))
    return given === undefined ? existsSync(this.absolute(path)) : given !== null
  }

  read(path: string): FileFact | null {
    const absolute = this.absolute(path)
    const given = this.#options.read?.(absolute)
    if (given === null) return null
    try {
      const bytes = given ?? readFileSync(absolute)
      const text = Buffer.from(bytes).toString('latin1')
      return { path, text, executable: isExecutable(absolute), leadsOutside: this.#leadsOutside(absolute) }
    } catch {
      return null
    }
  }

  first(paths: readonly string[]): FileFact | null {
    for (const path of paths) {
      const file = this.read(path)
      if (file !== null) return file
    }
    return null
  }

  all(paths: readonly string[]): ReadonlyMap<string, FileFact> {
    const found = new Map<string, FileFact>()
    for (const path of paths) {
      const file = this.read(path)
      if (file !== null) found.set(path, file)
    }
    return found
  }

  #leadsOutside(absolute: string): boolean {
    if (!existsSync(absolute) || !lstatSync(absolute).isSymbolicLink()) return false
    return !this.#inside.some((folder) => real(absolute).startsWith(folder))
  }
}

function isExecutable(absolute: string): boolean {
  try {
    return (statSync(absolute).mode & 0o111) !== 0
  } catch {
    return false
  }
}

function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** Hooks of other names that git would run from a folder: executable, no sample. */
function otherHooksIn(directory: string): readonly string[] {
  const ours: readonly string[] = hookNames
  try {
    return readdirSync(directory).filter(
      (name) => /^[a-z][a-z-]+$/.test(name) && !ours.includes(name) && isExecutable(join(directory, name)),
    )
  } catch {
    return []
  }
}

/**
 * The package whose node_modules has the tool: where husky lies, else the top, else the outermost folder around `folder`
 * with a package.json, else the only one in a folder or two below the top that names onehead or has it.
 */
function findPackage(files: Files, folder: string, husky: RegExpExecArray | null): PackageFact | null {
  const around = files.name(folder).split('/')
  const ancestors = around.map((_, index) => around.slice(0, index + 1).join('/'))
  for (const directory of [...(husky === null ? [] : [husky[1] ?? '']), '', ...ancestors]) {
    const found = readPackage(files, directory)
    if (found !== null) return found
  }
  const below = foldersBelow(files.absolute('')).flatMap((directory) => {
    const found = readPackage(files, directory)
    return found?.content?.declaresTool || (found && files.exists(`${directory}/${TOOL}`)) ? [found] : []
  })
  return below.length === 1 ? below[0]! : null
}

const TOOL = 'node_modules/.bin/onehead'

function foldersBelow(top: string): readonly string[] {
  const list = (folder: string) => {
    try {
      return readdirSync(join(top, folder), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name))
        .map((entry) => joinPath(folder, entry.name))
    } catch {
      return []
    }
  }
  const children = list('')
  return [...children, ...children.flatMap(list)]
}

function readPackage(files: Files, directory: string): PackageFact | null {
  const file = files.read(joinPath(directory, 'package.json'))
  if (file === null) return null
  const content = readManifest(file.text)
  return {
    directory,
    manifest: file.text,
    content,
    packageManager: findPackageManager(files, directory, file.text),
    hasHusky: files.exists(joinPath(directory, 'node_modules/husky/bin.js')),
  }
}

function findPackageManager(files: Files, directory: string, manifest: string): PackageFact['packageManager'] {
  const named = /"packageManager"\s*:\s*"(npm|pnpm|yarn|bun)@(\d*)/.exec(manifest)
  if (named !== null) return named[1] === 'yarn' && named[2] === '1' ? 'yarn 1' : (named[1] as 'npm')
  for (const folder of new Set([directory, ''])) {
    const lock = lockFiles.find(([name]) => files.exists(joinPath(folder, name)))
    if (lock === undefined) continue
    const isModernYarn = lock[1] === 'yarn 1' && /^__metadata:/m.test(files.read(joinPath(folder, lock[0]))?.text ?? '')
    return isModernYarn ? 'yarn' : lock[1]
  }
  return 'npm'
}

function findTool(files: Files, directory: string): NonNullable<InstallationFacts['tool']> {
  const paths = [...new Set([directory, ''])].map((folder) => joinPath(folder, TOOL))
  const present = paths.find((path) => files.exists(path))
  return { path: present ?? paths[0]!, exists: present !== undefined }
}

const slashes = (path: string): string => (sep === '/' ? path : path.split(sep).join('/'))
