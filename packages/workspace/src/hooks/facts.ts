import type { Bytes } from './hook-file.js'
import type { HookName } from './hook-names.js'

/** Where `core.hooksPath` was set; `environment` is `git -c` and the like. */
export type Scope = 'local' | 'worktree' | 'global' | 'system' | 'environment'

/** A file that is there. Paths of facts and plans are relative to the top of the working tree with `/`, or absolute outside of it. */
export interface FileFact {
  readonly path: string
  readonly text: Bytes
  readonly executable: boolean
  /** It is a symbolic link to something outside the repository. */
  readonly leadsOutside: boolean
}

export interface PackageFact {
  /** The folder of package.json: `''` is the top, else without `/` at its end. */
  readonly directory: string
  readonly manifest: Bytes
  /** Null when package.json is not JSON. */
  readonly content: ManifestFact | null
  readonly packageManager: PackageManager
  /** `node_modules/husky` is there. */
  readonly hasHusky: boolean
}

export interface ManifestFact {
  readonly declaresHusky: boolean
  readonly declaresTool: boolean
  readonly declaresSimpleGitHooks: boolean
  readonly scripts: Readonly<Record<string, string>>
  /** What stands under `"simple-git-hooks"`, where that is a table of commands. */
  readonly simpleGitHooks: Readonly<Record<string, string>> | null
}

export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'yarn 1' | 'bun'

/** Everything the planner has to know about one working tree. Plain data: tests write it down. */
export interface InstallationFacts {
  /** Absolute, with `/`. */
  readonly top: string
  readonly platform: string
  readonly hooksPath: { readonly value: string; readonly scope: Scope } | null
  /** Where git looks for hooks now, as facts name paths. */
  readonly hooksDirectory: string
  /** Where it would look without `core.hooksPath`. */
  readonly ownHooksDirectory: string
  /** This is a linked worktree (`git worktree add`). */
  readonly isLinkedWorktree: boolean
  readonly package: PackageFact | null
  /** The tool as installed for this repository, whether it is there yet or not; null without any package.json. */
  readonly tool: { readonly path: string; readonly exists: boolean } | null
  /** Every hook there is in the directories above and in husky's, by path; samples are left out. */
  readonly hookFiles: ReadonlyMap<string, FileFact>
  /** What git would start for each hook, by name: with husky the files in its `_` folder. */
  readonly startedHooks: ReadonlyMap<HookName, FileFact>
  /** Names of other hooks that run today from git's own directory: `commit-msg`. */
  readonly otherHooks: readonly string[]
  /** Husky's `_` folder is there in this working tree. */
  readonly isHuskyPrepared: boolean
  readonly lefthook: FileFact | null
  readonly preCommit: FileFact | null
  /** A configuration file of simple-git-hooks besides package.json. */
  readonly simpleGitHooks: FileFact | null
  /** Further files that the planner may write: `.lefthook/pre-push/onehead.sh`, by path. */
  readonly scripts: ReadonlyMap<string, FileFact>
  /** What `onehead.fetch` is set to. */
  readonly fetch: string | null
  /** What `onehead.target` is set to. */
  readonly target: string | null
  /** The default branch of a remote called `upstream`, as far as this clone knows it: `upstream/main`. */
  readonly upstream: string | null
}

/** `front/.husky` and `pre-push` → `front/.husky/pre-push`. */
export function joinPath(directory: string, name: string): string {
  return directory === '' || directory === '.' ? name : `${directory}/${name}`
}

export const hookPath = (directory: string, name: HookName): string => joinPath(directory, name)
