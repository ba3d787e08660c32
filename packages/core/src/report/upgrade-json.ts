import { movesFor } from '../status/invocation.js'
import type { PlannedDatabase, UpgradeOutcome, UpgradePlan } from '../upgrade/upgrade.js'
import { environmentsJson, headJson } from './move-json.js'

/** `upgrade` as JSON: one document with a line end. Nothing in it is secret; only backups have absolute paths. */
export function formatUpgradeJson(environments: readonly UpgradeOutcome[]): string {
  return environmentsJson(environments.map(outcomeJson))
}

function outcomeJson(outcome: UpgradeOutcome) {
  const { plan, kind, backups, failure } = outcome
  const { status, target, refusal } = plan
  return {
    ...headJson(status),
    outcome: kind,
    target,
    refusal,
    databases: plan.databases.map((database, index) => databaseJson(plan, database, outcome, index)),
    backup: plan.backup,
    backups,
    failure,
  }
}

function databaseJson(plan: UpgradePlan, database: PlannedDatabase, { after, done }: UpgradeOutcome, index: number) {
  const { status, pending, back, leftovers } = database
  const end = after?.[index]
  return {
    name: status.name,
    dialect: status.dialect,
    address: status.address,
    currentRevisions: status.currentRevisions,
    pending: pending.map(({ revision, message, path, back }) => ({ revision, message, path, back })),
    wayBack: back === null ? null : movesFor(plan.status, [back]),
    done: done.filter((one) => one.database === index).map(({ revision }) => revision),
    standing: end?.rows ?? null,
    leftovers: end?.leftovers ?? leftovers,
  }
}
