import { formatFiles, type GeneratorCallback, logger, readNxJson, type Tree, updateNxJson } from '@nx/devkit'
import { planHooks } from './hooks.js'

export interface InitOptions {
  /** Install git hooks; true unless told otherwise. */
  readonly hooks?: boolean
  readonly skipFormat?: boolean
}

const PLUGIN = '@onehead/nx'

/**
 * `nx add @onehead/nx`: adds the plugin to nx.json, and the git hooks as `onehead init` would. Where they stand already,
 * nothing is touched.
 */
export default async function init(tree: Tree, options: InitOptions = {}): Promise<GeneratorCallback> {
  const nxJson = readNxJson(tree) ?? {}
  const plugins = nxJson.plugins ?? []
  const isPresent = plugins.some((entry) => (typeof entry === 'string' ? entry : entry.plugin) === PLUGIN)
  if (!isPresent) {
    updateNxJson(tree, {
      ...nxJson,
      plugins: [...plugins, { plugin: PLUGIN, options: { checkTargetName: 'migrate-check' } }],
    })
    if (!options.skipFormat) await formatFiles(tree)
  }
  // Behind formatFiles: hooks are edited by span, and every other byte stays.
  const finishHooks = options.hooks === false ? null : await planHooks(tree)
  return async () => {
    logger.info(
      isPresent ? `${PLUGIN} already stands in nx.json: nothing changed.` : `${PLUGIN} now stands in nx.json.`,
    )
    logger.info(
      [
        '',
        'Every project with an Alembic or Flask-Migrate environment has a migrate-check target. Next:',
        '  npx nx show projects --with-target migrate-check',
        '  npx nx run-many -t migrate-check',
        '  npx nx affected -t migrate-check',
        '  npx nx run-many -t migrate-status      where every database stands',
      ].join('\n'),
    )
    await finishHooks?.()
  }
}
