import { managedBlock } from './block.js'
import { type InstallationFacts, joinPath } from './facts.js'
import {
  type Bytes,
  callsTool,
  findBlock,
  foreignLanguage,
  hasWindowsLines,
  isEmptyHook,
  putBlock,
  takeBlock,
} from './hook-file.js'
import { type HookName, hookNames } from './hook-names.js'
import { chooseManager, type Manager, presentManagers } from './manager.js'
import { withHusky } from './manifest.js'
import { inPackage, installCommand, programOf } from './package-manager.js'
import {
  configurationCalls,
  lefthookScript,
  lefthookScriptLines,
  type Snippet,
  type SnippetManager,
  snippetFor,
} from './snippets.js'

/** What `init` was asked to do. */
export interface InstallationWish {
  readonly hooks: readonly HookName[]
  /** Null leaves `onehead.fetch` as it is. */
  readonly fetch: 'auto' | 'never' | null
  /** The branch that work lands on here, such as `upstream/main`; null leaves `onehead.target` as it is. */
  readonly target: string | null
}

/** One file to write as a whole. `before` null makes it, `after` null removes it. */
export interface FileEdit {
  readonly path: string
  readonly before: Bytes | null
  readonly after: Bytes | null
  /** Of a file that is made; one that is there keeps its mode. */
  readonly executable: boolean
}

/** Why nothing is written at all, and the way out. */
export interface Refusal {
  readonly path: string | null
  readonly message: string
  readonly help: string
}

/** `pasted`: it runs once the snippet stands in the manager's configuration. `own`: the file calls onehead without our block. */
export type HookChange = 'added' | 'updated' | 'unchanged' | 'own' | 'pasted' | 'removed'

export interface PlannedHook {
  readonly name: HookName
  readonly path: string
  readonly change: HookChange
}

/** Everything `init` would do, as data. With refusals there are no edits. */
export interface InstallationPlan {
  readonly manager: Manager
  readonly hooks: readonly PlannedHook[]
  readonly edits: readonly FileEdit[]
  /** Prepare husky with this directory once the edits are written; null when nothing has to run. */
  readonly prepareHusky: string | null
  readonly settings: readonly { readonly key: string; readonly value: string }[]
  readonly snippet: Snippet | null
  readonly refusals: readonly Refusal[]
  readonly warnings: readonly string[]
  /** The command that installs and prepares husky, where that is left to do; null else. */
  readonly install: string | null
  /** What is left for the user besides, in order: sentences. */
  readonly next: readonly string[]
}

/**
 * Plans the installation. Pure, except that it loads the JSON library. Applied, it makes every hook asked for run, leaves
 * every other byte alone, and planning again finds nothing to do.
 */
export async function planInstallation(facts: InstallationFacts, wish: InstallationWish): Promise<InstallationPlan> {
  const manager = chooseManager(facts)
  const settings = [
    { key: 'onehead.fetch', value: wish.fetch, before: facts.fetch },
    { key: 'onehead.target', value: wish.target, before: facts.target },
  ].flatMap(({ key, value, before }) => (value === null || value === before ? [] : [{ key, value }]))
  const base = { manager, settings, warnings: twoManagers(facts, manager) }
  switch (manager.kind) {
    case 'refused':
      return { ...base, ...nothing, settings: [], refusals: [{ path: null, ...manager }].map(onlyRefusal) }
    case 'husky':
    case 'plain':
      return await planFiles(facts, wish, manager, base)
    default:
      return planSnippet(facts, wish, manager.kind, base)
  }
}

/** The plan of somebody who was asked for something else besides that cannot be: then nothing is done. */
export function withRefusal(plan: InstallationPlan, refusal: Refusal): InstallationPlan {
  return { ...plan, ...nothing, settings: [], refusals: [...plan.refusals, refusal] }
}

type Base = Pick<InstallationPlan, 'manager' | 'settings' | 'warnings'>

const nothing = { hooks: [], edits: [], prepareHusky: null, snippet: null, refusals: [], install: null, next: [] }

const onlyRefusal = ({ path, message, help }: Refusal): Refusal => ({ path, message, help })

async function planFiles(
  facts: InstallationFacts,
  wish: InstallationWish,
  manager: Extract<Manager, { kind: 'husky' | 'plain' }>,
  base: Base,
): Promise<InstallationPlan> {
  const planned = inOrder(wish.hooks).map((name) => planHookFile(facts, manager, name))
  const refusals = planned.flatMap(({ refusal }) => (refusal === null ? [] : [refusal]))
  const edits = planned.flatMap(({ edit }) => (edit === null ? [] : [edit]))
  let prepareHusky: string | null = null
  let installs = false
  if (manager.kind === 'husky' && facts.package !== null) {
    const manifest = await planManifest(facts)
    if ('message' in manifest) refusals.push(manifest)
    else if (manifest.before !== manifest.after) {
      edits.unshift(manifest)
      installs = true
    }
    if (!manager.inPlace || !facts.isHuskyPrepared) {
      if (facts.package.hasHusky) prepareHusky = manager.directory
      else installs = true
    }
  }
  if (refusals.length > 0) return { ...base, ...nothing, settings: [], refusals }
  return {
    ...base,
    hooks: planned.map(({ hook }) => hook),
    edits,
    prepareHusky,
    snippet: null,
    refusals: [],
    install: installs ? installCommand(facts) : null,
    next: nextSteps(facts, manager, edits),
  }
}

interface PlannedFile {
  readonly hook: PlannedHook
  readonly edit: FileEdit | null
  readonly refusal: Refusal | null
}

function planHookFile(
  facts: InstallationFacts,
  manager: Extract<Manager, { kind: 'husky' | 'plain' }>,
  name: HookName,
): PlannedFile {
  const path = joinPath(manager.directory, name)
  const block = managedBlock(name, { tool: facts.tool?.path ?? null })
  const file = facts.hookFiles.get(path) ?? null
  const says = (change: HookChange, edit: FileEdit | null = null): PlannedFile => ({
    hook: { name, path, change },
    edit,
    refusal: null,
  })
  const isPlain = manager.kind === 'plain'
  if (file === null || file.text.trim() === '') {
    const after = putBlock(isPlain ? '#!/bin/sh\n' : '', block)
    return says('added', { path, before: file?.text ?? null, after, executable: isPlain })
  }
  const place = findBlock(file.text)
  if (place.kind === 'none' && callsTool(file.text, name)) return says('own')
  const refusal = refuseFile(facts, file, isPlain && !isEmptyHook(takeBlock(file.text)), name)
  if (refusal !== null) return { ...says('unchanged'), refusal }
  const after = putBlock(file.text, block)
  if (after === file.text) return says('unchanged')
  const edit = { path, before: file.text, after, executable: isPlain || file.executable }
  return says(place.kind === 'one' ? 'updated' : 'added', edit)
}

/** Every reason for which a hook file that is there is left alone. */
function refuseFile(
  facts: InstallationFacts,
  file: { readonly path: string; readonly text: Bytes; readonly executable: boolean; readonly leadsOutside: boolean },
  mustBeExecutable: boolean,
  name: HookName,
): Refusal | null {
  const { path } = file
  const place = findBlock(file.text)
  if (place.kind === 'torn') {
    const help = 'restore the missing line or delete the rest of the block by hand, then run it again'
    return { path, message: `${path} ${place.reason}`, help }
  }
  const foreign = foreignLanguage(file.text)
  if (foreign !== null) {
    const call = `${facts.tool?.path ?? 'onehead'} hook ${name}`
    const help = `call \`${call}\` from it with the same arguments and standard input, and end with 1 when that ends with 1`
    return { path, message: `${path} ${foreign}`, help }
  }
  if (file.leadsOutside) {
    return { path, message: `${path} is a link that leads out of the repository`, help: 'make it a file of its own' }
  }
  if (hasWindowsLines(file.text) && facts.platform !== 'win32') {
    const help = `convert it (sed -i 's/\\r$//' ${path}) and keep it so: add \`${path} text eol=lf\` to .gitattributes`
    return { path, message: `${path} has Windows line endings, which sh cannot run here`, help }
  }
  if (mustBeExecutable && !file.executable && facts.platform !== 'win32') {
    const help = `run chmod +x ${path} if it is to run, or delete it`
    return { path, message: `${path} is not executable, so git ignores it`, help }
  }
  return null
}

async function planManifest(facts: InstallationFacts): Promise<FileEdit | Refusal> {
  const { directory, manifest, content } = facts.package!
  const path = joinPath(directory, 'package.json')
  if (content === null) return { path, message: `${path} is not JSON`, help: 'mend it, then run it again' }
  return { path, before: manifest, after: await withHusky(facts.package!, content), executable: false }
}

function planSnippet(
  facts: InstallationFacts,
  wish: InstallationWish,
  kind: SnippetManager,
  base: Base,
): InstallationPlan {
  const hooks = inOrder(wish.hooks)
  const missing = hooks.filter((name) => !configurationCalls(facts, kind, name))
  const snippet = snippetFor(kind, missing, facts)
  const scripts = kind === 'lefthook' ? hooks.map((name) => planLefthookScript(facts, name)) : []
  const refusals = scripts.flatMap(({ refusal }) => (refusal === null ? [] : [refusal]))
  if (refusals.length > 0) return { ...base, ...nothing, settings: [], refusals }
  return {
    ...base,
    ...nothing,
    hooks: hooks.map((name) => ({
      name,
      path: kind === 'lefthook' ? lefthookScript(facts.lefthook, name) : snippet.file,
      change: missing.includes(name) ? 'pasted' : 'own',
    })),
    edits: scripts.flatMap(({ edit }) => (edit === null ? [] : [edit])),
    snippet: missing.length === 0 ? null : snippet,
    next:
      missing.length === 0
        ? []
        : [...addTool(facts), `add the lines above to ${snippet.file}`, `\`${snippet.command}\``],
  }
}

function planLefthookScript(facts: InstallationFacts, name: HookName): PlannedFile {
  const path = lefthookScript(facts.lefthook, name)
  const lines = lefthookScriptLines(name, facts.tool?.path ?? null)
  const file = facts.scripts.get(path)
  const hook: PlannedHook = { name, path, change: 'pasted' }
  if (file === undefined) {
    const edit = { path, before: null, after: `${lines.join('\n')}\n`, executable: true }
    return { hook, edit, refusal: null }
  }
  const refusal = refuseFile(facts, file, false, name)
  const after = putBlock(file.text, lines.slice(1))
  const edit = after === file.text ? null : { path, before: file.text, after, executable: file.executable }
  return { hook, edit: refusal === null ? edit : null, refusal }
}

function nextSteps(
  facts: InstallationFacts,
  manager: Extract<Manager, { kind: 'husky' | 'plain' }>,
  edits: readonly FileEdit[],
): readonly string[] {
  const tracked = edits.filter(
    ({ path }) => ![`${facts.ownHooksDirectory}/`, '.git/', '/'].some((start) => path.startsWith(start)),
  )
  return [
    ...addTool(facts),
    ...(tracked.length > 0 ? [`commit ${listed(tracked.map(({ path }) => path))}`] : []),
    ...(manager.kind === 'plain' && !manager.shared && edits.length > 0
      ? [`these hooks are in this clone only; everybody else runs \`${programOf(facts)} init\` too`]
      : []),
  ]
}

function addTool(facts: InstallationFacts): readonly string[] {
  const manifest = facts.package?.content
  if (!manifest || manifest.declaresTool || facts.tool?.exists) return []
  return [`\`${inPackage(facts, 'add')} onehead\`: the hooks call it from node_modules`]
}

function listed(paths: readonly string[]): string {
  const named = paths.flatMap((path) =>
    path.endsWith('package.json') ? [path, 'the lock file'] : [path.slice(0, path.lastIndexOf('/'))],
  )
  const [last, ...others] = [...new Set(named)].reverse()
  return others.length === 0 ? last! : `${others.reverse().join(', ')} and ${last}`
}

/** Managers that lie here and do not run, because git goes through another one. */
export function twoManagers(facts: InstallationFacts, manager: Manager): readonly string[] {
  const running = manager.kind === 'plain' ? 'core.hooksPath' : manager.kind
  const others = presentManagers(facts).filter((kind) => kind !== manager.kind)
  if (manager.kind === 'refused' || (manager.kind === 'plain' && facts.hooksPath === null)) return []
  return others.map((kind) => `two managers: git runs the hooks of ${running}, so those of ${kind} do not run here`)
}

const inOrder = (hooks: readonly HookName[]): readonly HookName[] => hookNames.filter((name) => hooks.includes(name))
