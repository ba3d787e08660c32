import { type History, type RehearsedEnvironment, reportBrokenEnvironment } from '@onehead/core'
import { findRunners } from '../alembic/find-runners.js'
import { UsageError } from '../errors.js'
import { dumpKind } from '../rehearse/dump-file.js'
import type { RehearseOptions, RehearseResult } from '../rehearse/options.js'
import { refused, rehearseEnvironment } from '../rehearse/rehearse-environment.js'
import { type OpenWorkspace, openWorkspace } from './open-workspace.js'
import { readHistories } from './read-workspace.js'

/**
 * Runs the migrations of every environment on copies of its databases: up, down and up again, revision by revision, with the schemas
 * compared. Changes no database but its own copies, and drops those. Throws `UsageError` as `openWorkspace` does, for a dump that cannot
 * be read, and where a file or a revision is meant for several environments.
 */
export async function rehearse(options: RehearseOptions): Promise<RehearseResult> {
  const workspace = await openWorkspace(options)
  refuseMixed(options, workspace)
  const { environments, configuration } = workspace
  const histories: History[] = []
  for await (const { history } of readHistories(workspace, { full: options.full ?? false })) histories.push(history)
  const runners = await findRunners(options.root, environments, configuration, options.shell)
  const rehearsed: RehearsedEnvironment[] = []
  let stopped: string | null = null
  for (const [index, history] of histories.entries()) {
    const runner = runners[index]!
    if (stopped !== null) break
    if (runner.kind === 'missing') {
      const { message, help, command } = runner
      rehearsed.push(refused(history, options, { kind: 'no-python', message, notes: [], help, command }))
    } else {
      const one = await rehearseEnvironment(history, runner, workspace, options)
      rehearsed.push(one.environment)
      stopped = one.stopped
    }
    options.onProgress?.({ kind: 'done', environment: rehearsed.at(-1)! })
  }
  return { environments: [...rehearsed, ...brokenOf(workspace, options)], stopped }
}

function brokenOf({ broken }: OpenWorkspace, options: RehearseOptions): readonly RehearsedEnvironment[] {
  return broken.map((one) => {
    const { error } = reportBrokenEnvironment(one)
    const message = error?.message ?? one.message
    const environment = { name: one.name, path: '', config: one.config, section: one.section ?? 'alembic' }
    const refusal = { kind: 'scripts' as const, message, notes: [], help: one.help, command: null }
    const told = refused({ environment: environment as History['environment'] }, options, refusal)
    return { ...told, path: null }
  })
}

/** A dump, a revision and a file belong to one environment. */
function refuseMixed(options: RehearseOptions, { environments, broken }: OpenWorkspace): void {
  const { from = null, since = null, empty, writeSchema = null, checkSchema = null } = options
  const first = environments[0]?.name ?? '<environment>'
  const help = (flag: string) => ({ help: `leave one out: onehead rehearse ${first} ${flag}` })
  if (from !== null && empty)
    throw new UsageError('--from and --empty begin with two different things', help('--empty'))
  if (since !== null && empty)
    throw new UsageError('--since steps back on a copy, and --empty has nothing to step back from', help('--empty'))
  if (writeSchema !== null && checkSchema !== null)
    throw new UsageError('--write-schema would make what --check-schema compares with', help('--check-schema FILE'))
  if (from !== null) dumpKind(from)
  const single = Object.entries({
    '--from': from,
    '--since': since,
    '--write-schema': writeSchema,
    '--check-schema': checkSchema,
  })
  const given = single.find(([, value]) => value !== null)
  const number = environments.length + broken.length
  if (given === undefined || number === 1) return
  const [flag, value] = given
  throw new UsageError(`${flag} belongs to one environment, and ${number} are meant`, {
    help: `name the environment: onehead rehearse ${first} ${flag} ${value}`,
  })
}
