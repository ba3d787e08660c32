import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { findRunners } from '../alembic/find-runners.js'
import type { Runner, RunnerMissing } from '../alembic/runner.js'
import { loadConfiguration } from '../configuration/index.js'
import { UsageError } from '../errors.js'
import { type OperatorSettings, readOperatorSettings, trackingRef } from '../gate/operator.js'
import { type KnownRefs, listKnownRefs } from '../git/known-refs.js'
import { runGit } from '../git/process.js'
import { findTarget, type TargetFacts, type TargetSettings } from '../git/target.js'
import type { GuardVerdict } from '../guard/index.js'
import { type Diagnosis, diagnose, type Surroundings, type TargetFact } from '../hooks/diagnose.js'
import { loadFacts } from '../hooks/load-facts.js'
import { findRoot } from '../root.js'
import { workingTree } from '../snapshot/working-tree.js'
import { examineGuards } from './guard.js'
import { openWorkspace } from './open-workspace.js'

export interface DoctorOptions {
  /** Absolute; anywhere in the repository. */
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** What `doctor` finds out. */
export interface Examination {
  readonly diagnosis: Diagnosis
  /** The Python of each environment, or what was tried. Most of onehead needs none. */
  readonly runners: readonly (Runner | RunnerMissing)[]
  /** Each env.py that has something of the guard. */
  readonly guards: readonly GuardVerdict[]
}

/**
 * Tells whether each hook would really run in this working tree, and with which Python commands that reach a database would be run.
 * Changes nothing; starts Pythons to see what is installed there. Throws `UsageError` outside a repository. */
export async function doctor({ folder, env }: DoctorOptions): Promise<Examination> {
  const facts = await loadFacts(folder)
  const [version, operator] = await Promise.all([runGit(facts.top, ['version']), readOperatorSettings(facts.top)])
  const around: Surroundings = {
    gitVersion: /\d+\.\d+(\.\d+)?/.exec(version.stdout.toString('utf8'))?.[0] ?? '0.0',
    toolOnPath: findOnPath(facts.top, env, ['onehead', 'onehead.cmd']),
    nodeOnPath: findOnPath(facts.top, env, ['node', 'node.exe']),
    env,
    hasHuskyInit: existsSync(join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'husky', 'init.sh')),
    target: await targetFrom(facts.top, findRoot(folder).root, operator),
    complaints: operator.complaints,
  }
  return { diagnosis: diagnose(facts, around), ...(await environmentsIn(findRoot(folder).root, env)) }
}

/** None where there is no environment, or where onehead.json says nothing that can be understood: that is told elsewhere. */
async function environmentsIn(
  root: string,
  env: DoctorOptions['env'],
): Promise<Pick<Examination, 'runners' | 'guards'>> {
  try {
    const { environments, configuration } = await openWorkspace({ root })
    const guards = await examineGuards(root, environments)
    return { runners: await findRunners(root, environments, configuration, env), guards }
  } catch (error) {
    if (error instanceof UsageError) return { runners: [], guards: [] }
    throw error
  }
}

/** Where a branch that is nobody's target itself would land. */
async function targetFrom(top: string, root: string, operator: OperatorSettings): Promise<TargetFact> {
  let settings: TargetSettings
  try {
    const { target, targets } = await loadConfiguration(workingTree(root))
    settings = { operator: operator.target, target, targets }
  } catch (error) {
    if (error instanceof UsageError) return { kind: 'broken configuration', message: error.message }
    throw error
  }
  const remotes = [...operator.remotes.keys()]
  const remote = remotes.includes('origin') ? 'origin' : (remotes[0] ?? null)
  const refs = await listKnownRefs(top)
  const facts = targetFacts(refs, operator, remote)
  const found = await findTarget(facts, settings, { remote, branch: '', remoteCommit: null })
  if (found !== null && 'name' in found) return { kind: 'found', name: found.name }
  if (found?.missing) return { kind: 'missing', name: found.missing }
  if (remote === null) return { kind: 'no remote', remote: '' }
  const isEmpty = [...refs.commits.keys()].every((ref) => !ref.startsWith(`refs/remotes/${remote}/`))
  return { kind: isEmpty ? 'nothing fetched' : 'unknown', remote }
}

function targetFacts({ commits, defaults }: KnownRefs, operator: OperatorSettings, remote: string | null): TargetFacts {
  return {
    remotes: [...operator.remotes.keys()],
    trackingRef: (name, branch) => trackingRef(operator, name, branch),
    defaultBranch: (remote && defaults.get(remote)?.slice(`refs/remotes/${remote}/`.length)) || null,
    initialBranch: operator.initialBranch,
    commitOf: async (ref) => commits.get(ref) ?? null,
  }
}

/**
 * Folders that `npx` and `npm run` put in front (of packages around the repository, or of npm's own) are left out: git starts
 * hooks without them. The `.bin` of a package elsewhere is there because somebody has put it there.
 */
function findOnPath(top: string, env: DoctorOptions['env'], names: readonly string[]): string | null {
  for (const folder of (env.PATH ?? env.Path ?? '').split(delimiter)) {
    if (folder === '' || isOfNpm(folder, top)) continue
    const found = names.map((name) => join(folder, name)).find((path) => existsSync(path))
    if (found !== undefined) return found
  }
  return null
}

function isOfNpm(folder: string, top: string): boolean {
  const path = folder.replaceAll('\\', '/')
  const home = /^(.*)\/node_modules\/\.bin\/?$/.exec(path)?.[1]
  return home !== undefined && (/\/_npx\/[^/]+$/.test(home) || `${top}/`.startsWith(`${home}/`))
}
