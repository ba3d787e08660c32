import { nearest } from '../text/near.js'
import { alterNullable } from './alter-nullable.js'
import { alterType } from './alter-type.js'
import { backfillWithDdl } from './backfill-with-ddl.js'
import { booleanWithoutServerDefault } from './boolean-without-server-default.js'
import { brokenConfiguration } from './broken-configuration.js'
import { concurrentIndexInTransaction } from './concurrent-index-in-transaction.js'
import { createdTwiceInLineage } from './created-twice-in-lineage.js'
import { deletedPublishedRevision } from './deleted-published-revision.js'
import { downgradeDropsForeignObjects } from './downgrade-drops-foreign-objects.js'
import { downgradeLeavesObjects } from './downgrade-leaves-objects.js'
import { downgradeOrder } from './downgrade-order.js'
import { dropAndAddSameType } from './drop-and-add-same-type.js'
import { dropColumn } from './drop-column.js'
import { dropIndexBeforeForeignKey } from './drop-index-before-foreign-key.js'
import { dropTable } from './drop-table.js'
import { duplicateBranchLabel } from './duplicate-branch-label.js'
import { duplicateRevision } from './duplicate-revision.js'
import { emptyDowngrade } from './empty-downgrade.js'
import { emptyUpgrade } from './empty-upgrade.js'
import { enumLeftBehind } from './enum-left-behind.js'
import { enumNotCreated } from './enum-not-created.js'
import { fileName } from './file-name.js'
import { foreignKeyValidates } from './foreign-key-validates.js'
import { importsApplicationModel } from './imports-application-model.js'
import { indexBeforeColumn } from './index-before-column.js'
import { indexBehindLock } from './index-behind-lock.js'
import { indexNotConcurrent } from './index-not-concurrent.js'
import { inspectorWithoutOfflineGuard } from './inspector-without-offline-guard.js'
import { jsonNotJsonb } from './json-not-jsonb.js'
import { labelAsDownRevision } from './label-as-down-revision.js'
import { loadedTwice } from './loaded-twice.js'
import { manyDropsInAutogenerate } from './many-drops-in-autogenerate.js'
import { mergeWithOperations } from './merge-with-operations.js'
import { missingDownRevision } from './missing-down-revision.js'
import { missingExistenceCheck } from './missing-existence-check.js'
import { misspeltIdentifier } from './misspelt-identifier.js'
import { multipleHeads } from './multiple-heads.js'
import { nameTooLong } from './name-too-long.js'
import { newerPython } from './newer-python.js'
import { notARevision } from './not-a-revision.js'
import { notNullWithoutServerDefault } from './not-null-without-server-default.js'
import { overlappingOperations } from './overlapping-operations.js'
import { placeholderRevisionId } from './placeholder-revision-id.js'
import { pluralTableNames } from './plural-table-names.js'
import { rawSqlWithoutDialect } from './raw-sql-without-dialect.js'
import { renameColumn } from './rename-column.js'
import { renameTable } from './rename-table.js'
import { reservedCharacter } from './reserved-character.js'
import { revisionCycle } from './revision-cycle.js'
import { revisionIdTooLong } from './revision-id-too-long.js'
import { rewrittenPublishedRevision } from './rewritten-published-revision.js'
import type { Rule } from './rule.js'
import { sameNameOnTwoTables } from './same-name-on-two-tables.js'
import { secondBase } from './second-base.js'
import { sqliteNeedsBatch } from './sqlite-needs-batch.js'
import { staleDocstring } from './stale-docstring.js'
import { textBooleanDefault } from './text-boolean-default.js'
import { uncommittedRevision } from './uncommitted-revision.js'
import { undescriptiveMergeMessage } from './undescriptive-merge-message.js'
import { uniqueOnExistingData } from './unique-on-existing-data.js'
import { unknownTable } from './unknown-table.js'
import { unnamedConstraint } from './unnamed-constraint.js'
import { unreadableScript } from './unreadable-script.js'
import { unresolvedDependency } from './unresolved-dependency.js'
import { unusedIgnore } from './unused-ignore.js'
import { unusedSetting } from './unused-setting.js'
import { upgradeHeadsInScripts } from './upgrade-heads-in-scripts.js'

/**
 * Every rule, causes before consequences: diagnostics are shown in this order. `tools/create-rule.mjs` adds a line to
 * the imports and one before the marker.
 */
export const rules = [
  brokenConfiguration,
  unreadableScript,
  notARevision,
  misspeltIdentifier,
  loadedTwice,
  duplicateRevision,
  reservedCharacter,
  placeholderRevisionId,
  labelAsDownRevision,
  uncommittedRevision,
  missingDownRevision,
  unresolvedDependency,
  revisionCycle,
  duplicateBranchLabel,
  multipleHeads,
  secondBase,
  overlappingOperations,
  revisionIdTooLong,
  staleDocstring,
  undescriptiveMergeMessage,
  fileName,
  deletedPublishedRevision,
  rewrittenPublishedRevision,
  newerPython,
  createdTwiceInLineage,
  indexBeforeColumn,
  notNullWithoutServerDefault,
  booleanWithoutServerDefault,
  textBooleanDefault,
  alterNullable,
  dropAndAddSameType,
  manyDropsInAutogenerate,
  inspectorWithoutOfflineGuard,
  importsApplicationModel,
  unknownTable,
  enumNotCreated,
  mergeWithOperations,
  emptyUpgrade,
  emptyDowngrade,
  nameTooLong,
  concurrentIndexInTransaction,
  downgradeLeavesObjects,
  downgradeDropsForeignObjects,
  sameNameOnTwoTables,
  unnamedConstraint,
  downgradeOrder,
  sqliteNeedsBatch,
  indexNotConcurrent,
  foreignKeyValidates,
  uniqueOnExistingData,
  enumLeftBehind,
  alterType,
  dropColumn,
  dropTable,
  renameColumn,
  renameTable,
  missingExistenceCheck,
  upgradeHeadsInScripts,
  jsonNotJsonb,
  backfillWithDdl,
  dropIndexBeforeForeignKey,
  pluralTableNames,
  rawSqlWithoutDialect,
  indexBehindLock,
  // create-rule: new rules go above this line
  unusedIgnore,
  unusedSetting,
] as const satisfies readonly Rule[]

export type RuleName = (typeof rules)[number]['name']

/** All names, causes first. */
export const ruleNames: readonly RuleName[] = rules.map((rule) => rule.name)

const byName: ReadonlyMap<string, Rule<RuleName>> = new Map(rules.map((rule) => [rule.name, rule]))

export function findRule(name: string): Rule<RuleName> | undefined {
  return byName.get(name)
}

export function isRuleName(name: string): name is RuleName {
  return byName.has(name)
}

/** The rule that was probably meant by a name that no rule has; null when nothing is near. */
export function nearestRuleName(name: string): RuleName | null {
  return nearest(name, ruleNames) as RuleName | null
}
