import { wholeNumber } from '../arguments.js'
import { type Command, formatOption } from '../command.js'
import { findPlace, placeOptions } from '../place.js'

export const history: Command = {
  takes: '[environment…]',
  options: [
    formatOption('text', 'json'),
    { name: 'limit', value: 'N', says: 'only the newest N revisions of each history' },
    ...placeOptions,
  ],
  about: `Lists the revisions of every history, newest first, as \`alembic history\` prints them, without Python. Exits 1 when
a history does not load in Alembic, or when only Python could tell.`,
  examples: ['onehead history', 'onehead history services/billing --limit 5'],
  async run({ given, world, look }) {
    const [core, workspace] = await Promise.all([import('@onehead/core'), import('@onehead/workspace')])
    const limit = wholeNumber(given, 'limit')
    const place = findPlace(given, given.positionals, world, workspace.findRoot)
    const { environments } = await workspace.listHistory(place)
    const exitCode = environments.every(({ revisions }) => revisions !== null) ? 0 : 1
    if (given.value('format') === 'json') return { exitCode, stdout: core.formatHistoryJson(environments, limit) }
    const stderr = core.formatRefusals(environments, look)
    return { exitCode, stdout: core.formatHistory(environments, { ...look, limit }), stderr }
  },
}
