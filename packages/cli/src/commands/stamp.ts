import type { StampDatabasesOptions } from '@onehead/workspace'
import { type Call, type Command, formatOption } from '../command.js'
import { CommandLineError } from '../errors.js'
import { moveLook, typedAgain } from '../next-command.js'
import { findPlace, placeOptions } from '../place.js'
import { createTeller, showSql } from '../upgrade-progress.js'

export const stamp: Command = {
  takes: '<environment> <revision…>',
  options: [
    { name: 'yes', short: 'y', says: 'write it: without this, or a yes at a terminal, it is only shown' },
    { name: 'purge', says: 'empty the version table first: the only way where it holds what no script declares' },
    { name: 'dry-run', says: 'show what would be written and claimed, and write nothing' },
    { name: 'sql', says: 'print the statements, like `alembic stamp --sql`; no database is touched' },
    { name: 'x', short: 'x', value: 'NAME=VALUE', repeatable: true, says: 'for env.py, like `alembic -x`' },
    formatOption('text', 'json'),
    ...placeOptions,
  ],
  about: `Writes where a database stands, and runs nothing: the revisions named, heads for all heads, base for none. Lists first the
revisions that would count as run without being run, and those that would no longer count, and looks whether their tables and
columns are really there. Refuses rows of which one lies above another. Shows what the version table held, and how to put it back.`,
  examples: [
    'onehead stamp billing heads --dry-run',
    'onehead stamp services/billing 8b1f2c7d90aa --yes',
    'onehead stamp billing 8b1f2c7d90aa --purge',
    'onehead stamp billing base',
  ],
  async run(call) {
    const { given, world } = call
    const [environment, ...revisions] = given.positionals
    if (environment === undefined || revisions.length === 0)
      throw new CommandLineError(
        'stamp wants an environment, and where it stands',
        'write onehead stamp <environment> <revision>, or heads, or base',
      )
    const [core, workspace] = await Promise.all([import('@onehead/core'), import('@onehead/workspace')])
    const { showPath, ...place } = findPlace(given, [environment], world, workspace.findRoot)
    const told = createTeller(call, core)
    const page = moveLook(call, showPath, core)
    const isJson = given.value('format') === 'json'
    let wasAsked = given.has('yes')
    const options: StampDatabasesOptions = {
      ...place,
      revisions,
      purge: given.has('purge'),
      dryRun: given.has('dry-run'),
      x: given.values('x'),
      shell: world.env,
      agree: async (plans) => {
        if (wasAsked || isJson || world.ask === undefined) return wasAsked
        wasAsked = true
        told.pause()
        const message = plans.some(core.isDoubtful) ? 'Write this, although it is not borne out?' : 'Write this?'
        return (await world.ask({ kind: 'confirm', message, byDefault: 'no' })) === 'yes'
      },
      onProgress: (step) =>
        step.kind === 'planned' ? told.tell(core.formatStampPlan(step.plans, page)) : told.onProgress(step),
    }
    if (given.has('sql')) return showSql(await workspace.stampSql(refuseMixed(call, options)), told)
    const { environments, stopped } = await workspace.stampDatabases(options)
    const isShown = options.dryRun === true && environments.every(({ kind }) => kind !== 'refused')
    const exitCode = stopped === null && (isShown || environments.every(core.isStamped)) ? 0 : 1
    const stopping = stopped === null ? '' : `stopped by ${stopped}: nothing was written\n`
    if (isJson) return told.outcome(exitCode, core.formatStampJson(environments), stopping)
    const isLeft = environments.some(({ kind }) => kind === 'untouched')
    const next = !isLeft
      ? ''
      : wasAsked
        ? 'nothing is written\n'
        : `nothing is written yet; next: \`${core.visible(typedAgain(call, 'stamp', core, ['--yes']))}\`\n`
    return told.outcome(exitCode, `${core.formatStampOutcome(environments, page)}${next}`, stopping)
  },
}

/** `--sql` prints statements and nothing else. */
function refuseMixed({ given }: Call, options: StampDatabasesOptions): StampDatabasesOptions {
  const other = ['dry-run', 'purge', 'yes'].find((name) => given.has(name))
  if (other !== undefined || given.value('format') === 'json')
    throw new CommandLineError(
      `--sql prints statements, and --${other ?? 'format json'} means nothing to it`,
      'leave one out',
    )
  return options
}
