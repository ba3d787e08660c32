import { resolve } from 'node:path'
import type { RestoreOptions } from '@onehead/workspace'
import { type Call, type Command, formatOption } from '../command.js'
import { CommandLineError } from '../errors.js'
import { moveLook } from '../next-command.js'
import { findPlace, placeOptions } from '../place.js'
import { watchReplacing } from '../replacing.js'

export const restore: Command = {
  takes: '<environment> [BACKUP|latest]',
  options: [
    { name: 'in-place', says: 'replace the database itself, behind a backup of what is there' },
    { name: 'yes', value: 'NAME', says: 'the name of the database that --in-place may replace' },
    { name: 'as', value: 'NAME', says: 'how the new database or file is called; default: NAME_restored' },
    { name: 'database', value: 'NAME', says: 'which one, where env.py has several' },
    { name: 'from', value: 'FOLDER', says: 'where the backups lie, as `backup --to` was told' },
    { name: 'no-backup', says: 'with --in-place: replace without a backup of what is there' },
    { name: 'remote', says: 'also on a server that is not this machine' },
    { name: 'dry-run', says: 'read the backup, show the steps, and change nothing' },
    { name: 'x', short: 'x', value: 'NAME=VALUE', repeatable: true, says: 'for env.py, like `alembic -x`' },
    formatOption('text', 'json'),
    ...placeOptions,
  ],
  about: `Restores a backup to a new database or file beside the real one, says where it stands, and leaves the real one alone. BACKUP is
latest (the default), the beginning of a name that backup --list shows, or the path of a file. With --in-place it replaces the database: its name
has to be typed; what is there is backed up first; it is refused while others are connected; the backup is loaded beside and
compared before anything is replaced. A backup that is cut off, foreign or of a newer format is refused before anything is touched.`,
  examples: [
    'onehead restore billing',
    'onehead restore billing 2026-01-05T10 --as billing_monday',
    'onehead restore billing latest --in-place --yes billing_dev --dry-run',
    'onehead restore billing latest --in-place --yes billing_dev',
  ],
  async run(call) {
    const { given, world } = call
    const [core, workspace] = await Promise.all([import('@onehead/core'), import('@onehead/workspace')])
    const [environment, backup = 'latest', ...more] = given.positionals
    if (more.length > 0)
      throw new CommandLineError(`${more[0]} is one word too many`, 'name one environment and one backup')
    const { showPath, ...place } = findPlace(
      given,
      environment === undefined ? [] : [environment],
      world,
      workspace.findRoot,
    )
    const cwd = resolve(world.cwd, given.value('cwd') ?? '.')
    const isJson = given.value('format') === 'json'
    const page = moveLook(call, showPath, core)
    const told = watchReplacing(call, core, core.formatRestorePlan, page, 'replaced')
    const options: RestoreOptions = {
      ...place,
      ...readWish(call),
      backup,
      cwd,
      x: given.values('x'),
      shell: world.env,
      now: Date.now,
      ...told.options,
    }
    const outcome = await workspace.restoreDatabase(options).finally(told.end)
    const isWell = core.isRestored(outcome) || outcome.kind === 'untouched'
    const exitCode = isWell ? 0 : 1
    if (isJson) return { exitCode, stdout: core.formatRestoreJson(outcome) }
    const late = outcome.kind === 'refused' && !told.hasRefused() ? core.formatRestorePlan(outcome.plan, page) : ''
    return { exitCode, stdout: told.said() + late + core.formatRestoreOutcome(outcome, page) }
  },
}

function readWish({ given, world }: Call) {
  const inPlace = given.has('in-place')
  const other = ['yes', 'no-backup'].find((name) => given.has(name))
  if (!inPlace && other !== undefined)
    throw new CommandLineError(`--${other} means something only with --in-place`, 'add --in-place, or leave it out')
  if (inPlace && given.has('as'))
    throw new CommandLineError('--as names a new place, and --in-place wants none', 'leave one out')
  const from = given.value('from')
  return {
    inPlace,
    confirmed: given.value('yes'),
    as: given.value('as'),
    database: given.value('database'),
    from: from === null ? null : resolve(world.cwd, given.value('cwd') ?? '.', from),
    noBackup: given.has('no-backup'),
    remote: given.has('remote'),
    dryRun: given.has('dry-run'),
  }
}
