/**
 * What the revision map needs of a script: ids only, no paths. Values are Alembic's after normalisation; order is the
 * order of declaration. Words: Alembic's.
 */
export interface Revision {
  readonly revision: string
  /** Duplicates kept, as Alembic keeps them in the tuple. */
  readonly downRevisions: readonly string[]
  readonly dependsOn: readonly string[]
  readonly branchLabels: readonly string[]
}
