import { nearest } from '../arguments.js'
import { type Command, formatOption } from '../command.js'
import { CommandLineError } from '../errors.js'
import { COMMIT_GATES, isCommitGate } from '../hooks/commit-gates.js'
import { isMessenger, MESSENGERS } from '../hooks/messengers.js'

const HOOKS = ['pre-push', ...MESSENGERS, ...COMMIT_GATES]

export const hook: Command = {
  takes: '<name> [what git says]',
  options: [formatOption('text', 'json')],
  about: `What the git hooks run: ${HOOKS.join(', ')}. \`onehead init\` installs them; they take git's
arguments and its standard input. pre-push stops a push that would newly bring an error, and ends with 1; run by
hand in a terminal it judges what is checked out against the branch that it will land on. post-* only tell.
Nothing of any commit is executed. Past a hook: ONEHEAD_SKIP='why', or git's --no-verify.`,
  examples: ['onehead hook pre-push origin', 'onehead hook pre-push "$@"', 'onehead hook post-merge "$@"'],
  async run({ given, world, look }) {
    const [name = '', ...args] = given.positionals
    if (name === 'pre-push') {
      const { prePush } = await import('../hooks/pre-push.js')
      return prePush(args, { world, look: async () => look, json: given.value('format') === 'json' })
    }
    if (isMessenger(name)) {
      const { tell } = await import('../hooks/messenger.js')
      return tell(name, args, { world, look })
    }
    if (isCommitGate(name)) {
      const { judgeBeforeCommit } = await import('../hooks/commit-gate.js')
      return judgeBeforeCommit(name, { world, look })
    }
    throw unknownHook(name)
  },
}

function unknownHook(name: string): CommandLineError {
  const near = nearest(name, HOOKS)
  const help = near ? `did you mean ${near}?` : `the hooks are ${HOOKS.join(', ')}`
  return new CommandLineError(name === '' ? 'which hook?' : `no hook is called "${name}"`, help)
}
