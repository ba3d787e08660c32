import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { loadConfiguration } from '../configuration/index.js'
import { UsageError } from '../errors.js'
import { runGit } from '../git/process.js'
import { findTarget, type TargetFacts, type TargetSettings } from '../git/target.js'
import { type Diagnosis, diagnose, type Surroundings, type TargetFact } from '../hooks/diagnose.js'
import { loadFacts } from '../hooks/load-facts.js'
import { readSetting } from '../hooks/settings.js'
import { findRoot } from '../root.js'
import { workingTree } from '../snapshot/working-tree.js'

export interface DoctorOptions {
  /** Absolute; anywhere in the repository. */
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Tells whether each hook would really run in this working tree. Changes nothing. Throws `UsageError` outside a repository. */
export async function doctor({ folder, env }: DoctorOptions): Promise<Diagnosis> {
  const facts = await loadFacts(folder)
  const [version, target] = await Promise.all([
    runGit(facts.top, ['version']),
    targetFrom(facts.top, findRoot(folder).root, facts.target),
  ])
  const around: Surroundings = {
    gitVersion: /\d+\.\d+(\.\d+)?/.exec(version.stdout.toString('utf8'))?.[0] ?? '0.0',
    toolOnPath: findOnPath(env, ['onehead', 'onehead.cmd']),
    nodeOnPath: findOnPath(env, ['node', 'node.exe']),
    env,
    hasHuskyInit: existsSync(join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'husky', 'init.sh')),
    target,
  }
  return diagnose(facts, around)
}

/** Where a branch that is nobody's target itself would land. */
async function targetFrom(top: string, root: string, operator: string | null): Promise<TargetFact> {
  let settings: TargetSettings
  try {
    const { target, targets } = await loadConfiguration(workingTree(root))
    settings = { operator, target, targets }
  } catch (error) {
    if (error instanceof UsageError) return { kind: 'broken configuration', message: error.message }
    throw error
  }
  const { facts, remotes } = await targetFacts(top)
  const remote = remotes.includes('origin') ? 'origin' : (remotes[0] ?? null)
  const found = await findTarget(facts(remote), settings, { remote, branch: '', remoteCommit: null })
  if (found === null) return { kind: remote === null ? 'no remote' : 'unknown', remote: remote ?? '' }
  return 'missing' in found ? { kind: 'missing', name: found.missing } : { kind: 'found', name: found.name }
}

async function targetFacts(top: string) {
  const text = async (...args: readonly string[]) => (await runGit(top, args)).stdout.toString('utf8').trim()
  const [listed, refs, initialBranch] = await Promise.all([
    text('remote'),
    text('for-each-ref', '--format=%(refname)%00%(objectname)%00%(symref)', 'refs/remotes', 'refs/heads'),
    readSetting(top, 'init.defaultBranch'),
  ])
  const rows = refs.split('\n').map((line) => line.split('\0'))
  const commits = new Map(rows.map(([name = '', id = '']) => [name, id]))
  const leads = new Map(rows.map(([name = '', , symref = '']) => [name, symref]))
  const facts = (remote: string | null): TargetFacts => ({
    remotes: listed.split('\n').filter(Boolean),
    trackingRef: (name, branch) => `refs/remotes/${name}/${branch}`,
    defaultBranch: leads.get(`refs/remotes/${remote}/HEAD`)?.replace(`refs/remotes/${remote}/`, '') || null,
    initialBranch,
    commitOf: async (ref) => commits.get(ref) ?? null,
  })
  return { facts, remotes: listed.split('\n').filter(Boolean) }
}

/** Folders that `npx` and `npm run` put in front are left out: git starts hooks without them. */
function findOnPath(env: DoctorOptions['env'], names: readonly string[]): string | null {
  for (const folder of (env.PATH ?? env.Path ?? '').split(delimiter)) {
    if (folder === '' || /[/\\]node_modules[/\\]\.bin[/\\]?$/.test(folder)) continue
    const found = names.map((name) => join(folder, name)).find((path) => existsSync(path))
    if (found !== undefined) return found
  }
  return null
}
