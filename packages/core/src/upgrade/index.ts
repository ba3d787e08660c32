export {
  type DowngradedDatabase,
  type DowngradeOutcome,
  type DowngradePlan,
  isDowngraded,
  type UndoneRevision,
} from './downgrade.js'
export { type Made, madeBy } from './made-by.js'
export { type DowngradeWish, hasLeft, planDowngrade } from './plan-downgrade.js'
export { planStamp, type StampWish } from './plan-stamp.js'
export { hasReached, planUpgrade, type UpgradeWish } from './plan-upgrade.js'
export { refuseMoved, refuseScripts } from './refuse.js'
export {
  isDoubtful,
  isStamped,
  type StampCall,
  type StampedDatabase,
  type StampedRevision,
  type StampOutcome,
  type StampPlan,
} from './stamp.js'
export {
  type BackupNote,
  isUpgraded,
  type MoveResult,
  type PendingRevision,
  type PlannedDatabase,
  type StandingAfter,
  type UndoneBy,
  type UpgradeFailure,
  type UpgradeOutcome,
  type UpgradePlan,
  type UpgradeRefusal,
} from './upgrade.js'
