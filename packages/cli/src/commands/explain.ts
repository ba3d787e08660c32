import { nearest } from '../arguments.js'
import type { Command } from '../command.js'
import { CommandLineError } from '../errors.js'

export const explain: Command = {
  takes: '[rule | error text | -]',
  options: [],
  about: `Explains a rule, or an error that Alembic printed: its cause, its cure, and the rules that find the place. Without
an argument it lists the rules; with - it reads what is piped in.`,
  examples: [
    'onehead explain multiple-heads',
    "onehead explain 'Multiple head revisions are present for given argument'",
    'alembic upgrade head 2>&1 | onehead explain -',
  ],
  async run({ given, world, look }) {
    const core = await import('@onehead/core')
    const text =
      given.positionals.length === 1 && given.positionals[0] === '-'
        ? await world.readStandardInput()
        : given.positionals.join(' ')
    const name = text.trim()
    if (name === '') {
      if (given.positionals.length > 0)
        throw new CommandLineError('nothing was piped in', 'pipe the error in, or paste it in quotes')
      return { exitCode: 0, stdout: core.formatRuleTable(core.rules, look) }
    }
    if (core.isRuleName(name)) {
      const { readRulePage } = await import('@onehead/workspace')
      const page = await readRulePage(name)
      const rule = core.rules.find((one) => one.name === name)!
      return { exitCode: 0, stdout: core.formatRulePage(page ?? `# ${name}\n\n${rule.summary}`, look) }
    }
    const advice = core.explainAlembicError(name)
    if (advice.length > 0) return { exitCode: 0, stdout: core.formatAdvice(advice, look) }
    throw notKnown(name, core.ruleNames)
  },
}

function notKnown(text: string, rules: readonly string[]): CommandLineError {
  const near = nearest(text, rules)
  const start = text.length > 60 ? `${text.slice(0, 60)}…` : text
  const help = near ? `did you mean ${near}?` : 'list the rules with: onehead explain'
  return new CommandLineError(`neither a rule nor a known error: "${start}"`, help)
}
