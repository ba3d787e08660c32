import type { Diagnostic, GraphRow } from '../rules/rule.js'
import type {
  CheckReport,
  EnvironmentReport,
  ErrorReport,
  FoldedDiagnostics,
  HistoryReport,
  RevisionReport,
  ShownRevisions,
  SnapshotReport,
} from './report.js'
import { isApproximate } from './snapshot-text.js'

/** Grows only when something is taken away or changes its meaning; additions keep it. */
export const SCHEMA_VERSION = 1

/**
 * The JSON contract (schema: `@onehead/core/schema/report.schema.json`). Each function gives one document with a line end; paths are
 * relative to the workspace root, nothing depends on the machine or the moment. Fields are named one by one so that nothing
 * slips into the contract unseen.
 */
export function formatCheckJson(report: CheckReport): string {
  const { environments, diagnostics, folded, summary, snapshot } = report
  return writeJson({
    ...(snapshot === undefined ? {} : { snapshot: snapshotJson(snapshot) }),
    environments: environments.map(environmentJson),
    diagnostics: diagnostics.map(diagnosticJson),
    folded: folded.map(foldedJson),
    summary: {
      environments: summary.environments,
      revisions: summary.revisions,
      errors: summary.errors,
      warnings: summary.warnings,
      infos: summary.infos,
      scanned: summary.scanned,
      parsed: summary.parsed,
    },
  })
}

export function formatHeadsJson(environments: readonly EnvironmentReport[]): string {
  return writeJson({ environments: environments.map(environmentJson) })
}

/** @param limit at most so many revisions per environment, the newest; null = all */
export function formatHistoryJson(environments: readonly HistoryReport[], limit: number | null = null): string {
  return writeJson({
    environments: environments.map((environment) => ({
      ...environmentJson(environment),
      revisions: environment.revisions?.slice(0, limit ?? undefined).map(revisionJson) ?? null,
      historyError: environment.historyError,
    })),
  })
}

export function formatShowJson(environments: readonly ShownRevisions[]): string {
  return writeJson({
    environments: environments.map(({ name, path, config, section, revisions }) => ({
      name,
      path,
      config,
      section,
      revisions: revisions.map(revisionJson),
    })),
  })
}

function snapshotJson(snapshot: SnapshotReport) {
  const { kind, ref, commit, target, base, method, textualConflicts, uncommitted } = snapshot
  return {
    kind,
    ref,
    commit,
    target: target && { ref: target.ref, commit: target.commit },
    base,
    method,
    approximate: isApproximate(method),
    textualConflicts,
    uncommitted,
  }
}

/** Exits 2 (`usage`) and 3 (`internal`). */
export function formatErrorJson(error: ErrorReport): string {
  const { kind, message, help, place } = error
  return writeJson({ error: { kind, message, help, place } })
}

function environmentJson(environment: EnvironmentReport) {
  const { name, path, config, section, kind, revisionCount, heads, resolvedHeads, bases } = environment
  const { branchPoints, mergePoints, unreadable, error, notes } = environment
  return {
    name,
    path,
    config,
    section,
    kind,
    revisionCount,
    heads,
    resolvedHeads,
    bases,
    branchPoints,
    mergePoints,
    unreadable,
    error: error === null ? null : { kind: error.kind, revisions: error.revisions, message: error.message },
    notes,
  }
}

function revisionJson(revision: RevisionReport) {
  return {
    revision: revision.revision,
    downRevisions: revision.downRevisions,
    dependsOn: revision.dependsOn,
    branchLabels: revision.branchLabels,
    declaredBranchLabels: revision.declaredBranchLabels,
    path: revision.path,
    message: revision.message,
    isHead: revision.isHead,
    isEffectiveHead: revision.isEffectiveHead,
    isBase: revision.isBase,
    isBranchPoint: revision.isBranchPoint,
    isMergePoint: revision.isMergePoint,
  }
}

export function diagnosticJson(diagnostic: Diagnostic) {
  const { rule, severity, environment, message, fingerprint, labels, notes, help, fix, rewrite, graph, stopsAlembic } =
    diagnostic
  return {
    rule,
    severity,
    environment,
    message,
    fingerprint,
    stopsAlembic,
    labels: labels.map(({ path, range, text }) => ({ path, range: rangeJson(range), text })),
    notes,
    help,
    fix:
      fix === null
        ? null
        : {
            applicability: fix.applicability,
            edits: fix.edits.map(({ path, range, text }) => ({ path, range: rangeJson(range), text })),
            command: fix.command,
          },
    rewrite: rewrite.map(({ title, code }) => ({ title, code })),
    graph: graph.map(graphRowJson),
  }
}

export function graphRowJson({ revision, message, parents, tags, isHead }: GraphRow) {
  return {
    revision,
    message,
    parents: parents.map((parent) => ({ revision: parent.revision, indirect: parent.indirect })),
    tags,
    isHead,
  }
}

function rangeJson({ start, end }: Diagnostic['labels'][number]['range']) {
  return { start: positionJson(start), end: positionJson(end) }
}

export function positionJson({ line, column, offset }: Diagnostic['labels'][number]['range']['start']) {
  return { line, column, offset }
}

function foldedJson({ rule, severity, environments, count, reason }: FoldedDiagnostics) {
  return { rule, severity, environments, count, reason }
}

/** Characters that JSON allows inside a string but that a terminal would obey or hide. */
const HIDDEN_IN_JSON = /[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

/** One document with its version, and nothing in it that a terminal would obey. */
export function writeJson(document: object): string {
  return writePlainJson({ schemaVersion: SCHEMA_VERSION, ...document })
}

/** The same for formats that are not ours. */
export function writePlainJson(document: object): string {
  const text = JSON.stringify(document, null, 2)
  return `${text.replace(HIDDEN_IN_JSON, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
}
