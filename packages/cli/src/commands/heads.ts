import { type Command, formatOption } from '../command.js'
import { commitOption, findPlace, placeOptions } from '../place.js'

export const heads: Command = {
  takes: '[environment…]',
  options: [
    formatOption('text', 'json'),
    { name: 'resolve-dependencies', says: 'leave out heads that another revision depends on' },
    commitOption,
    ...placeOptions,
  ],
  about: `Lists the heads of every history as \`alembic heads\` prints them, without Python. Exits 1 when a history does not
load in Alembic, or when only Python could tell.`,
  examples: ['onehead heads', 'onehead heads --at origin/main', 'onehead heads services/billing --format json'],
  async run({ given, world, look }) {
    const [core, workspace] = await Promise.all([import('@onehead/core'), import('@onehead/workspace')])
    const place = findPlace(given, given.positionals, world, workspace.findRoot)
    const { environments } = await workspace.listHeads({ ...place, at: given.value('at') })
    const resolveDependencies = given.has('resolve-dependencies')
    const told = environments.every((one) => (resolveDependencies ? one.resolvedHeads : one.heads) !== null)
    const exitCode = told ? 0 : 1
    if (given.value('format') === 'json') return { exitCode, stdout: core.formatHeadsJson(environments) }
    const stderr = core.formatRefusals(environments, { ...look, at: given.value('at') })
    return { exitCode, stdout: core.formatHeads(environments, { ...look, resolveDependencies }), stderr }
  },
}
