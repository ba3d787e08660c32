export * from './alembic/index.js'
export { ApplyRefused, lastRepair, type Recovery, type RepairRecord, recover } from './apply/index.js'
export {
  type Configuration,
  defaultConfiguration,
  type EnvironmentConfiguration,
  environmentConfigurationFor,
  loadConfiguration,
} from './configuration/index.js'
export * from './database/index.js'
export { type Candidate, type LoadedEnvironments, loadEnvironments } from './environment/index.js'
export { UsageError } from './errors.js'
export { findCandidates, selectUsual } from './find/index.js'
export {
  formatGuard,
  formatGuardRefusals,
  formatGuardVerdicts,
  type GuardPlan,
  type GuardVerdict,
  reportGuard,
} from './guard/index.js'
export {
  applyEdit,
  applyInstallation,
  formatDiagnosis,
  formatInstallation,
  formatRefusals,
  type HookName,
  hookNames,
  type InstallationPlan,
  usualHooks,
} from './hooks/index.js'
export { type MovedRecord, type Moves, readMoves } from './moves/index.js'
export type { RehearseOptions, RehearseProgress, RehearseResult } from './rehearse/options.js'
export { NotCommitted } from './repair/commit-repair.js'
export type { RepairChoice, RepairOptions } from './repair/plan-workspace.js'
export { sayRecovered } from './repair/recovery-words.js'
export { findUndoneDatabases } from './repair/undone-databases.js'
export type { ResetOptions, ResetProgress } from './reset/options.js'
export type { RestoreOptions, RestoreProgress } from './restore/options.js'
export { findRoot, type WorkspaceRoot } from './root.js'
export { readRulePage } from './rule-pages.js'
export { createLinkResolver, type LinkResolver } from './snapshot/links.js'
export { type Entry, isFailure, type Snapshot } from './snapshot/snapshot.js'
export { type WorkingTree, workingTree } from './snapshot/working-tree.js'
export type {
  DowngradeOptions,
  DowngradeProgress,
  MoveProgress,
  StampOptions as StampDatabasesOptions,
  StampProgress,
  UpgradeOptions,
  UpgradeProgress,
} from './upgrade/options.js'
export type { PrintedSql } from './upgrade/print-sql.js'
export {
  type BackupDatabasesOptions,
  type BackupProgress,
  type BackupResult,
  backupDatabases,
  listDatabaseBackups,
} from './use-cases/backup.js'
export { clearCache } from './use-cases/cache.js'
export { type CheckOptions, type CheckResult, check } from './use-cases/check.js'
export { type DoctorOptions, doctor, type Examination } from './use-cases/doctor.js'
export {
  type DowngradeResult,
  downgrade as downgradeDatabases,
  downgradeSql,
} from './use-cases/downgrade.js'
export { type ExplainOptions, explain } from './use-cases/explain.js'
export { applyPlan, type FixOptions, type PlannedWorkspace, planFix, planRebase } from './use-cases/fix.js'
export { type FixedFindings, fixFindings } from './use-cases/fix-findings.js'
export { type GuardOptions, type GuardResult, guard } from './use-cases/guard.js'
export {
  findInitQuestions,
  type InitOptions,
  type InitResult,
  init,
  type PlannedInit,
  planInit,
} from './use-cases/init.js'
export { type HistoryOptions, type ListOptions, listHeads, listHistory } from './use-cases/list-histories.js'
export { planMerge } from './use-cases/merge.js'
export { rehearse } from './use-cases/rehearse.js'
export { reset as resetDatabases } from './use-cases/reset.js'
export { restore as restoreDatabase } from './use-cases/restore.js'
export { newRevision, type RevisionOptions } from './use-cases/revision.js'
export { type ChooseValues, planStagedColumns } from './use-cases/stage-columns.js'
export { type StampResult, stamp as stampDatabases, stampSql } from './use-cases/stamp.js'
export { type StatusOptions, type StatusResult, status } from './use-cases/status.js'
export { type Undone, type UndoOptions, undo } from './use-cases/undo.js'
export { type BaselineUpdate, updateBaseline } from './use-cases/update-baseline.js'
export { type UpgradeResult, upgrade as upgradeDatabases, upgradeSql } from './use-cases/upgrade.js'
