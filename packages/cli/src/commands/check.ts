import type { CheckReport, Profile } from '@onehead/core'
import type { CheckOptions } from '@onehead/workspace'
import { wholeNumber } from '../arguments.js'
import { type Command, formatOption } from '../command.js'
import { CommandLineError } from '../errors.js'
import { findPlace, placeOptions } from '../place.js'
import { version } from '../version.js'

type Scripts = 'new' | 'all' | 'none'

/** Spelled out, so that `--help` loads no rule. */
const PROFILES = ['recommended', 'strict', 'postgresql-online'] as const satisfies readonly Profile[]

export const check: Command = {
  takes: '[environment…]',
  options: [
    formatOption('text', 'json', 'github', 'sarif'),
    {
      name: 'scripts',
      value: 'WHICH',
      choices: ['new', 'all', 'none'],
      says: 'judge one by one: new scripts (default; the rest is folded), all or none',
    },
    { name: 'fix', says: 'apply safe fixes to scripts that are not published, then check again' },
    { name: 'at', value: 'REF', says: 'judge a commit instead of the working tree' },
    { name: 'staged', says: 'judge what is staged' },
    {
      name: 'merge-with',
      value: 'REF',
      says: 'judge what merging HEAD (or --at, --staged) into that branch will make',
    },
    { name: 'rule', value: 'RULE', repeatable: true, says: 'only this rule' },
    {
      name: 'profile',
      value: 'PROFILE',
      choices: PROFILES,
      says: 'levels to start from: recommended (default), strict or postgresql-online',
    },
    { name: 'max-warnings', value: 'N', says: 'fail when there are more warnings' },
    { name: 'no-cache', says: 'look at everything again, also at what has not changed since the last time' },
    { name: 'update-baseline', says: 'park what is found now in onehead.baseline.json' },
    ...placeOptions,
  ],
  about: `Judges every Alembic history of the workspace, or those of the environments named (by name, folder or
configuration file). Nothing is executed. Exits 1 when an error remains.`,
  examples: [
    'onehead check',
    'onehead check services/billing --scripts all',
    'onehead check -c deploy/db.ini -n tenants',
    'onehead check --merge-with origin/main',
    'onehead check --format github --max-warnings 0',
  ],
  async run({ given, world, look, startedAt }) {
    const [core, workspace] = await Promise.all([import('@onehead/core'), import('@onehead/workspace')])
    const maxWarnings = wholeNumber(given, 'max-warnings')
    const { environments, repositoryPrefix, showPath, root, configs, full } = findPlace(
      given,
      given.positionals,
      world,
      workspace.findRoot,
    )
    const profile = given.value('profile') as Profile | null
    // Only plain values: a second thread gets a copy of them.
    const options = { root, configs, full, rules: given.values('rule'), ...(profile === null ? {} : { profile }) }
    const [at, mergeWith] = [given.value('at'), given.value('merge-with')]
    const chosen = {
      ...(at === null ? {} : { at }),
      ...(mergeWith === null ? {} : { mergeWith }),
      staged: given.has('staged'),
    }
    if (given.has('update-baseline')) {
      if (at !== null || mergeWith !== null || chosen.staged)
        throw new CommandLineError(
          '--update-baseline takes the working tree',
          'leave --at, --staged and --merge-with out',
        )
      if (environments.length > 0)
        throw new CommandLineError('--update-baseline takes the whole workspace', 'name no environment')
      const { path, parked, remaining } = await workspace.updateBaseline(options)
      const counted = `${parked} ${parked === 1 ? 'finding is' : 'findings are'} parked in ${showPath(path)}`
      const left = remaining === 0 ? '' : `; ${remaining} cannot be, because they stop Alembic`
      return {
        exitCode: remaining === 0 ? 0 : 1,
        stdout: `${counted}${left}\nnext: commit it; \`${look.program} check\` now shows what is new\n`,
      }
    }
    const scripts = (given.value('scripts') ?? 'new') as Scripts
    const wanted = { ...options, ...chosen, environments, scripts, cache: !given.has('no-cache') }
    const { report, source, edited } = given.has('fix')
      ? await fixed(workspace, wanted)
      : { ...(await workspace.check(wanted)), edited: [] }
    const { errors, warnings } = report.summary
    const exitCode = errors > 0 || (maxWarnings !== null && warnings > maxWarnings) ? 1 : 0
    const textOptions = { ...look, source, showPath, maxWarnings, elapsedMs: world.now() - startedAt }
    switch (given.value('format')) {
      case 'json':
        return { exitCode, stdout: core.formatCheckJson(report) }
      case 'github':
        return {
          exitCode,
          stdout:
            core.formatGithub(report, { pathPrefix: repositoryPrefix, program: look.program }) +
            core.formatCheckSummary(report, textOptions),
        }
      case 'sarif': {
        const pages = await readPages(workspace, report)
        const page = (rule: string) => pages.get(rule) ?? null
        const about = { rule: core.findRule, page, version: version(), program: look.program }
        return { exitCode, stdout: core.formatSarif(report, { ...about, pathPrefix: repositoryPrefix }) }
      }
      default:
        return { exitCode, stdout: sayEdited(edited, showPath, look.program) + core.formatCheck(report, textOptions) }
    }
  },
}

type Workspace = typeof import('@onehead/workspace')

/** The pages of the rules that found something. */
async function readPages({ readRulePage }: Workspace, { diagnostics }: CheckReport) {
  const pages = new Map<string, string | null>()
  for (const { rule } of diagnostics) if (!pages.has(rule)) pages.set(rule, await readRulePage(rule))
  return pages
}

async function fixed(workspace: Workspace, options: CheckOptions) {
  if (options.at !== undefined || options.mergeWith !== undefined || options.staged)
    throw new CommandLineError('--fix edits the working tree', 'leave --at, --staged and --merge-with out')
  await workspace.recover(options.root)
  const { result, edited } = await workspace.fixFindings(options, 'onehead check --fix', Date.now())
  return { ...result, edited }
}

function sayEdited(paths: readonly string[], showPath: (path: string) => string, program: string): string {
  if (paths.length === 0) return ''
  const files = `${paths.length} ${paths.length === 1 ? 'file was' : 'files were'} mended`
  return `${files}: ${paths.map(showPath).join(', ')} (\`${program} fix --undo\` takes it back)\n\n`
}
