import type { ResetOptions } from '@onehead/workspace'
import { type Command, formatOption } from '../command.js'
import { CommandLineError } from '../errors.js'
import { moveLook } from '../next-command.js'
import { findPlace, placeOptions } from '../place.js'
import { watchReplacing } from '../replacing.js'

export const reset: Command = {
  takes: '<environment>',
  options: [
    { name: 'yes', value: 'NAME', repeatable: true, says: 'the name of the database that may be thrown away' },
    { name: 'history', says: 'also replace the scripts by one initial revision; only where none is published' },
    { name: 'no-backup', says: 'without a backup of what is thrown away' },
    { name: 'dry-run', says: 'show the steps, and change nothing' },
    { name: 'x', short: 'x', value: 'NAME=VALUE', repeatable: true, says: 'for env.py, like `alembic -x`' },
    formatOption('text', 'json'),
    ...placeOptions,
  ],
  about: `The last resort for a development database: backs it up, drops everything in it, also enum types and Alembic's own table, and
upgrades it from nothing to the heads. Only what it takes for a development database, and it says why: on this machine or a file of the
workspace, not called anything like production, not in CI. Its name has to be typed. With --history the scripts go too, behind a copy of
them, and Alembic generates one initial revision from the models; never where a revision is published. Any failure says where things stand,
and which commands bring back what was there.`,
  examples: [
    'onehead reset billing --dry-run',
    'onehead reset billing --yes billing_dev',
    'onehead reset billing --history',
  ],
  async run(call) {
    const { given, world } = call
    const [core, workspace] = await Promise.all([import('@onehead/core'), import('@onehead/workspace')])
    if (given.positionals.length > 1)
      throw new CommandLineError(`${given.positionals[1]} is one word too many`, 'reset one environment at a time')
    const { showPath, ...place } = findPlace(given, given.positionals, world, workspace.findRoot)
    const isJson = given.value('format') === 'json'
    const page = moveLook(call, showPath, core)
    const told = watchReplacing(call, core, core.formatResetPlan, page, 'lost')
    const history = given.has('history')
    const options: ResetOptions = {
      ...place,
      history,
      command: ['onehead', 'reset', ...place.environments.map(core.shellWord), ...(history ? ['--history'] : [])].join(
        ' ',
      ),
      confirmed: given.values('yes'),
      noBackup: given.has('no-backup'),
      dryRun: given.has('dry-run'),
      x: given.values('x'),
      shell: world.env,
      now: Date.now,
      ...told.options,
    }
    const recovered = options.dryRun ? null : await workspace.recover(place.root)
    const outcome = await workspace.resetDatabases(options).finally(told.end)
    const exitCode = core.isReset(outcome) || outcome.kind === 'untouched' ? 0 : 1
    const stderr = (recovered === null ? '' : workspace.sayRecovered(recovered)) + told.trouble()
    if (isJson) return { exitCode, stdout: core.formatResetJson(outcome), stderr }
    const late = outcome.kind === 'refused' && !told.hasRefused() ? core.formatResetPlan(outcome.plan, page) : ''
    return { exitCode, stdout: told.said() + late + core.formatResetOutcome(outcome, page), stderr }
  },
}
