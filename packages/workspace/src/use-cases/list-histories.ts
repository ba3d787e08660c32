import {
  type EnvironmentReport,
  type HistoryReport,
  reportBrokenEnvironment,
  reportEnvironment,
  reportHistory,
} from '@onehead/core'
import { chooseSnapshot } from './choose-snapshot.js'
import { inEnvironmentOrder } from './environment-order.js'
import { type OpenWorkspace, openWorkspace, type WorkspaceOptions } from './open-workspace.js'
import { type OwnKind, openOwnRevisions } from './own-revisions.js'
import { readHistories } from './read-workspace.js'

export interface ListOptions extends WorkspaceOptions {
  /** Send every script through the Python parser. */
  readonly full?: boolean
  /** A commit instead of the working tree: anything git understands. */
  readonly at?: string | null
}

export interface HistoryOptions extends ListOptions {
  /** Only these revisions: what is not published, or what the project does not have that this one is a fork of. */
  readonly only?: OwnKind | null
  /** A ref of that project; null: the default branch of the remote `upstream`. */
  readonly upstream?: string | null
}

/**
 * The facts of `alembic heads`, for every environment, sorted by path. Throws `UsageError` as `openWorkspace` and
 * `chooseSnapshot` do.
 */
export function listHeads(options: ListOptions): Promise<{ readonly environments: readonly EnvironmentReport[] }> {
  return inWorkspace(options, async (workspace) => {
    const environments: EnvironmentReport[] = []
    for await (const { history } of readHistories(workspace, { full: options.full ?? false })) {
      environments.push(reportEnvironment(history))
    }
    return { environments: inEnvironmentOrder([...environments, ...workspace.broken.map(reportBrokenEnvironment)]) }
  })
}

/** The facts of `alembic history`, for every environment. Throws `UsageError` as `listHeads` and `openOwnRevisions` do. */
export function listHistory(options: HistoryOptions): Promise<{ readonly environments: readonly HistoryReport[] }> {
  return inWorkspace(options, (workspace) => historiesOf(workspace, options))
}

/** Opens the working tree, or the commit that is meant, for as long as somebody looks at it. */
async function inWorkspace<T>(options: ListOptions, look: (workspace: OpenWorkspace) => Promise<T>): Promise<T> {
  if (options.at == null) return look(await openWorkspace(options))
  const { snapshot, settingsFrom, prepare, close } = await chooseSnapshot(options.root, { at: options.at })
  try {
    const workspace = await openWorkspace(options, { snapshot, settingsFrom })
    await prepare(workspace.environments)
    return await look(workspace)
  } finally {
    close()
  }
}

async function historiesOf(
  workspace: OpenWorkspace,
  options: HistoryOptions,
): Promise<{ readonly environments: readonly HistoryReport[] }> {
  const { root, only = null, upstream = null } = options
  const own = only === null ? null : await openOwnRevisions(root, only, upstream, Math.floor(Date.now() / 1000))
  const environments: HistoryReport[] = []
  try {
    for await (const { history } of readHistories(workspace, { full: options.full ?? false })) {
      const report = reportHistory(history)
      environments.push(own === null ? report : onlyThese(report, await own.of(history)))
    }
  } finally {
    own?.close()
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

/** Lines of the graph that lead to what is left out are left out too. */
function onlyThese(report: HistoryReport, ids: ReadonlySet<string>): HistoryReport {
  const rows = report.graph?.filter(({ revision }) => ids.has(revision)) ?? null
  return {
    ...report,
    revisions: report.revisions?.filter(({ revision }) => ids.has(revision)) ?? null,
    graph: rows?.map((row) => ({ ...row, parents: row.parents.filter(({ revision }) => ids.has(revision)) })) ?? null,
  }
}
