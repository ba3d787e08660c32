import type { Environment } from '../history/history.js'
import type { Diagnostic, FoldedDiagnostics, GraphRow } from '../rules/rule.js'
import type { AlembicError } from '../script/script.js'

/** One environment in `heads`, `history` and `check`: the JSON contract. Where Alembic refuses to load, the lists are `null`. */
export interface EnvironmentReport {
  readonly name: string
  readonly path: string
  readonly config: string
  readonly section: string
  readonly kind: Environment['kind']
  readonly revisionCount: number
  /** Ids once each, in load order; `null` where Alembic refuses to load or where it cannot be told without Python. */
  readonly heads: readonly string[] | null
  readonly resolvedHeads: readonly string[] | null
  readonly bases: readonly string[] | null
  readonly branchPoints: readonly string[] | null
  readonly mergePoints: readonly string[] | null
  /** Paths of scripts that could not be read. */
  readonly unreadable: readonly string[]
  readonly error: AlembicErrorReport | null
  readonly notes: readonly string[]
  /** Labels of the heads that have any, as Alembic shows them; for the text of `heads`, not part of the JSON contract. */
  readonly headLabels?: Readonly<Record<string, readonly string[]>>
  /** Folders with scripts that are not judged, because Alembic does not load them as configured; not part of the JSON contract, where `notes` say so. */
  readonly notLoaded?: readonly string[]
}

export interface AlembicErrorReport {
  readonly kind: AlembicError['kind'] | 'BrokenConfiguration' | 'UnreadableScript'
  readonly revisions: readonly string[]
  readonly message: string
}

/** One revision in `history` and `show`. */
export interface RevisionReport {
  readonly revision: string
  readonly downRevisions: readonly string[]
  readonly dependsOn: readonly string[]
  /** The labels that Alembic shows for it: its own and those that reach it along the lineage. */
  readonly branchLabels: readonly string[]
  readonly declaredBranchLabels: readonly string[]
  readonly path: string
  /** First paragraph of the docstring. */
  readonly message: string
  readonly isHead: boolean
  /** A head that some other revision depends on. */
  readonly isEffectiveHead: boolean
  readonly isBase: boolean
  readonly isBranchPoint: boolean
  readonly isMergePoint: boolean
  /** The whole docstring, stripped, and the revisions above this one: for the text of `show`, not part of the JSON contract. */
  readonly longdoc?: string
  readonly children?: readonly string[]
}

/** `history` adds the revisions, newest first as `alembic history` prints them. */
export interface HistoryReport extends EnvironmentReport {
  readonly revisions: readonly RevisionReport[] | null
  /** Set where the history loads but Alembic cannot walk it (duplicate ids). */
  readonly historyError: AlembicErrorReport | null
  /** The whole history as rows to draw, in the order of `revisions`. */
  readonly graph: readonly GraphRow[] | null
}

export interface CheckSummary {
  readonly environments: number
  readonly revisions: number
  readonly errors: number
  readonly warnings: number
  readonly infos: number
  /** How many scripts were read by the scanner only, and how many went through the Python parser. */
  readonly scanned: number
  readonly parsed: number
}

/** Which tree was judged, where it is not the working tree. */
export interface SnapshotReport {
  /** `merge`: what will exist once the commit (or what is staged, where `commit` is null) is merged into the target. */
  readonly kind: 'commit' | 'index' | 'merge'
  /** As it was asked for; `HEAD` where nothing was; null for what is staged. */
  readonly ref: string | null
  /** Full id. */
  readonly commit: string | null
  readonly target: { readonly ref: string; readonly commit: string } | null
  /** The merge base; null where none is known. */
  readonly base: string | null
  /** How a merge was predicted: as git does, file by file, or as the files of both sides. All but the first are approximate. */
  readonly method: 'merge-tree' | 'path-level' | 'union' | null
  /** Paths that both sides changed differently; of these the target's side was judged. */
  readonly textualConflicts: readonly string[]
  /** Scripts that differ on disk from `HEAD`, where that was judged. */
  readonly uncommitted: readonly string[]
}

/** What `check` found: the JSON contract is this value plus `schemaVersion`. */
export interface CheckReport {
  /** Absent for the working tree. */
  readonly snapshot?: SnapshotReport
  readonly environments: readonly EnvironmentReport[]
  readonly diagnostics: readonly Diagnostic[]
  readonly folded: readonly FoldedDiagnostics[]
  readonly summary: CheckSummary
}

/** Lines of the files that diagnostics point into, decoded, without line ends: for showing the user's own line. */
export type SourceLines = (path: string) => readonly string[] | null

export type { FoldedDiagnostics }

/** What `show` found in one environment; environments without a fitting revision are left out. */
export interface ShownRevisions extends Pick<EnvironmentReport, 'name' | 'path' | 'config' | 'section'> {
  readonly revisions: readonly RevisionReport[]
}

/** Why nothing was judged: our own flags or `onehead.json` (`usage`, exit code 2), or a failure of ours (`internal`, 3). */
export interface ErrorReport {
  readonly kind: 'usage' | 'internal'
  readonly message: string
  readonly help: string | null
  readonly place: string | null
}
