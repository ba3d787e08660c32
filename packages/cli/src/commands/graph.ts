import { wholeNumber } from '../arguments.js'
import type { Command } from '../command.js'
import { commitOption, findPlace, placeOptions } from '../place.js'

export const graph: Command = {
  takes: '[environment…]',
  options: [
    { name: 'limit', value: 'N', says: 'only the newest N revisions of each history' },
    commitOption,
    ...placeOptions,
  ],
  about: `Draws every history, newest revision first. Exits 1 when a history does not load in Alembic, or when only Python could
tell.`,
  examples: ['onehead graph services/billing', 'onehead graph --limit 20 --ascii'],
  async run({ given, world, look }) {
    const [core, workspace] = await Promise.all([import('@onehead/core'), import('@onehead/workspace')])
    const limit = wholeNumber(given, 'limit')
    const place = findPlace(given, given.positionals, world, workspace.findRoot)
    const { environments } = await workspace.listHistory({ ...place, at: given.value('at') })
    const exitCode = environments.every((environment) => environment.graph !== null) ? 0 : 1
    const stderr = core.formatRefusals(environments, { ...look, at: given.value('at') })
    return { exitCode, stdout: core.formatGraph(environments, { ...look, limit }), stderr }
  },
}
