import { resolve } from 'node:path'
import type { RehearseOptions, RehearseProgress } from '@onehead/workspace'
import { type Command, formatOption } from '../command.js'
import { CommandLineError } from '../errors.js'
import { findPlace, placeOptions } from '../place.js'
import { createProgress } from '../progress.js'

export const rehearse: Command = {
  takes: '[environment…]',
  options: [
    { name: 'empty', says: 'begin with an empty database instead of a copy: every revision from the first' },
    { name: 'from', value: 'DUMP', says: 'begin with a backup, a dump or a SQLite file' },
    { name: 'since', value: 'REVISION', says: 'step back to this revision on the copy first (or to `base`)' },
    { name: 'merge-with', value: 'REF', says: 'add the revisions of this branch, and run both orders' },
    { name: 'strict', says: 'a revision without a way back, and data that does not come back, fail too' },
    { name: 'write-schema', value: 'FILE', says: 'write the schema after the last revision, as Markdown' },
    { name: 'check-schema', value: 'FILE', says: 'compare that schema with such a file' },
    { name: 'no-rows', says: 'count no rows and values: faster on a large database' },
    { name: 'remote', says: 'make the copy also on a server that is not this machine' },
    { name: 'keep', says: 'leave the copy there, and say where' },
    { name: 'timeout', value: 'SECONDS', says: 'the longest that one step may take; default: 600' },
    { name: 'x', short: 'x', value: 'NAME=VALUE', repeatable: true, says: 'for env.py, like `alembic -x`' },
    formatOption('text', 'json'),
    ...placeOptions,
  ],
  about: `Runs migrations on a copy of the database, never on the database itself: each pending revision up, down and up again, with
schema and rows compared after each step. Names what a downgrade leaves behind or loses, with file and line; runs branches in both
orders; compares the models with the schema at the end. Every connection that env.py opens is led to the copy and proven to be there;
the copy is dropped in the end. Where there is no database yet, it begins with an empty one.`,
  examples: [
    'onehead rehearse services/billing',
    'onehead rehearse billing --empty',
    'onehead rehearse billing --merge-with origin/main',
    'onehead rehearse billing --empty --check-schema docs/schema.md',
  ],
  async run(call) {
    const { given, world, look } = call
    const [core, workspace] = await Promise.all([import('@onehead/core'), import('@onehead/workspace')])
    const { showPath, ...place } = findPlace(given, given.positionals, world, workspace.findRoot)
    const isJson = given.value('format') === 'json'
    const file = (name: string) => {
      const path = given.value(name)
      return path === null ? null : resolve(world.cwd, path)
    }
    const progress = createProgress(world)
    const options: RehearseOptions = {
      ...place,
      from: file('from'),
      empty: given.has('empty'),
      since: given.value('since'),
      mergeWith: given.value('merge-with'),
      remote: given.has('remote'),
      keep: given.has('keep'),
      noRows: given.has('no-rows'),
      writeSchema: file('write-schema'),
      checkSchema: file('check-schema'),
      ...timeoutOf(given.value('timeout')),
      x: given.values('x'),
      shell: world.env,
      onProgress: (step) => {
        const text = sayStep(step)
        if (text !== null) progress.show(core.visible(text))
      },
    }
    const { environments, stopped } = await workspace.rehearse(options).finally(() => progress.clear())
    const strict = given.has('strict')
    const isWell = stopped === null && environments.every((one) => core.isRehearsedWell(one, strict))
    return {
      exitCode: isWell ? 0 : 1,
      stdout: isJson
        ? core.formatRehearsalJson(environments)
        : core.formatRehearsal(environments, { ...look, showPath, strict }),
      ...(stopped === null ? {} : { stderr: `stopped by ${stopped}: the copies are dropped\n` }),
    }
  },
}

function timeoutOf(text: string | null): Pick<RehearseOptions, 'timeoutSeconds'> {
  if (text === null) return {}
  const timeoutSeconds = Number(text)
  if (!/^\d+$/.test(text) || timeoutSeconds < 1 || timeoutSeconds > 86_400)
    throw new CommandLineError(`--timeout ${text} is no number of seconds`, 'give a whole number, such as --timeout 60')
  return { timeoutSeconds }
}

function sayStep(progress: RehearseProgress): string | null {
  switch (progress.kind) {
    case 'copy':
      return `${progress.environment}: copying ${progress.original}`
    case 'step': {
      const { environment, number, of, revision, step } = progress
      return `${environment}: ${number}/${of} ${revision} ${STEPS[step]}`
    }
    case 'other-order':
      return `${progress.environment}: the branches in their other order`
    default:
      return null
  }
}

const STEPS = { up: 'up', down: 'down', 'up-again': 'up again' }
