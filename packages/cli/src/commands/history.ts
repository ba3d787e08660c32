import type { HistoryReport } from '@onehead/core'
import { wholeNumber } from '../arguments.js'
import { type Call, type Command, formatOption } from '../command.js'
import { CommandLineError } from '../errors.js'
import { commitOption, findPlace, placeOptions } from '../place.js'
import type { Outcome } from '../world.js'

type Core = typeof import('@onehead/core')
type Own = 'unpublished' | 'custom'

export const history: Command = {
  takes: '[environment…]',
  options: [
    formatOption('text', 'json', 'markdown'),
    { name: 'limit', value: 'N', says: 'only the newest N revisions of each history' },
    {
      name: 'only',
      value: 'WHICH',
      choices: ['unpublished', 'custom'],
      says: 'unpublished: not on the target yet; custom: not in the project that this one is a fork of',
    },
    {
      name: 'upstream',
      value: 'REF',
      says: 'a branch of that project; default: the main branch of the remote upstream',
    },
    { name: 'write', value: 'FILE', says: 'write the Markdown list into that file; what stands around it stays' },
    { name: 'check', value: 'FILE', says: 'exit 1 when the list in that file is not what --write would write' },
    commitOption,
    ...placeOptions,
  ],
  about: `Lists the revisions of every history, newest first, as \`alembic history\` prints them, without Python. Exits 1 when
a history does not load in Alembic, or when only Python could tell. As Markdown the oldest come first.`,
  examples: [
    'onehead history',
    'onehead history services/billing --limit 5',
    'onehead history --only unpublished',
    'onehead history --only custom --write CUSTOM_MIGRATIONS.md',
    'onehead history --only custom --check CUSTOM_MIGRATIONS.md',
  ],
  async run(call) {
    const { given, world, look } = call
    const [core, workspace] = await Promise.all([import('@onehead/core'), import('@onehead/workspace')])
    const limit = wholeNumber(given, 'limit')
    const only = given.value('only') as Own | null
    if (given.has('upstream') && only !== 'custom')
      throw new CommandLineError('--upstream tells what custom means', 'give it with --only custom')
    const { root, environments: named, configs, full } = findPlace(given, given.positionals, world, workspace.findRoot)
    const wanted = {
      root,
      environments: named,
      configs,
      full,
      only,
      upstream: given.value('upstream'),
      at: given.value('at'),
    }
    const { environments } = await workspace.listHistory(wanted)
    const exitCode = environments.every(({ revisions }) => revisions !== null) ? 0 : 1
    const stderr = core.formatRefusals(environments, { ...look, at: given.value('at') })
    if (given.has('write') || given.has('check')) {
      const outcome = await keepList(call, core, environments, only)
      return {
        ...outcome,
        exitCode: exitCode === 0 ? outcome.exitCode : exitCode,
        stderr: stderr + (outcome.stderr ?? ''),
      }
    }
    switch (given.value('format')) {
      case 'json':
        return { exitCode, stdout: core.formatHistoryJson(environments, limit) }
      case 'markdown':
        return { exitCode, stdout: listOf(core, environments, only, null), stderr }
      default:
        return { exitCode, stdout: core.formatHistory(environments, { ...look, limit }), stderr }
    }
  },
}

function listOf(core: Core, environments: readonly HistoryReport[], only: Own | null, file: string | null): string {
  const title =
    only === null ? 'Migrations' : only === 'custom' ? 'Custom migrations' : 'Migrations that are not published'
  const words = [
    'onehead history',
    ...(only === null ? [] : [`--only ${only}`]),
    ...(file === null ? [] : [`--write ${file}`]),
  ]
  return core.formatHistoryMarkdown(environments, { title, command: words.join(' ') })
}

/** `--write` and `--check`: the list in a document of the user's. */
async function keepList(
  { given, world, look }: Call,
  core: Core,
  environments: readonly HistoryReport[],
  only: Own | null,
): Promise<Outcome> {
  const [{ readFile, writeFile }, { resolve }] = await Promise.all([import('node:fs/promises'), import('node:path')])
  const [write, check] = [given.value('write'), given.value('check')]
  if (write !== null && check !== null) throw new CommandLineError('--write and --check exclude each other', 'give one')
  const file = (write ?? check)!
  const path = resolve(world.cwd, given.value('cwd') ?? '.', file)
  const document = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw new CommandLineError(`${file} cannot be read: ${error.message}`, 'name a file')
  })
  const block = listOf(core, environments, only, file)
  const isCurrent = document !== null && core.findHistoryBlock(document) === block
  if (isCurrent) return { exitCode: 0, stdout: `${file} is current\n` }
  if (check !== null) {
    const command = `${look.program} history${only === null ? '' : ` --only ${only}`} --write ${core.shellWord(file)}`
    const what = document === null ? 'is not there' : 'is not current'
    return { exitCode: 1, stdout: '', stderr: `error: ${file} ${what}\n  help: run \`${command}\`\n` }
  }
  await writeFile(path, core.withHistoryBlock(document ?? '', block))
  return { exitCode: 0, stdout: `${file} is written\n` }
}
