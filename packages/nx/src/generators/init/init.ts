import { formatFiles, logger, readNxJson, type Tree, updateNxJson } from '@nx/devkit'

export interface InitOptions {
  readonly skipFormat?: boolean
}

const PLUGIN = '@onehead/nx'

/** `nx add @onehead/nx`: adds the plugin to nx.json. Where it stands already, in either form, nothing is touched. */
export default async function init(tree: Tree, options: InitOptions = {}): Promise<() => void> {
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
  return () => {
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
      ].join('\n'),
    )
  }
}
