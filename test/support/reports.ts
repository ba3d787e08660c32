import type {
  CheckReport,
  EnvironmentReport,
  HistoryReport,
  RevisionReport,
} from '../../packages/core/src/report/report.js'
import type { Diagnostic, GraphRow } from '../../packages/core/src/rules/rule.js'

/** Hand-made reports: what a test does not say is one healthy environment called services/billing. */
export function environment(name: string, more: Partial<EnvironmentReport> = {}): EnvironmentReport {
  return {
    name,
    path: `${name}/migrations`,
    config: `${name}/alembic.ini`,
    section: 'alembic',
    kind: 'alembic',
    revisionCount: 42,
    heads: ['f04d6e2b713c'],
    resolvedHeads: ['f04d6e2b713c'],
    bases: ['3c9e51a7b204'],
    branchPoints: [],
    mergePoints: [],
    unreadable: [],
    error: null,
    notes: [],
    ...more,
  }
}

export function report(more: Partial<CheckReport> = {}): CheckReport {
  const environments = more.environments ?? [environment('services/billing')]
  const diagnostics = more.diagnostics ?? []
  const counted = (severity: string) => diagnostics.filter((diagnostic) => diagnostic.severity === severity).length
  const revisions = environments.reduce((sum, { revisionCount }) => sum + revisionCount, 0)
  return {
    environments,
    diagnostics,
    folded: [],
    summary: {
      environments: environments.length,
      revisions,
      errors: counted('error'),
      warnings: counted('warn'),
      infos: counted('info'),
      scanned: 0,
      parsed: revisions,
    },
    ...more,
  }
}

/** Files with marks: what stands between `«` and `»` is what a label or an edit points at. */
export function marked(text: string) {
  const lines = text.split('\n')
  const range = (line: number) => {
    const [before = '', inside = ''] = lines[line - 1]!.split(/[«»]/)
    const column = [...before].length + 1
    const start = { line, column, offset: line * 1000 + column }
    return { start, end: { line, column: column + [...inside].length, offset: start.offset + inside.length } }
  }
  return { range, lines: lines.map((line) => line.replace(/[«»]/g, '')) }
}

export function diagnostic(more: Partial<Diagnostic>): Diagnostic {
  return {
    rule: 'multiple-heads',
    severity: 'error',
    environment: 'services/billing',
    message: 'this history has 2 heads',
    fingerprint: '0123456789abcdef',
    rewrite: [],
    stopsAlembic: false,
    hidesFacts: false,
    labels: [],
    notes: [],
    help: null,
    fix: null,
    graph: [],
    ...more,
  }
}

export function revision(id: string, more: Partial<RevisionReport> = {}): RevisionReport {
  return {
    revision: id,
    downRevisions: [],
    dependsOn: [],
    branchLabels: [],
    declaredBranchLabels: [],
    path: `users/migrations/versions/${id}.py`,
    message: `add ${id}`,
    isHead: false,
    isEffectiveHead: false,
    isBase: false,
    isBranchPoint: false,
    isMergePoint: false,
    ...more,
  }
}

export function history(
  name: string,
  revisions: readonly RevisionReport[],
  graph: readonly GraphRow[] = [],
): HistoryReport {
  return { ...environment(name), revisions, historyError: null, graph }
}
