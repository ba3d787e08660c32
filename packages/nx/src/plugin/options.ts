/** What may stand beside the plugin in nx.json. `include` and `exclude` are Nx's own and never reach the plugin. */
export interface OneheadPluginOptions {
  /** Name of the target that checks a project's environments; default `migrate-check`. */
  readonly checkTargetName?: string
}

export interface PluginOptions {
  readonly checkTargetName: string
}

/** nx.json is written by hand: whatever is not a usable name counts as not given. */
export function normaliseOptions(options: OneheadPluginOptions | undefined): PluginOptions {
  const name: unknown = options?.checkTargetName
  return { checkTargetName: typeof name === 'string' && name.trim() !== '' ? name.trim() : 'migrate-check' }
}
