import type { Command } from '../command.js'
import { repairOptions, runRepair } from '../repair-command.js'

export const rebase: Command = {
  takes: '[environment…]',
  options: repairOptions,
  about: `Re-parents my unpublished revisions onto the head of the branch that they will land on. Only the bytes of
\`down_revision\` and the docstring's \`Revises:\` change. Refuses where something of mine is published, shared or labelled, and
names the fact. In the middle of a merge, a rebase or a cherry-pick mine is still what the target does not have.`,
  examples: ['onehead rebase', 'onehead rebase billing --dry-run', 'onehead rebase --commit'],
  run: (call) => runRepair(call, 'rebase'),
}
