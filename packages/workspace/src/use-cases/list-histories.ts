import {
  type EnvironmentReport,
  type HistoryReport,
  reportBrokenEnvironment,
  reportEnvironment,
  reportHistory,
} from '@onehead/core'
import { inEnvironmentOrder } from './environment-order.js'
import { openWorkspace, type WorkspaceOptions } from './open-workspace.js'
import { readHistories } from './read-workspace.js'

export interface ListOptions extends WorkspaceOptions {
  /** Send every script through the Python parser. */
  readonly full?: boolean
}

/** The facts of `alembic heads`, for every environment, sorted by path. Throws `UsageError` as `openWorkspace` does. */
export async function listHeads(
  options: ListOptions,
): Promise<{ readonly environments: readonly EnvironmentReport[] }> {
  const workspace = await openWorkspace(options)
  const environments: EnvironmentReport[] = []
  for await (const { history } of readHistories(workspace, { full: options.full ?? false })) {
    environments.push(reportEnvironment(history))
  }
  return { environments: inEnvironmentOrder([...environments, ...workspace.broken.map(reportBrokenEnvironment)]) }
}

/** The facts of `alembic history`, for every environment. Throws `UsageError` as `openWorkspace` does. */
export async function listHistory(options: ListOptions): Promise<{ readonly environments: readonly HistoryReport[] }> {
  const workspace = await openWorkspace(options)
  const environments: HistoryReport[] = []
  for await (const { history } of readHistories(workspace, { full: options.full ?? false })) {
    environments.push(reportHistory(history))
  }
  const broken = workspace.broken.map(
    (environment): HistoryReport => ({
      ...reportBrokenEnvironment(environment),
      revisions: null,
      historyError: null,
      graph: null,
    }),
  )
  return { environments: inEnvironmentOrder([...environments, ...broken]) }
}
