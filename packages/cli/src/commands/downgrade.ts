import type { DowngradeOptions } from '@onehead/workspace'
import { type Call, type Command, formatOption } from '../command.js'
import { CommandLineError } from '../errors.js'
import { endOfDryRun, moveLook, typedAgain } from '../next-command.js'
import { findPlace, placeOptions } from '../place.js'
import { createTeller, showSql } from '../upgrade-progress.js'

export const downgrade: Command = {
  takes: '[environment…]',
  options: [
    { name: 'to', value: 'REVISION', says: 'go back to this revision, to base, to label@base, or by so many: -1' },
    { name: 'dry-run', says: 'show what would be undone, what that loses, and the way back up; run nothing' },
    { name: 'sql', says: 'print the statements, like `alembic downgrade --sql from:to`; no database is touched' },
    { name: 'no-backup', says: 'run without a backup' },
    { name: 'accept-irreversible', says: 'go on although a downgrade() on the way raises or undoes nothing' },
    { name: 'x', short: 'x', value: 'NAME=VALUE', repeatable: true, says: 'for env.py, like `alembic -x`' },
    formatOption('text', 'json'),
    ...placeOptions,
  ],
  about: `Takes the databases of an environment back to a revision, with the project's own Alembic. Shows first which revisions would be
undone, also those that only depend on one of them, the tables and columns that would be lost, and the way back up; refuses where a
downgrade() on the way undoes nothing. Backs up and reads the backup back; runs; asks where each database stands then. A failure
is told as \`onehead upgrade\` tells it. Where there are several environments, say which.`,
  examples: [
    'onehead downgrade billing --to -1 --dry-run',
    'onehead downgrade services/billing --to 3c9e51a7b204',
    'onehead downgrade --to base',
    'onehead downgrade billing --to 8b1f2c7d90aa:3c9e51a7b204 --sql',
  ],
  async run(call) {
    const { given, world } = call
    const to = given.value('to')
    if (to === null)
      throw new CommandLineError('downgrade wants to know how far', 'write --to REVISION, --to -1 or --to base')
    const [core, workspace] = await Promise.all([import('@onehead/core'), import('@onehead/workspace')])
    const { showPath, ...place } = findPlace(given, given.positionals, world, workspace.findRoot)
    const told = createTeller(call, core)
    const page = moveLook(call, showPath, core)
    const options: DowngradeOptions = {
      ...place,
      to,
      dryRun: given.has('dry-run'),
      noBackup: given.has('no-backup'),
      acceptIrreversible: given.has('accept-irreversible'),
      x: given.values('x'),
      shell: world.env,
      now: Date.now,
      onProgress: (step) =>
        step.kind === 'planned' ? told.tell(core.formatDowngradePlan(step.plans, page)) : told.onProgress(step),
    }
    if (given.has('sql')) return showSql(await workspace.downgradeSql(refuseMixed(call, options)), told)
    const { environments, stopped } = await workspace.downgradeDatabases(options)
    const isWell = options.dryRun
      ? environments.every(({ kind }) => kind !== 'refused')
      : environments.every(core.isDowngraded)
    const exitCode = isWell && stopped === null ? 0 : 1
    const stopping = stopped === null ? '' : `stopped by ${stopped}: nothing was run\n`
    if (given.value('format') === 'json')
      return told.outcome(exitCode, core.formatDowngradeJson(environments), stopping)
    const text = options.dryRun
      ? endOfDryRun(environments, core.visible(typedAgain(call, 'downgrade', core)))
      : core.formatDowngradeOutcome(environments, page)
    return told.outcome(exitCode, text, stopping)
  },
}

/** `--sql` prints statements and nothing else. */
function refuseMixed({ given }: Call, options: DowngradeOptions): DowngradeOptions {
  const other = ['dry-run', 'no-backup', 'accept-irreversible'].find((name) => given.has(name))
  if (other !== undefined || given.value('format') === 'json')
    throw new CommandLineError(
      `--sql prints statements, and --${other ?? 'format json'} means nothing to it`,
      'leave one out',
    )
  return options
}
