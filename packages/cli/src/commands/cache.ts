import type { Command } from '../command.js'
import { CommandLineError } from '../errors.js'
import { findPlace, placeOptions } from '../place.js'

export const cache: Command = {
  takes: 'clear',
  options: placeOptions.filter(({ name }) => name === 'root' || name === 'cwd'),
  about: `Removes what \`onehead check\` has kept of earlier runs, below git's own directory. It is never needed: what has
changed is judged anew, and \`onehead check --no-cache\` looks at everything.`,
  examples: ['onehead cache clear'],
  async run({ given, world }) {
    if (given.positionals.length !== 1 || given.positionals[0] !== 'clear')
      throw new CommandLineError('say what to do with the cache', 'onehead cache clear')
    const workspace = await import('@onehead/workspace')
    const { root } = findPlace(given, [], world, workspace.findRoot)
    const bytes = workspace.clearCache(root)
    return { exitCode: 0, stdout: bytes === 0 ? 'nothing was cached\n' : `cleared ${shown(bytes)} of cached results\n` }
  },
}

function shown(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`
}
