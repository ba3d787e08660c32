/** What may stand beside the plugin in nx.json. `include` and `exclude` are Nx's own and never reach the plugin. */
export interface OneheadPluginOptions {
  /** Name of the target that checks a project's environments; default `migrate-check`. */
  readonly checkTargetName?: string
  /** Name of the target that checks what will exist after the merge; default `migrate-pr`. */
  readonly prTargetName?: string
  /** Names of the targets that repair; default `migrate-fix`, `migrate-merge`, `migrate-rebase`. */
  readonly fixTargetName?: string
  readonly mergeTargetName?: string
  readonly rebaseTargetName?: string
  /** Names of the targets that reach databases; default `migrate-status`, `migrate-upgrade`, `migrate-rehearse`. */
  readonly statusTargetName?: string
  readonly upgradeTargetName?: string
  readonly rehearseTargetName?: string
}

/** The same with everything decided. */
export type PluginOptions = Required<OneheadPluginOptions>

/** nx.json is written by hand: whatever is not a usable name counts as not given. */
export function normaliseOptions(options: OneheadPluginOptions | undefined): PluginOptions {
  return {
    checkTargetName: usable(options?.checkTargetName) ?? 'migrate-check',
    prTargetName: usable(options?.prTargetName) ?? 'migrate-pr',
    fixTargetName: usable(options?.fixTargetName) ?? 'migrate-fix',
    mergeTargetName: usable(options?.mergeTargetName) ?? 'migrate-merge',
    rebaseTargetName: usable(options?.rebaseTargetName) ?? 'migrate-rebase',
    statusTargetName: usable(options?.statusTargetName) ?? 'migrate-status',
    upgradeTargetName: usable(options?.upgradeTargetName) ?? 'migrate-upgrade',
    rehearseTargetName: usable(options?.rehearseTargetName) ?? 'migrate-rehearse',
  }
}

function usable(name: unknown): string | null {
  return typeof name === 'string' && name.trim() !== '' ? name.trim() : null
}
