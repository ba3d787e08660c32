import { type BrokenEnvironment, loadParser } from '@onehead/core'
import { UsageError } from '../errors.js'
import {
  diagnoseGuards,
  type GuardChoice,
  type GuardPlan,
  type GuardVerdict,
  loadEnvFiles,
  planGuard,
  planGuardRemoval,
} from '../guard/index.js'
import { applyEdits } from '../hooks/apply.js'
import { openWorkspace, type WorkspaceOptions } from './open-workspace.js'

export interface GuardOptions extends WorkspaceOptions, GuardChoice {
  readonly uninstall: boolean
  /** Plan only. */
  readonly dryRun: boolean
}

export interface GuardResult {
  readonly plan: GuardPlan
  /** False for a dry run, with refusals, and where there was nothing to do. */
  readonly applied: boolean
}

/**
 * Puts the guard into the env.py of each environment, or takes it out: lines that stop a plain `alembic upgrade` while there are more
 * heads than `expectedHeads` says. Reads env.py as text, runs nothing, and writes nothing where anything is refused.
 * Throws `UsageError` as `openWorkspace` does, and where a file has changed since it was read.
 */
export async function guard(options: GuardOptions): Promise<GuardResult> {
  const { root, uninstall, dryRun } = options
  const { environments, broken, selected } = await openWorkspace(options)
  if (broken.length > 0 && (selected || environments.length === 0)) throw unusable(broken[0]!)
  const files = loadEnvFiles(root, environments)
  const warnings = broken.map(
    ({ config, message }) => `${config} cannot be used, so its env.py is left alone: ${message}`,
  )
  const planned = uninstall ? planGuardRemoval(files) : planGuard(files, await loadParser(), options)
  const plan = { ...planned, warnings }
  const applied = !dryRun && plan.refusals.length === 0 && plan.edits.length > 0
  if (applied) applyEdits(root, plan.edits)
  return { plan, applied }
}

function unusable({ config, message, help }: BrokenEnvironment): UsageError {
  return new UsageError(`${config} cannot be used: ${message}`, help === null ? {} : { help })
}

/** The guards that `init --uninstall` takes out besides the hooks; none where there is no environment, or nothing can be understood. */
export async function removeGuards(root: string, dryRun: boolean): Promise<GuardResult> {
  try {
    return await guard({ root, uninstall: true, dryRun, replaceSnippet: false })
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return { plan: { guards: [], edits: [], refusals: [], warnings: [] }, applied: false }
  }
}

/** Where the guard stands, for `doctor`. */
export async function examineGuards(
  root: string,
  environments: Parameters<typeof loadEnvFiles>[1],
): Promise<readonly GuardVerdict[]> {
  const files = loadEnvFiles(root, environments)
  return files.some(({ text }) => text !== null && /onehead guard|EnvironmentContext/.test(text))
    ? diagnoseGuards(files, await loadParser())
    : []
}
