import type { FileFact, InstallationFacts, PackageFact } from '../../packages/workspace/src/hooks/facts.js'
import type { HookName } from '../../packages/workspace/src/hooks/hook-names.js'
import { readManifest } from '../../packages/workspace/src/hooks/manifest.js'

export const file = (path: string, text: string, more: Partial<FileFact> = {}): FileFact => ({
  path,
  text,
  executable: true,
  leadsOutside: false,
  ...more,
})

export const files = (...list: readonly FileFact[]): ReadonlyMap<string, FileFact> =>
  new Map(list.map((one) => [one.path, one]))

export const started = (...list: readonly FileFact[]): ReadonlyMap<HookName, FileFact> =>
  new Map(list.map((one) => [one.path.slice(one.path.lastIndexOf('/') + 1) as HookName, one]))

export function packageFact(manifest: string, more: Partial<PackageFact> = {}): PackageFact {
  return { directory: '', manifest, content: readManifest(manifest), packageManager: 'npm', hasHusky: false, ...more }
}

export const TOOL = 'node_modules/.bin/onehead'

/** A repository without hooks and without package.json, on Linux. */
export function facts(more: Partial<InstallationFacts> = {}): InstallationFacts {
  return {
    top: '/srv/shop',
    platform: 'linux',
    hooksPath: null,
    hooksDirectory: '.git/hooks',
    ownHooksDirectory: '.git/hooks',
    isLinkedWorktree: false,
    package: null,
    tool: null,
    hookFiles: new Map(),
    startedHooks: new Map(),
    otherHooks: [],
    isHuskyPrepared: false,
    lefthook: null,
    preCommit: null,
    simpleGitHooks: null,
    scripts: new Map(),
    fetch: null,
    target: null,
    upstream: null,
    ...more,
  }
}
