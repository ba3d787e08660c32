import type { HookName } from '@onehead/workspace'
import { nearest } from '../arguments.js'
import { type Command, formatOption } from '../command.js'
import { CommandLineError } from '../errors.js'
import type { World } from '../world.js'

export const init: Command = {
  takes: '',
  options: [
    { name: 'dry-run', says: 'show what would be written as a diff, and write nothing' },
    { name: 'uninstall', says: 'take out what init has put in, and nothing else' },
    {
      name: 'hooks',
      value: 'LIST',
      says: 'hooks to install, with commas; default: pre-push and every post-* that may bring revisions',
    },
    {
      name: 'fetch',
      value: 'WHEN',
      choices: ['auto', 'never'],
      says: 'auto: a push with revisions first fetches the branch it lands on, for a few seconds at most',
    },
    { name: 'target', value: 'BRANCH', says: 'the branch that work lands on from this clone, such as upstream/main' },
    { name: 'cwd', value: 'DIR', says: 'run as if started there' },
    formatOption('text', 'json'),
  ],
  about: `Installs the git hooks: through husky (which it adds where nothing is yet), into plain hooks, or as lines to paste for
lefthook, pre-commit and simple-git-hooks. Running it again changes nothing. What others wrote is never touched; where it
cannot be sure, it writes nothing, says why and exits 1. Without a terminal it asks nothing.`,
  examples: [
    'onehead init',
    'onehead init --dry-run',
    'onehead init --hooks pre-push,post-merge --fetch auto',
    'onehead init --uninstall',
  ],
  async run({ given, world, look }) {
    const [superfluous] = given.positionals
    if (superfluous !== undefined)
      throw new CommandLineError(`init takes no argument, and got "${superfluous}"`, 'name hooks with --hooks')
    const [workspace, { resolve }] = await Promise.all([import('@onehead/workspace'), import('node:path')])
    const folder = resolve(world.cwd, given.value('cwd') ?? '.')
    const [dryRun, uninstall] = [given.has('dry-run'), given.has('uninstall')]
    if (uninstall && ['hooks', 'fetch', 'target'].some(given.has))
      throw new CommandLineError('--uninstall takes everything out', 'give it without --hooks, --fetch and --target')
    const isJson = given.value('format') === 'json'
    let fetch = given.value('fetch') as 'auto' | 'never' | null
    let target = given.value('target')
    const hooks = parseHooks(given.value('hooks'), workspace)
    if (!uninstall && !dryRun && !isJson && world.ask !== undefined) {
      const open = await workspace.findInitQuestions(folder)
      if (open.fetch && fetch === null)
        fetch = (await agrees(world, 'Before a push with revisions, fetch the branch it lands on?')) ? 'auto' : 'never'
      if (
        open.upstream !== null &&
        target === null &&
        (await agrees(world, `Does your work land on ${open.upstream}?`))
      )
        target = open.upstream
    }
    const { plan, applied } = await workspace.init({ folder, hooks, fetch, target, dryRun, uninstall })
    const exitCode = plan.refusals.length > 0 ? 1 : 0
    if (isJson) {
      const { manager, edits, snippet, ...rest } = plan
      const files = edits.map(({ path, before, after }) => ({
        path,
        change: before === null ? 'add' : after === null ? 'remove' : 'edit',
      }))
      const told = { schemaVersion: 1, applied, manager: manager.kind, files, snippet, ...rest }
      return { exitCode, stdout: `${JSON.stringify(told, null, 2)}\n` }
    }
    if (exitCode !== 0) return { exitCode, stdout: '', stderr: workspace.formatRefusals(plan, look) }
    return { exitCode, stdout: workspace.formatInstallation(plan, { ...look, dryRun, uninstall }) }
  },
}

/** Enter means no: nothing is switched on that nobody asked for. */
async function agrees(world: World, message: string): Promise<boolean> {
  return (await world.ask?.({ kind: 'confirm', message, byDefault: 'no' })) === 'yes'
}

function parseHooks(
  typed: string | null,
  { hookNames, usualHooks }: { readonly hookNames: readonly HookName[]; readonly usualHooks: readonly HookName[] },
): readonly HookName[] {
  if (typed === null) return usualHooks
  const names = typed.split(',').map((name) => name.trim())
  return names.map((name) => {
    const found = hookNames.find((one) => one === name)
    if (found !== undefined) return found
    const near = nearest(name, hookNames)
    throw new CommandLineError(
      `no hook is called "${name}"`,
      near ? `did you mean ${near}?` : `choose from ${hookNames.join(', ')}`,
    )
  })
}
