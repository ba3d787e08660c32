import { type Command, formatOption } from '../command.js'
import { moveLook } from '../next-command.js'
import { findPlace, placeOptions } from '../place.js'
import { createProgress } from '../progress.js'

export const status: Command = {
  takes: '[environment…]',
  options: [
    { name: 'check-heads', says: 'exit 1 also where something is pending, like `alembic current --check-heads`' },
    { name: 'x', short: 'x', value: 'NAME=VALUE', repeatable: true, says: 'for env.py, like `alembic -x`' },
    formatOption('text', 'json'),
    ...placeOptions,
  ],
  about: `Says of every database where it stands: up to date, behind and by which revisions, or at a revision that no script here
declares; then git is searched, and the answer names the branch that has it or the commit that took it away, and the cure. Runs
each env.py in the project's own Python, as \`alembic current\` does, and changes nothing. Exits 1 when a database cannot be
asked, or when Alembic could not upgrade it.`,
  examples: ['onehead status', 'onehead status services/billing --check-heads', 'onehead status --format json'],
  async run(call) {
    const { given, world } = call
    const [core, workspace] = await Promise.all([import('@onehead/core'), import('@onehead/workspace')])
    const { showPath, ...place } = findPlace(given, given.positionals, world, workspace.findRoot)
    const live = createProgress(world)
    live.show('asking the databases')
    const asked = workspace.status({ ...place, x: given.values('x'), shell: world.env })
    const { environments, stopped } = await asked.finally(() => live.clear())
    const databases = environments.flatMap(({ databases }) => databases)
    const isBehind = databases.some(({ pending }) => pending !== null && pending.length > 0)
    const isWell = stopped === null && environments.every(core.isWell)
    const exitCode = isWell && !(given.has('check-heads') && isBehind) ? 0 : 1
    if (given.value('format') === 'json') return { exitCode, stdout: core.formatStatusJson(environments) }
    const stderr = stopped === null ? '' : `stopped by ${stopped}: not every database was asked\n`
    return { exitCode, stdout: core.formatStatus(environments, moveLook(call, showPath, core)), stderr }
  },
}
