import { createProjectGraphAsync, type GeneratorCallback, logger, type Tree } from '@nx/devkit'
import { formatNewRevision, type NewRevisionReport } from '@onehead/core'
import { newRevision, type RevisionOptions, recover, sayRecovered } from '@onehead/workspace'
import { configurationFiles } from '../../executors/task.js'
import { environmentsOf } from './environments.js'

/** Options as the schema has them. */
export interface RevisionGeneratorOptions {
  readonly message: string
  readonly project?: string
  /** Which one, where the project has several. */
  readonly environment?: string
  readonly autogenerate?: boolean
  readonly guarded?: boolean
  readonly head?: string
  readonly revisionId?: string
  readonly branchLabel?: string
  readonly allowBehind?: boolean
  readonly offline?: boolean
}

/**
 * `nx g @onehead/nx:revision billing -m "add refunds"`: a new revision on the head that will still be one after the merge. It is
 * written into the tree, so that `--dry-run` shows it; what only the project's own Alembic can write comes when the tree is on
 * disk. Throws with what was refused.
 */
export default async function revision(tree: Tree, options: RevisionGeneratorOptions): Promise<GeneratorCallback> {
  const wish = await wishOf(tree.root, options)
  const planned = await newRevision({ ...wish, dryRun: true })
  const { script, refusals } = planned
  const apply = wish.command
  if (refusals.length > 0) throw new Error(`\n${formatNewRevision(planned, { ...look, apply })}`)
  if (script?.bytes != null && script.path !== null) {
    tree.write(script.path, Buffer.from(script.bytes))
    return () => say({ ...planned, applied: true }, apply)
  }
  return async () => {
    const recovered = await recover(tree.root)
    if (recovered !== null) logger.warn(sayRecovered(recovered).trimEnd())
    const report = await newRevision(wish)
    say(report, apply)
    if (report.refusals.length > 0) process.exitCode = 1
  }
}

const look = { color: false, unicode: true, program: 'npx onehead' }

function say(report: NewRevisionReport, apply: string): void {
  logger.info(formatNewRevision(report, { ...look, apply }).trimEnd())
}

async function wishOf(root: string, options: RevisionGeneratorOptions): Promise<RevisionOptions> {
  const { project, environment, message } = options
  const own = project === undefined ? [] : environmentsOf(await createProjectGraphAsync(), project)
  return {
    root,
    here: '',
    environments: environment === undefined ? own : [environment],
    configs: configurationFiles(own),
    message,
    head: options.head ?? null,
    revisionId: options.revisionId ?? null,
    branchLabel: options.branchLabel ?? null,
    versionPath: null,
    guarded: options.guarded ?? false,
    autogenerate: options.autogenerate ?? false,
    allowBehind: options.allowBehind ?? false,
    offline: options.offline ?? false,
    dryRun: false,
    command: `npx nx g @onehead/nx:revision ${[project, '-m', JSON.stringify(message)].filter(Boolean).join(' ')}`,
  }
}
