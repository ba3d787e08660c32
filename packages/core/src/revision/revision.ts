/**
 * What the revision map needs of a script: ids only, no paths. Values are Alembic's after normalisation; order is the
 * order of declaration. Words: Alembic's.
 */
export interface Revision {
  readonly revision: string
  /** As declared, in order, duplicates kept as Alembic keeps them in the tuple. Empty for a base. */
  readonly downRevisions: readonly string[]
  readonly dependsOn: readonly string[]
  /** As declared here; labels that reach this revision from others are the revision map's business. */
  readonly branchLabels: readonly string[]
}
