import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { runGit } from '../git/process.js'
import { type Diagnosis, diagnose, type Surroundings } from '../hooks/diagnose.js'
import { loadFacts } from '../hooks/load-facts.js'

export interface DoctorOptions {
  /** Absolute; anywhere in the repository. */
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Tells whether each hook would really run in this working tree. Changes nothing. Throws `UsageError` outside a repository. */
export async function doctor({ folder, env }: DoctorOptions): Promise<Diagnosis> {
  const facts = await loadFacts(folder)
  return diagnose(facts, await lookAround(facts.top, env))
}

async function lookAround(top: string, env: DoctorOptions['env']): Promise<Surroundings> {
  const [version, refs] = await Promise.all([
    runGit(top, ['version']),
    runGit(top, ['for-each-ref', '--format=%(refname:short)', 'refs/remotes']),
  ])
  const remotes = await runGit(top, ['remote'])
  const branches = refs.code === 0 ? refs.stdout.toString('utf8').trim().split('\n') : []
  return {
    gitVersion: /\d+\.\d+(\.\d+)?/.exec(version.stdout.toString('utf8'))?.[0] ?? '0.0',
    toolOnPath: findOnPath(env, ['onehead', 'onehead.cmd']),
    nodeOnPath: findOnPath(env, ['node', 'node.exe']),
    env,
    hasHuskyInit: existsSync(join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'husky', 'init.sh')),
    target: usualTarget(branches),
    hasRemote: remotes.stdout.toString('utf8').trim() !== '',
  }
}

/** Any of the names under which a remote's default branch is known here. */
function usualTarget(branches: readonly string[]): string | null {
  return branches.find((name) => /^[^/]+(\/(HEAD|main|master|trunk|develop))?$/.test(name) && name !== '') ?? null
}

function findOnPath(env: DoctorOptions['env'], names: readonly string[]): string | null {
  for (const folder of (env.PATH ?? env.Path ?? '').split(delimiter)) {
    if (folder === '') continue
    const found = names.map((name) => join(folder, name)).find((path) => existsSync(path))
    if (found !== undefined) return found
  }
  return null
}
