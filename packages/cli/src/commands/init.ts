import type { HookName } from '@onehead/workspace'
import { nearest } from '../arguments.js'
import { type Call, type Command, formatOption } from '../command.js'
import { CommandLineError } from '../errors.js'
import { findPlace } from '../place.js'
import type { Outcome, World } from '../world.js'

export const init: Command = {
  takes: '[environment…]',
  options: [
    { name: 'dry-run', says: 'show what would be written as a diff, and write nothing' },
    { name: 'uninstall', says: 'take out what init has put in, and nothing else' },
    {
      name: 'guard',
      says: 'no hooks: lines in env.py that stop a plain `alembic upgrade` while there are several heads',
    },
    { name: 'replace-snippet', says: 'with --guard: take out the lines of guides that end in a KeyError' },
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
cannot be sure, it writes nothing, says why and exits 1. Without a terminal it asks nothing. With --guard it leaves the hooks
alone and guards the env.py of every environment, or of those named, so that Alembic itself stops, without onehead.`,
  examples: [
    'onehead init',
    'onehead init --dry-run',
    'onehead init --hooks pre-push,post-merge --fetch auto',
    'onehead init --guard --dry-run',
    'onehead init --uninstall',
  ],
  async run(call) {
    const { given, world, look } = call
    if (given.has('guard')) return runGuard(call)
    const [superfluous] = given.positionals
    if (superfluous !== undefined)
      throw new CommandLineError(
        `init takes environments only with --guard, and got "${superfluous}"`,
        'name hooks with --hooks',
      )
    if (given.has('replace-snippet'))
      throw new CommandLineError('--replace-snippet is about env.py', 'give it together with --guard')
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
    const { plan, applied, guards } = await workspace.init({ folder, hooks, fetch, target, dryRun, uninstall })
    const exitCode = plan.refusals.length > 0 || guards?.refusals.length ? 1 : 0
    if (isJson) {
      const { manager, edits, snippet, ...rest } = plan
      const files = edits.map(({ path, before, after }) => ({
        path,
        change: before === null ? 'add' : after === null ? 'remove' : 'edit',
      }))
      const told = { schemaVersion: 1, applied, manager: manager.kind, files, snippet, ...rest }
      const others = guards === null ? {} : { guard: workspace.reportGuard(guards) }
      return { exitCode, stdout: `${JSON.stringify({ ...told, ...others }, null, 2)}\n` }
    }
    if (guards?.refusals.length) return { exitCode, stdout: '', stderr: workspace.formatGuardRefusals(guards, look) }
    if (exitCode !== 0) return { exitCode, stdout: '', stderr: workspace.formatRefusals(plan, look) }
    const page = { ...look, dryRun, uninstall }
    const besides = guards?.guards.length ? workspace.formatGuard(guards, page) : ''
    return { exitCode, stdout: workspace.formatInstallation(plan, page) + besides }
  },
}

/** `init --guard`: about env.py alone. */
async function runGuard({ given, world, look }: Call): Promise<Outcome> {
  const about = ['hooks', 'fetch', 'target'].find(given.has)
  if (about !== undefined)
    throw new CommandLineError(
      `--guard is about env.py, and --${about} about hooks`,
      'run init twice: once without --guard',
    )
  const workspace = await import('@onehead/workspace')
  const { root, environments } = findPlace(given, given.positionals, world, workspace.findRoot)
  const [dryRun, uninstall, isJson] = [given.has('dry-run'), given.has('uninstall'), given.value('format') === 'json']
  const options = { root, environments, dryRun, uninstall, replaceSnippet: given.has('replace-snippet') }
  let { plan, applied } = await workspace.guard(options)
  const isAsked =
    !isJson && !dryRun && plan.refusals.length > 0 && plan.refusals.every(({ kind }) => kind === 'snippet')
  if (isAsked && world.ask !== undefined) {
    const where = plan.refusals.map(({ path }) => path).join(', ')
    const question = `Put the guard in the place of the snippet that ends in a KeyError (${where})?`
    if (await agrees(world, question)) ({ plan, applied } = await workspace.guard({ ...options, replaceSnippet: true }))
  }
  const exitCode = plan.refusals.length > 0 ? 1 : 0
  if (isJson) {
    const told = { schemaVersion: 1, applied, ...workspace.reportGuard(plan) }
    return { exitCode, stdout: `${JSON.stringify(told, null, 2)}\n` }
  }
  if (exitCode !== 0) return { exitCode, stdout: '', stderr: workspace.formatGuardRefusals(plan, look) }
  return { exitCode, stdout: workspace.formatGuard(plan, { ...look, dryRun, uninstall }) }
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
