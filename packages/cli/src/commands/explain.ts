import { nearest } from '../arguments.js'
import { type Call, type Command, formatOption } from '../command.js'
import { CommandLineError } from '../errors.js'
import { findPlace, placeOptions } from '../place.js'
import type { Outcome, World } from '../world.js'

type Core = typeof import('@onehead/core')

export const explain: Command = {
  takes: '[rule | error text | -]',
  options: [
    {
      name: 'environment',
      short: 'e',
      value: 'NAME',
      repeatable: true,
      says: 'the environment that the error comes from, where the text does not tell',
    },
    formatOption('text', 'json'),
    ...placeOptions,
  ],
  about: `Explains a rule, or an error: what Alembic, Flask-Migrate, SQLAlchemy or a driver printed, a traceback, a whole
CI log, the heading of a guide. Says its cause and its cure, and what the scripts and git of this workspace have to do
with it: file and line, revision, branch. Runs no Python and asks no database. Without an argument it lists the rules,
or reads what is piped in, as with -. Exits 1 where nothing that the text complains of is known.`,
  examples: [
    'onehead explain multiple-heads',
    "onehead explain 'Multiple head revisions are present for given argument'",
    'alembic upgrade head 2>&1 | onehead explain',
    'onehead explain - --format json < ci.log',
  ],
  async run(call) {
    const core = await import('@onehead/core')
    const text = await readText(call)
    const name = text.trim()
    if (name === '') return listRules(core, call)
    if (core.isRuleName(name)) return explainRule(core, name, call)
    if (nearest(name, core.ruleNames) !== null && core.recogniseErrors(name).errors.length === 0)
      throw notKnown(name, core.ruleNames)
    return explainText(core, text, call)
  },
}

/** What was typed; what is piped in where nothing was, or `-`. */
async function readText({ given, world }: Call): Promise<string> {
  const { positionals } = given
  const isDash = positionals.length === 1 && positionals[0] === '-'
  if (positionals.length > 0 && !isDash) return positionals.join(' ')
  if (!isDash && world.isInputTerminal === true) return ''
  const text = await readPatiently(world)
  if (isDash && text.trim() === '')
    throw new CommandLineError('nothing was piped in', 'pipe the error in, or paste it in quotes')
  return text
}

/** Who wonders why nothing happens. */
const WONDER_MS = 2000

/** To its end, however long that takes: whoever pipes an upgrade in must not lose its reader in the middle. */
async function readPatiently({ readStandardInput, tellTrouble }: World): Promise<string> {
  const waiting = 'reading standard input to its end; `onehead explain <rule or error>` reads none\n'
  const timer = setTimeout(() => tellTrouble?.(waiting), WONDER_MS)
  try {
    return await readStandardInput()
  } finally {
    clearTimeout(timer)
  }
}

function listRules(core: Core, { given, look }: Call): Outcome {
  if (given.value('format') !== 'json') return { exitCode: 0, stdout: core.formatRuleTable(core.rules, look) }
  const kinds = [...new Set(core.knownErrors.map(({ kind }) => kind))].sort()
  return { exitCode: 0, stdout: core.formatRuleListJson(core.rules, kinds) }
}

async function explainRule(core: Core, name: string, { given, look }: Call): Promise<Outcome> {
  const { readRulePage } = await import('@onehead/workspace')
  const rule = core.rules.find((one) => one.name === name)!
  const page = (await readRulePage(name)) ?? `# ${name}\n\n${rule.summary}`
  const isJson = given.value('format') === 'json'
  return { exitCode: 0, stdout: isJson ? core.formatRuleJson(rule, page) : core.formatRulePage(page, look) }
}

async function explainText(core: Core, text: string, { given, world, look }: Call): Promise<Outcome> {
  const workspace = await import('@onehead/workspace')
  const { showPath, ...place } = findPlace(given, given.values('environment'), world, workspace.findRoot)
  const report = await workspace.explain({ ...place, text, shell: world.env })
  const { explanations, unknown, seen } = report
  if (explanations.length + unknown.length + seen.length === 0)
    throw notKnown(core.maskSecrets(text.trim()), core.ruleNames)
  const exitCode = explanations.length > 0 ? 0 : 1
  const isJson = given.value('format') === 'json'
  const stdout = isJson ? core.formatExplanationsJson(report) : core.formatExplanations(report, { ...look, showPath })
  return { exitCode, stdout }
}

function notKnown(text: string, rules: readonly string[]): CommandLineError {
  const near = nearest(text, rules)
  const start = text.length > 60 ? `${text.slice(0, 60)}…` : text
  const help = near ? `did you mean ${near}?` : 'list the rules with: onehead explain'
  return new CommandLineError(`neither a rule nor a known error: "${start}"`, help)
}
