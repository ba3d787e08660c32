import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type GitRepository, type GitWorld, gitWorld } from './git-world.js'

const husky = fileURLToPath(new URL('../../node_modules/husky', import.meta.url))

export interface Shop {
  readonly world: GitWorld
  readonly remote: GitRepository
  readonly repository: GitRepository
  /** What the stand-in was called with since the last question, one line per call: `pre-push origin <url>`. */
  calls(): readonly string[]
  /** Standard input of the last call. */
  input(): string
  /** What pre-commit had set for the last call. */
  environment(): Readonly<Record<string, string>>
  /** How the stand-in ends from now on. */
  endWith(status: number): void
  /** Where branch main of the remote stands. */
  published(): string
  read(path: string): string
  exists(path: string): boolean
}

/**
 * A clone with a bare remote. In `node_modules` lie the husky of this repository and a stand-in for `onehead`, which
 * writes down how it is called: what is tried here is the way from git to it.
 */
export function shopWithHooks(options: { readonly packageIn?: string | null } = {}): Shop {
  const world = gitWorld()
  // `npm test` puts the real one in front.
  const path = (world.env.PATH ?? '').split(delimiter).filter((one) => !/node_modules[/\\]\.bin/.test(one))
  world.env.PATH = path.join(delimiter)
  const remote = world.bare('remote.git')
  const repository = world.clone(remote, 'shop')
  const folder = options.packageIn === undefined ? '' : options.packageIn
  const record = join(world.folder, 'record')
  mkdirSync(record)
  if (folder !== null) {
    repository.write({ [join(folder, 'package.json')]: '{\n  "devDependencies": {\n    "onehead": "0.1.0"\n  }\n}\n' })
    installStandIn(join(repository.root, folder), record)
  }
  repository.commit('Start', { '.gitignore': 'node_modules\n', 'readme.txt': 'a shop\n' })
  repository.git('push', '--quiet', 'origin', 'main')
  return {
    world,
    remote,
    repository,
    calls() {
      const file = join(record, 'calls')
      const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
      writeFileSync(file, '')
      return text.split('\n').filter(Boolean)
    },
    input: () => readFileSync(join(record, 'input'), 'utf8'),
    environment: () =>
      Object.fromEntries(
        readFileSync(join(record, 'environment'), 'utf8')
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      ),
    endWith: (status) => writeFileSync(join(record, 'status'), `${status}\n`),
    published: () => remote.id('main'),
    read: (path) => readFileSync(join(repository.root, path), 'utf8'),
    exists: (path) => existsSync(join(repository.root, path)),
  }
}

/** Puts husky and the stand-in into `node_modules` of a folder. */
export function installStandIn(folder: string, record: string): void {
  const tool = join(folder, 'node_modules/.bin/onehead')
  mkdirSync(dirname(tool), { recursive: true })
  writeFileSync(
    tool,
    `#!/bin/sh
shift
echo "$@" >>'${record}/calls'
env | grep ^PRE_COMMIT >'${record}/environment'
case $1 in pre-push | post-rewrite) cat >'${record}/input' ;; esac
echo "onehead was here: $1" >&2
exit "$(cat '${record}/status' 2>/dev/null || echo 0)"
`,
  )
  chmodSync(tool, 0o755)
  if (!existsSync(join(folder, 'node_modules/husky'))) symlinkSync(husky, join(folder, 'node_modules/husky'), 'dir')
}
