import { realpathSync } from 'node:fs'
import { isAbsolute, relative, sep } from 'node:path'
import {
  oursWith,
  type ResetDatabase,
  type ResetPlan,
  type RestoreRefusal,
  recogniseDevelopment,
  refuseScripts,
} from '@onehead/core'
import { askDatabase } from '../alembic/ask-database.js'
import type { DatabaseFacts } from '../alembic/index.js'
import type { Runner } from '../alembic/runner.js'
import { BackupFailed } from '../database/failure.js'
import { isLoopback } from '../database/loopback.js'
import { restorerFor } from '../database/method-for.js'
import { surroundingsOf } from '../database/program.js'
import type { Target } from '../restore/ask-target.js'
import { refuseConnected } from '../restore/plan-restore.js'
import { check } from '../use-cases/check.js'
import { findPublishedOf } from './find-published.js'
import type { ResetOptions } from './options.js'

/** A reset that can begin. */
export interface ReadyReset {
  readonly plan: ResetPlan
  readonly runner: Runner
  /** In env.py's order, as `plan.databases`. */
  readonly facts: readonly DatabaseFacts[]
}

/** Looks at the databases, the scripts and what is published, and plans; changes nothing. */
export async function planReset(target: Target, options: ResetOptions): Promise<ReadyReset | ResetPlan> {
  const { environment, runner, answer, history } = target
  const { name, path, config, section } = environment
  const wantsHistory = options.history === true
  const scripts = wantsHistory ? [...new Set(history.scripts.map((script) => script.path))] : []
  const blank: ResetPlan = {
    ...{
      name,
      path: path || '.',
      config,
      section,
      x: options.x ?? [],
      databases: [],
      history: wantsHistory,
      scripts,
      steps: [],
      refusal: null,
    },
  }
  const refuse = (refusal: RestoreRefusal, databases: readonly ResetDatabase[] = []) => ({
    ...blank,
    databases,
    refusal,
  })
  if (runner.kind === 'missing') {
    const { message, help, command } = runner
    return refuse({ kind: 'unasked', message, help, command })
  }
  const { databases: facts, failure } = answer!
  if (failure !== null) {
    const { message, help, cause } = failure
    return refuse({ kind: 'unasked', message, help: help ?? cause, command: null })
  }
  try {
    const databases: ResetDatabase[] = []
    for (const one of facts) {
      const looked = await lookAt(runner, one)
      if ('kind' in looked) return refuse(looked, databases)
      databases.push(looked)
    }
    const refusal =
      facts.length === 0
        ? NO_DATABASE
        : ((await whyShared(runner, facts, options)) ?? (await whyNotScripts(target, options)))
    if (refusal !== null) return refuse(refusal, databases)
    const plan = { ...blank, databases }
    return { plan: { ...plan, steps: stepsOf(plan, options) }, runner, facts }
  } catch (error) {
    if (!(error instanceof BackupFailed)) throw error
    const { kind, message, help } = error
    return refuse({ kind, message, help, command: null })
  }
}

const NO_DATABASE: RestoreRefusal = {
  kind: 'unasked',
  message: 'env.py connects to no database',
  help: 'see `onehead status`',
  command: null,
}

/** A name that people give the version table of a history, with the schema in front of it where that is not the default. */
const VERSION_TABLE = /(?:^|\.)[^.]*alembic_version[^.]*$/i

/** Everything goes: also the tables of another history that lives in the same database. */
async function whyShared(
  runner: Runner,
  facts: readonly DatabaseFacts[],
  { x = [] }: ResetOptions,
): Promise<RestoreRefusal | null> {
  if (facts.every(({ exists }) => !exists)) return null
  const { databases, failure } = await askDatabase(runner, { x, counts: true })
  if (failure !== null) {
    const { message, help, cause } = failure
    return { kind: 'unasked', message, help: help ?? cause, command: null }
  }
  const tables = new Set(databases.flatMap(({ rowCounts }) => Object.keys(rowCounts ?? {})))
  const own = new Set(
    facts.map(({ versionTable, versionTableSchema }) => {
      const qualified = `${versionTableSchema}.${versionTable}`
      // The default schema goes without saying, also where env.py says it.
      return versionTableSchema !== null && tables.has(qualified) ? qualified : versionTable
    }),
  )
  const foreign = [...tables].filter((table) => VERSION_TABLE.test(table) && !own.has(table)).sort()
  if (foreign.length === 0) return null
  return {
    kind: 'shared',
    message: `another history lives in this database (${foreign.join(', ')}), and a reset would drop its tables too`,
    help: 'take down only what this history has made, and upgrade again',
    command: oursWith(x, ['downgrade', runner.environment.name, '--to', 'base']),
  }
}

async function lookAt(runner: Runner, facts: DatabaseFacts): Promise<ResetDatabase | RestoreRefusal> {
  const { name, dialect, address, currentRevisions: revisions, database } = facts
  const surroundings = surroundingsOf(runner)
  if (dialect === 'sqlite' && database === ':memory:') {
    return { kind: 'in-memory', message: 'the database is in memory, and gone already', help: null, command: null }
  }
  const restorer = restorerFor(runner, facts, surroundings)
  const { typedName } = restorer
  const pathInWorkspace = dialect === 'sqlite' ? inside(runner.root, database!) : null
  const traits = { dialect, name: typedName, isLoopback: isLoopback(facts, surroundings.env), pathInWorkspace }
  const known = recogniseDevelopment(traits, surroundings.env)
  if (!known.isDevelopment) {
    const message = `this is not taken for a development database: ${known.message}`
    return { kind: 'not-development', message, help: known.help, command: null }
  }
  if (!facts.exists && dialect !== 'sqlite') {
    return {
      kind: 'absent',
      message: `there is no database ${typedName}`,
      help: 'create it, then upgrade it',
      command: null,
    }
  }
  // A file is replaced: whoever has it open would go on writing to what is gone.
  const others = dialect === 'sqlite' ? await restorer.connected() : 0
  if (others !== null && others > 0) return refuseConnected(others)
  return { name, dialect, address, typedName, revisions, reasons: known.reasons }
}

function inside(root: string, file: string): string | null {
  const way = relative(realpathSync(root), file)
  return isAbsolute(way) || way.split(sep)[0] === '..' ? null : way.split(sep).join('/')
}

async function whyNotScripts({ environment, history }: Target, options: ResetOptions): Promise<RestoreRefusal | null> {
  const { root, history: wantsHistory, now } = options
  if (!wantsHistory) {
    const { report } = await check({ ...options, git: false, scripts: 'none' })
    const errors = report.diagnostics.filter(({ severity }) => severity === 'error')
    if (errors.length === 0) return null
    const { message, help, command } = refuseScripts(errors, environment.name)
    return { kind: 'scripts', message, help, command }
  }
  const [unreadable] = history.unreadable
  if (unreadable !== undefined) {
    const message = `nobody can tell which revision ${unreadable.path} is, and whether it is published`
    return { kind: 'scripts', message, help: 'mend it or delete it first', command: null }
  }
  const published = await findPublishedOf(root, history, now())
  if (published.length === 0) return null
  const [first] = published
  const more = published.length === 1 ? '' : ` and ${published.length - 1} more`
  return {
    kind: 'published',
    message: `${first!.revision}${more} ${more === '' ? 'is' : 'are'} published in ${first!.where}: databases of others stand there`,
    help: 'reset the database alone, and put the histories right',
    command: oursWith(options.x ?? [], ['reset', environment.name]),
  }
}

function stepsOf({ databases, scripts, name }: ResetPlan, { history, noBackup }: ResetOptions): readonly string[] {
  const names = databases.map(({ typedName }) => typedName).join(', ')
  return [
    noBackup ? 'no backup: --no-backup was given' : `back up ${names}`,
    ...(history ? [`keep a copy of ${scripts.length} scripts, and take them out of the tree`] : []),
    `drop everything in ${names}: tables, views, sequences, types, Alembic's own table`,
    ...(history ? ['let Alembic generate one initial revision from the models'] : []),
    `upgrade ${name} to its heads, and compare the models with the schema`,
  ]
}
