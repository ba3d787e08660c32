import type { UpgradeOptions } from '@onehead/workspace'
import { type Call, type Command, formatOption } from '../command.js'
import { CommandLineError } from '../errors.js'
import { endOfDryRun, moveLook, typedAgain } from '../next-command.js'
import { findPlace, placeOptions } from '../place.js'
import { createTeller, showSql } from '../upgrade-progress.js'

export const upgrade: Command = {
  takes: '[environment…]',
  options: [
    { name: 'to', value: 'REVISION', says: 'go to this revision, label or head; default: all heads' },
    { name: 'dry-run', says: 'show the plan and the way back, and run nothing' },
    { name: 'sql', says: 'print the statements, like `alembic upgrade --sql`; no database is touched' },
    { name: 'no-backup', says: 'run without a backup' },
    { name: 'accept-moved', says: 'go on although a repair moved what the database may have run before' },
    { name: 'x', short: 'x', value: 'NAME=VALUE', repeatable: true, says: 'for env.py, like `alembic -x`' },
    formatOption('text', 'json'),
    ...placeOptions,
  ],
  about: `Upgrades the databases of every environment, or of those named, one after the other, with the project's own Alembic. Checks
the scripts first; shows what would run and the way back; backs up and reads the backup back; runs; asks where each database
stands then. Where one environment is refused, none is touched. After a failure it names the revision, the statement, the cause,
what has stayed half-way and the commands that restore the backup; it never restores by itself. Two onehead never migrate one
database at a time.`,
  examples: [
    'onehead upgrade --dry-run',
    'onehead upgrade services/billing',
    'onehead upgrade billing --to 8b1f2c7d90aa',
    'onehead upgrade billing --sql > upgrade.sql',
  ],
  async run(call) {
    const { given, world } = call
    const [core, workspace] = await Promise.all([import('@onehead/core'), import('@onehead/workspace')])
    const { showPath, ...place } = findPlace(given, given.positionals, world, workspace.findRoot)
    const told = createTeller(call, core)
    const page = moveLook(call, showPath, core)
    const options: UpgradeOptions = {
      ...place,
      to: given.value('to'),
      dryRun: given.has('dry-run'),
      noBackup: given.has('no-backup'),
      acceptMoved: given.has('accept-moved'),
      x: given.values('x'),
      shell: world.env,
      now: Date.now,
      onProgress: (step) =>
        step.kind === 'planned' ? told.tell(core.formatUpgradePlan(step.plans, page)) : told.onProgress(step),
    }
    if (given.has('sql')) return showSql(await workspace.upgradeSql(refuseMixed(call, options)), told)
    const { environments, stopped } = await workspace.upgradeDatabases(options)
    const isWell = options.dryRun
      ? environments.every(({ kind }) => kind !== 'refused')
      : environments.every(core.isUpgraded)
    const exitCode = isWell && stopped === null ? 0 : 1
    const stopping = stopped === null ? '' : `stopped by ${stopped}: nothing was run\n`
    if (given.value('format') === 'json') return told.outcome(exitCode, core.formatUpgradeJson(environments), stopping)
    const text = options.dryRun
      ? endOfDryRun(environments, core.visible(typedAgain(call, 'upgrade', core)))
      : core.formatUpgradeOutcome(environments, page)
    return told.outcome(exitCode, text, stopping)
  },
}

/** `--sql` prints statements and nothing else. */
function refuseMixed({ given }: Call, options: UpgradeOptions): UpgradeOptions {
  const other = ['dry-run', 'no-backup', 'accept-moved'].find((name) => given.has(name))
  if (other !== undefined || given.value('format') === 'json')
    throw new CommandLineError(
      `--sql prints statements, and --${other ?? 'format json'} means nothing to it`,
      'leave one out',
    )
  return options
}
