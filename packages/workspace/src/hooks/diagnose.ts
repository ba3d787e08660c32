import { managedBlock } from './block.js'
import { type FileFact, type InstallationFacts, joinPath } from './facts.js'
import { callsTool, endsBeforeBlock, findBlock, foreignLanguage, hasWindowsLines, putBlock } from './hook-file.js'
import { type HookName, hookNames } from './hook-names.js'
import { chooseManager, type Manager, type ManagerKind } from './manager.js'
import { inPackage, installCommand, lefthookInstall, programOf } from './package-manager.js'
import { twoManagers } from './plan.js'
import { configurationCalls, lefthookEntry, lefthookScript } from './snippets.js'

/** What is known about the machine around the repository. */
export interface Surroundings {
  /** `2.39.5` */
  readonly gitVersion: string
  /** Where `onehead` and `node` lie on the PATH, absolute; null when they do not. */
  readonly toolOnPath: string | null
  readonly nodeOnPath: string | null
  readonly env: Readonly<Record<string, string | undefined>>
  /** `~/.config/husky/init.sh` is there. */
  readonly hasHuskyInit: boolean
  readonly target: TargetFact
  /** Settings of git that mean nothing to us, in words. */
  readonly complaints: readonly string[]
}

/** The branch that work lands on, or why it is not known. */
export type TargetFact =
  | { readonly kind: 'found' | 'missing'; readonly name: string }
  /** `nothing fetched`: nothing of it is here, as before the first push. */
  | { readonly kind: 'no remote' | 'nothing fetched' | 'unknown'; readonly remote: string }
  | { readonly kind: 'broken configuration'; readonly message: string }

export interface HookVerdict {
  readonly name: HookName
  readonly status: 'runs' | 'would not run' | 'not installed'
  /** The file or configuration that calls onehead, where there is one. */
  readonly path: string | null
  readonly reason: string | null
  readonly cure: string | null
}

export interface Finding {
  readonly name: string
  readonly severity: 'warn' | 'info'
  readonly message: string
  readonly cure: string
}

export interface Diagnosis {
  readonly manager: ManagerKind
  readonly hooks: readonly HookVerdict[]
  readonly findings: readonly Finding[]
  /** The branch that work lands on, `origin/main`; null when it is not known. */
  readonly target: string | null
  /** The gate runs, and so does every other hook that is installed. */
  readonly healthy: boolean
}

/** Tells of each hook whether git would really come to onehead here, and what else is worth knowing. Pure. */
export function diagnose(facts: InstallationFacts, around: Surroundings): Diagnosis {
  const manager = chooseManager(facts)
  const hooks = hookNames.map((name) => judgeHook(facts, around, manager, name))
  return {
    manager: manager.kind,
    hooks,
    findings: findings(facts, around, manager),
    target: around.target.kind === 'found' ? around.target.name : null,
    healthy: hooks.every(
      ({ name, status }) => status === 'runs' || (status === 'not installed' && name !== 'pre-push'),
    ),
  }
}

interface Trouble {
  readonly reason: string
  readonly cure: string
}

function judgeHook(facts: InstallationFacts, around: Surroundings, manager: Manager, name: HookName): HookVerdict {
  const { path, troubles } = traceHook(facts, around, manager, name)
  if (path === null) {
    const refused = manager.kind === 'refused' ? { reason: manager.message, cure: manager.help } : null
    return {
      name,
      status: 'not installed',
      path,
      reason: refused?.reason ?? null,
      cure: refused?.cure ?? `${programOf(facts)} init`,
    }
  }
  const first = [...troubles, ...switchedOff(around, manager), ...missingTool(facts, around)][0]
  if (first === undefined) return { name, status: 'runs', path, reason: null, cure: null }
  return { name, status: 'would not run', path, reason: first.reason, cure: first.cure }
}

interface Trace {
  /** Null when nothing calls onehead for this hook. */
  readonly path: string | null
  readonly troubles: readonly Trouble[]
}

function traceHook(facts: InstallationFacts, around: Surroundings, manager: Manager, name: HookName): Trace {
  const started = facts.startedHooks.get(name)
  if (started !== undefined && mentions(started, name))
    return { path: started.path, troubles: [...fileTroubles(facts, started), ...notExecutable(facts, started)] }
  switch (manager.kind) {
    case 'husky':
      return traceHusky(facts, manager.directory, name)
    case 'lefthook':
      return traceLefthook(facts, around, name)
    case 'pre-commit':
    case 'simple-git-hooks':
      return traceConfiguration(facts, manager.kind, name)
    default:
      return { path: null, troubles: [] }
  }
}

const mentions = (file: FileFact, name: HookName): boolean =>
  findBlock(file.text).kind !== 'none' || callsTool(file.text, name)

function traceHusky(facts: InstallationFacts, directory: string, name: HookName): Trace {
  const file = facts.hookFiles.get(joinPath(directory, name))
  if (file === undefined || !mentions(file, name)) return { path: null, troubles: [] }
  const cure = installCommand(facts)
  const troubles: Trouble[] = []
  const started = facts.startedHooks.get(name)
  if (!facts.hooksDirectory.endsWith('/_'))
    troubles.push({ reason: 'husky is not prepared: core.hooksPath does not lead to it', cure })
  else if (started === undefined || !facts.isHuskyPrepared) {
    const where = facts.isLinkedWorktree ? 'this worktree has' : 'there is'
    troubles.push({ reason: `${where} no ${directory}/_ (git ignores it), so git runs no hook here, silently`, cure })
  } else troubles.push(...notExecutable(facts, started))
  return { path: file.path, troubles: [...fileTroubles(facts, file), ...troubles] }
}

function traceLefthook(facts: InstallationFacts, around: Surroundings, name: HookName): Trace {
  const config = facts.lefthook
  const entry = config === null ? null : lefthookEntry(config.text, name)
  if (config === null || entry === null) return { path: null, troubles: [] }
  const troubles: Trouble[] = []
  const script = lefthookScript(config, name)
  if (entry === 'script' && !facts.scripts.has(script))
    troubles.push({ reason: `there is no ${script}`, cure: `${programOf(facts)} init` })
  if (entry === 'run' && name === 'pre-push')
    troubles.push({
      reason: `lefthook skips the plain \`run:\` in ${config.path} when the branch pushed is not the one checked out`,
      cure: `replace it by the \`scripts:\` entry that \`${programOf(facts)} init\` prints`,
    })
  if (!/lefthook/i.test(facts.startedHooks.get(name)?.text ?? ''))
    troubles.push({ reason: `lefthook has not installed ${name}`, cure: lefthookInstall(facts) })
  if (around.env.LEFTHOOK === '0' || around.env.LEFTHOOK === 'false')
    troubles.push({ reason: `LEFTHOOK=${around.env.LEFTHOOK} is set`, cure: 'unset LEFTHOOK' })
  return { path: config.path, troubles }
}

function traceConfiguration(facts: InstallationFacts, kind: 'pre-commit' | 'simple-git-hooks', name: HookName): Trace {
  if (!configurationCalls(facts, kind, name)) return { path: null, troubles: [] }
  const started = facts.startedHooks.get(name)?.text ?? ''
  const isPreCommit = kind === 'pre-commit'
  const path = isPreCommit ? facts.preCommit!.path : (facts.simpleGitHooks?.path ?? 'package.json')
  if (isPreCommit && /File generated by (pre-commit|prek)/.test(started)) return { path, troubles: [] }
  const cure = isPreCommit ? `pre-commit install --hook-type ${name}` : 'npx simple-git-hooks'
  return { path, troubles: [{ reason: `${kind} has not installed ${name}`, cure }] }
}

/** What is wrong in the file that holds our block. */
function fileTroubles(facts: InstallationFacts, file: FileFact): readonly Trouble[] {
  const { path, text } = file
  const place = findBlock(text)
  const foreign = foreignLanguage(text)
  const end = endsBeforeBlock(text)
  const troubles: Trouble[] = []
  if (place.kind === 'torn')
    troubles.push({
      reason: `${path} ${place.reason}`,
      cure: `delete what is left of the block, then ${programOf(facts)} init`,
    })
  if (foreign !== null && place.kind === 'one')
    troubles.push({
      reason: `${path} ${foreign}`,
      cure: `move the block out of ${path}, then ${programOf(facts)} init`,
    })
  if (hasWindowsLines(text) && facts.platform !== 'win32')
    troubles.push({
      reason: `${path} has Windows line endings, which sh cannot run`,
      cure: `sed -i 's/\\r$//' ${path}, and \`${path} text eol=lf\` in .gitattributes`,
    })
  if (end !== null)
    troubles.push({
      reason: `${path} ends at "${end}", before the block`,
      cure: `${programOf(facts)} init --uninstall && ${programOf(facts)} init`,
    })
  return troubles
}

function notExecutable(facts: InstallationFacts, file: FileFact): readonly Trouble[] {
  if (file.executable || facts.platform === 'win32') return []
  return [{ reason: `${file.path} is not executable, so git ignores it`, cure: `chmod +x ${file.path}` }]
}

function switchedOff({ env }: Surroundings, manager: Manager): readonly Trouble[] {
  if (manager.kind === 'husky' && env.HUSKY === '0') return [{ reason: 'HUSKY=0 is set', cure: 'unset HUSKY' }]
  if (manager.kind === 'simple-git-hooks' && env.SKIP_SIMPLE_GIT_HOOKS === '1')
    return [{ reason: 'SKIP_SIMPLE_GIT_HOOKS=1 is set', cure: 'unset SKIP_SIMPLE_GIT_HOOKS' }]
  return []
}

function missingTool(facts: InstallationFacts, around: Surroundings): readonly Trouble[] {
  if (around.nodeOnPath === null)
    return [{ reason: 'node is not on the PATH', cure: 'put the folder of node on the PATH of what starts git' }]
  if (facts.tool?.exists || around.toolOnPath !== null) return []
  const declared = facts.package?.content?.declaresTool
  if (facts.tool === null) return [{ reason: 'onehead is not on the PATH', cure: 'npm install --global onehead' }]
  return [
    {
      reason: `there is no ${facts.tool.path}`,
      cure: declared ? installCommand(facts) : `${inPackage(facts, 'add')} onehead`,
    },
  ]
}

function findings(facts: InstallationFacts, around: Surroundings, manager: Manager): readonly Finding[] {
  const found: Finding[] = twoManagers(facts, manager).map((message) => ({
    name: 'two-managers',
    severity: 'warn',
    message,
    cure: 'keep one of them: move its hooks over and remove the other',
  }))
  const running = new Set([...facts.startedHooks.values()].map(({ path }) => path))
  for (const { path, text } of facts.hookFiles.values()) {
    const isInert = findBlock(text).kind === 'one' && !running.has(path) && !isHuskyFile(manager, path)
    if (isInert)
      found.push({
        name: 'left-behind',
        severity: 'warn',
        message: `${path} has a onehead block, but git does not look there`,
        cure: `${programOf(facts)} init --uninstall && ${programOf(facts)} init`,
      })
    else if (findBlock(text).kind === 'one' && isOtherVersion(facts, path, text))
      found.push({
        name: 'other-version',
        severity: 'info',
        message: `the block in ${path} is not the one that this version writes`,
        cure: `${programOf(facts)} init`,
      })
  }
  return [...found, ...machineFindings(facts, around)]
}

const isHuskyFile = (manager: Manager, path: string): boolean =>
  manager.kind === 'husky' && path.startsWith(`${manager.directory}/`)

function isOtherVersion(facts: InstallationFacts, path: string, text: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1) as HookName
  return putBlock(text, managedBlock(name, { tool: facts.tool?.path ?? null })) !== text
}

function machineFindings(facts: InstallationFacts, around: Surroundings): readonly Finding[] {
  const found: Finding[] = []
  if (around.env.ONEHEAD_SKIP)
    found.push({
      name: 'skipped',
      severity: 'warn',
      message: 'ONEHEAD_SKIP is set: the gate lets every push go',
      cure: 'unset ONEHEAD_SKIP',
    })
  found.push(...targetFindings(facts, around.target))
  for (const message of around.complaints)
    found.push({ name: 'setting', severity: 'warn', message, cure: 'git config --edit' })
  if (isOlder(around.gitVersion, 2, 38))
    found.push({
      name: 'old-git',
      severity: 'info',
      message: `git ${around.gitVersion} cannot merge in memory: merges are predicted path by path`,
      cure: 'update git to 2.38 or newer',
    })
  const versionManager = /[/\\]\.?(nvm|volta|fnm|asdf|mise|nodenv|n)[/\\]/.exec(around.nodeOnPath ?? '')?.[1]
  if (versionManager !== undefined && !around.hasHuskyInit)
    found.push({
      name: 'node-of-a-shell',
      severity: 'info',
      message: `node comes from ${versionManager}, which your shell sets up: a graphical git client may not find it`,
      cure: 'with husky, put `export PATH="<folder of node>:$PATH"` into ~/.config/husky/init.sh',
    })
  return found
}

function targetFindings(facts: InstallationFacts, target: TargetFact): readonly Finding[] {
  const finding = (message: string, cure: string): readonly Finding[] => [
    { name: 'no-target', severity: 'warn', message, cure },
  ]
  const judged = 'only what is pushed is judged, not what it will be merged into'
  switch (target.kind) {
    case 'found':
      return []
    case 'missing':
      return finding(`the branch that work lands on, ${target.name}, is not here: ${judged}`, 'git fetch --all')
    case 'no remote':
      return finding(`there is no remote, so no branch that work lands on: ${judged}`, 'git remote add origin <url>')
    case 'nothing fetched':
      return [
        {
          name: 'no-target',
          severity: 'info',
          message: `nothing of ${target.remote} is here yet, so no branch that work lands on: ${judged}`,
          cure: `git fetch ${target.remote}; where it is still empty, the first push makes the branch`,
        },
      ]
    case 'unknown':
      return finding(
        `the default branch of ${target.remote} is not known: ${judged}`,
        `git fetch ${target.remote} && git remote set-head ${target.remote} --auto`,
      )
    case 'broken configuration':
      return finding(`onehead.json cannot be read: ${target.message}`, `${programOf(facts)} check`)
  }
}

export function isOlder(version: string, major: number, minor: number): boolean {
  const [own = 0, ownMinor = 0] = version.split('.').map(Number)
  return own < major || (own === major && ownMinor < minor)
}
