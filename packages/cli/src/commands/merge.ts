import { type Command, formatOption } from '../command.js'
import { CommandLineError } from '../errors.js'
import { placeOptions } from '../place.js'
import { runRepair } from '../repair-command.js'

export const merge: Command = {
  takes: '[environment…]',
  options: [
    {
      name: 'heads',
      value: 'HEAD,HEAD',
      repeatable: true,
      says: 'merge these: ids, beginnings of ids, labels or label@head; default: the heads that are too many',
    },
    { name: 'message', short: 'm', value: 'TEXT', says: 'default: one that names both sides' },
    { name: 'rev-id', value: 'ID', says: 'give it this id' },
    { name: 'branch-label', value: 'LABEL', says: 'give it a branch label' },
    { name: 'allow-overlap', says: 'go on although both sides create or alter the same thing' },
    { name: 'dry-run', says: 'show it, and write nothing' },
    { name: 'commit', says: 'commit what was written, and tell whether a push would pass' },
    { name: 'offline', says: 'do not ask the remote what the target is today' },
    formatOption('text', 'json'),
    ...placeOptions,
  ],
  about: `Writes a merge revision of the heads that are in this tree, or of those named with --heads: the file that \`alembic merge\`
would write with this project's template, file names and hooks. With one head it writes nothing. Heads that the branch this work will
land on has joined already are not joined a second time.`,
  examples: [
    'onehead merge',
    'onehead merge billing --heads 8b1f,f04d -m "merge due dates and refunds"',
    'onehead merge billing --heads due-dates@head,refunds@head --dry-run',
  ],
  run(call) {
    const { given } = call
    const heads = given
      .values('heads')
      .flatMap((list) => list.split(/[,\s]+/))
      .filter((head) => head !== '')
    if (given.has('heads') && heads.length === 0)
      throw new CommandLineError('--heads names nothing', 'write --heads 8b1f,f04d')
    const [message, revision, branchLabel] = [
      given.value('message'),
      given.value('rev-id'),
      given.value('branch-label'),
    ]
    const words = [
      ...(heads.length === 0 ? [] : ['--heads', heads.join(',')]),
      ...(message === null ? [] : ['-m', message]),
      ...(revision === null ? [] : ['--rev-id', revision]),
      ...(branchLabel === null ? [] : ['--branch-label', branchLabel]),
      ...(given.has('allow-overlap') ? ['--allow-overlap'] : []),
    ]
    return runRepair(call, 'merge', {
      words,
      plan: (workspace, { root, environments = [], configs = [] }) =>
        workspace.planMerge({
          ...{ root, environments, configs, heads, message, revision, branchLabel },
          allowOverlap: given.has('allow-overlap'),
          offline: given.has('offline'),
          dryRun: given.has('dry-run'),
        }),
    })
  },
}
