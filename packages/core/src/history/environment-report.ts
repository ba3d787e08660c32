import type { AlembicErrorReport, EnvironmentReport, HistoryReport, RevisionReport } from '../report/report.js'
import type { GraphRow } from '../rules/rule.js'
import type { Script } from '../script/script.js'
import type { BrokenEnvironment, Environment, History } from './history.js'
import { hasUnknownDependency } from './unknown-dependency.js'

/** The facts of one environment as the JSON contract has them; `null` where Alembic refuses to load or nobody can tell. */
export function reportEnvironment(history: History): EnvironmentReport {
  const { environment, map } = history
  const error = errorOf(history)
  const unknownDependency = history.scripts.some((script) => script.unknown.includes('depends_on'))
  const known = <T>(value: T): T | null => (error === null ? value : null)
  return {
    ...identify(environment),
    revisionCount: map.size,
    heads: known(map.heads),
    resolvedHeads: unknownDependency ? null : known(map.resolvedHeads),
    bases: known(map.bases),
    branchPoints: known(map.branchPoints),
    mergePoints: known(map.mergePoints),
    unreadable: history.unreadable.map((file) => file.path),
    error,
    notes: environment.notes,
    ...(error === null ? { headLabels: labelsOfHeads(history) } : {}),
    ...(environment.notLoaded === undefined ? {} : { notLoaded: environment.notLoaded }),
  }
}

function labelsOfHeads({ map }: History): Readonly<Record<string, readonly string[]>> {
  const labelled = map.heads.map((head) => [head, map.labels(head)] as const)
  return Object.fromEntries(labelled.filter(([, labels]) => labels.length > 0))
}

/** An environment whose configuration cannot be used: every fact is unknown. */
export function reportBrokenEnvironment(broken: BrokenEnvironment): EnvironmentReport {
  return {
    name: broken.name,
    path: broken.config.includes('/') ? broken.config.slice(0, broken.config.lastIndexOf('/')) : '.',
    config: broken.config,
    section: broken.section,
    kind: broken.section === 'tool.alembic' ? 'pyproject' : 'alembic',
    revisionCount: 0,
    heads: null,
    resolvedHeads: null,
    bases: null,
    branchPoints: null,
    mergePoints: null,
    unreadable: [],
    error: { kind: broken.error?.kind ?? 'BrokenConfiguration', revisions: [], message: broken.message },
    notes: broken.notes,
  }
}

/** The whole history, newest first, in the order of `alembic history`. */
export function reportHistory(history: History): HistoryReport {
  const environment = reportEnvironment(history)
  const walked = environment.error !== null ? null : (unknownOrder(history) ?? history.map.history())
  const order = walked !== null && 'order' in walked ? walked.order : null
  const scripts = order?.map((id) => history.map.get(id)!) ?? null
  return {
    ...environment,
    revisions: scripts?.map((script) => reportRevision(history, script)) ?? null,
    historyError: walked !== null && 'error' in walked ? walked.error : null,
    graph: scripts?.map((script) => graphRow(history, script)) ?? null,
  }
}

/** Dependencies decide which line comes first; where there is one line only, they cannot. */
function unknownOrder({ scripts, map }: History): { readonly error: AlembicErrorReport } | null {
  const unknown = scripts.filter(hasUnknownDependency).length
  const isLine = map.heads.length <= 1 && map.branchPoints.length === 0 && map.mergePoints.length === 0
  if (unknown === 0 || isLine) return null
  const whose = unknown === 1 ? 'one script' : `${unknown} scripts`
  const message = `the depends_on of ${whose} can only be told by Python, and with it the order`
  return { error: { kind: 'UnreadableScript', revisions: [], message } }
}

/** One revision with everything that the map knows about it. */
function reportRevision(history: History, script: Script): RevisionReport {
  const { map } = history
  const id = script.revision
  return {
    revision: id,
    downRevisions: script.downRevisions,
    dependsOn: script.dependsOn,
    branchLabels: map.labels(id),
    declaredBranchLabels: script.branchLabels,
    path: script.path,
    message: script.message,
    isHead: map.isHead(id),
    isEffectiveHead: map.isEffectiveHead(id),
    isBase: script.downRevisions.length === 0,
    isBranchPoint: map.children(id).length > 1,
    isMergePoint: script.downRevisions.length > 1,
    longdoc: script.longdoc,
    children: map.children(id),
  }
}

function graphRow(history: History, script: Script): GraphRow {
  const { map } = history
  const id = script.revision
  const isHead = map.isHead(id)
  const tags = [
    ...(isHead ? ['head'] : []),
    ...script.branchLabels,
    ...(map.children(id).length > 1 ? ['branch point'] : []),
  ]
  return {
    revision: id,
    message: script.message.split('\n', 1)[0] ?? '',
    parents: map.parents(id).map((parent) => ({ revision: parent, indirect: false })),
    tags,
    isHead,
  }
}

function identify(environment: Environment) {
  const { name, path, config, section, kind } = environment
  return { name, path: path === '' ? '.' : path, config, section, kind }
}

function errorOf(history: History): AlembicErrorReport | null {
  // What is missing may be in a script that nobody could read here.
  const isGuess = history.uncertain && history.error?.kind === 'KeyError'
  if (history.error !== null && !isGuess) return history.error
  if (!history.uncertain) return null
  const files = history.unreadable.filter((file) => file.error === null)
  const whose = files.length === 1 ? 'one script' : `${files.length} scripts`
  const why = files.some(({ cause }) => cause === 'dynamic') ? 'can only be told by Python' : 'could not be read'
  return {
    kind: 'UnreadableScript',
    revisions: [],
    message: `${whose} ${why}`,
  }
}
