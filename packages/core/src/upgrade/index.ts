export { type Made, madeBy } from './made-by.js'
export { hasReached, planUpgrade, type UpgradeWish } from './plan-upgrade.js'
export { refuseMoved, refuseScripts } from './refuse.js'
export {
  type BackupNote,
  isUpgraded,
  type PendingRevision,
  type PlannedDatabase,
  type StandingAfter,
  type UndoneBy,
  type UpgradeFailure,
  type UpgradeOutcome,
  type UpgradePlan,
  type UpgradeRefusal,
} from './upgrade.js'
