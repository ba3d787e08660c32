import type { Command } from '../command.js'
import { CommandLineError } from '../errors.js'
import { repairOptions, runRepair } from '../repair-command.js'

export const fix: Command = {
  takes: '[environment…]',
  options: [{ name: 'undo', says: 'take the last repair back' }, ...repairOptions],
  about: `Brings every history back to one head: re-parents what nobody else has, merges the rest, and says which fact decided.
Also mends ids declared twice, a parent named by its file name, published scripts that were deleted, stale docstrings. Shows the
plan and the way for a database that has run what moves, writes all files or none, and checks again. Published scripts are
never edited. Without --interactive it asks nothing, and refuses what is not decided; with it, columns that become NOT NULL at
once are offered the safe way in several revisions.`,
  examples: [
    'onehead fix',
    'onehead fix billing --dry-run',
    'onehead fix --commit',
    'onehead fix --interactive',
    'onehead fix --undo',
  ],
  async run(call) {
    if (!call.given.has('undo')) return runRepair(call, 'fix')
    if (call.given.has('interactive') || call.given.has('commit') || call.given.positionals.length > 0)
      throw new CommandLineError('--undo takes the last repair back as a whole', 'give it alone, or with --dry-run')
    const { undoRepair } = await import('../undo-command.js')
    return undoRepair(call)
  },
}
