import { type Command, formatOption } from '../command.js'
import { CommandLineError } from '../errors.js'
import { findPlace, placeOptions } from '../place.js'

export const revision: Command = {
  takes: '[environment]',
  options: [
    { name: 'message', short: 'm', value: 'TEXT', says: 'what it does, in a line' },
    { name: 'autogenerate', says: "fill it by comparing the models with the database: runs the project's own Alembic" },
    { name: 'guarded', says: 'with existence checks for every step, which also work with `upgrade --sql`' },
    { name: 'head', value: 'HEAD', says: 'on this head, where several are right: an id, a label or label@head' },
    { name: 'rev-id', value: 'ID', says: 'give it this id' },
    { name: 'branch-label', value: 'LABEL', says: 'give it a branch label' },
    { name: 'version-path', value: 'DIR', says: 'put it into this version location, where there are several' },
    { name: 'allow-behind', says: 'go on although the target has revisions that are not here' },
    { name: 'dry-run', says: 'show it, and write nothing' },
    { name: 'offline', says: 'do not ask the remote what the target is today' },
    formatOption('text', 'json'),
    ...placeOptions,
  ],
  about: `Writes a new revision on the head that will still be one after the merge with the branch that this work will land on, so
that no fork begins: it refuses where that branch has revisions that are not here, and where there are several heads. The file is
what \`alembic revision\` would write with this project's template, named by \`fileName\` of onehead.json where that is set.
--autogenerate first asks whether the database stands at the head, and leaves no file behind where nothing has changed.`,
  examples: [
    'onehead revision -m "add invoice due date"',
    'onehead revision billing -m "add refunds" --guarded',
    'onehead revision billing -m "add refunds" --autogenerate',
  ],
  async run({ given, world, look }) {
    const [core, workspace] = await Promise.all([import('@onehead/core'), import('@onehead/workspace')])
    const message = given.value('message')
    if (message === null)
      throw new CommandLineError('a revision needs a message', 'say what it does: -m "add due date"')
    if (given.has('autogenerate') && given.has('guarded'))
      throw new CommandLineError('--autogenerate writes the steps itself', 'leave --guarded out')
    const { readPath, showPath, ...place } = findPlace(given, given.positionals, world, workspace.findRoot)
    const versionPath = given.value('version-path')
    const dryRun = given.has('dry-run')
    const isJson = given.value('format') === 'json'
    const command = ['onehead revision', ...given.positionals.map(core.shellWord), '-m', core.shellWord(message)]
    const flags = ['autogenerate', 'guarded', 'allow-behind']
      .filter((name) => given.has(name))
      .map((name) => `--${name}`)
    const apply = [...command, ...flags].join(' ')
    const recovered = dryRun ? null : await workspace.recover(place.root)
    const report = await workspace.newRevision({
      ...place,
      message,
      head: given.value('head'),
      revisionId: given.value('rev-id'),
      branchLabel: given.value('branch-label'),
      versionPath: versionPath === null ? null : readPath(versionPath),
      guarded: given.has('guarded'),
      autogenerate: given.has('autogenerate'),
      allowBehind: given.has('allow-behind'),
      offline: given.has('offline'),
      dryRun,
      command: apply,
    })
    const exitCode = report.refusals.length > 0 || report.left.some(({ severity }) => severity === 'error') ? 1 : 0
    const stderr = recovered === null ? '' : workspace.sayRecovered(recovered)
    if (isJson) return { exitCode, stdout: core.formatNewRevisionJson(report), stderr }
    return { exitCode, stdout: core.formatNewRevision(report, { ...look, showPath, apply }), stderr }
  },
}
