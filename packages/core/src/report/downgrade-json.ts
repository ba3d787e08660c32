import { movesFor } from '../status/invocation.js'
import type { DowngradedDatabase, DowngradeOutcome, DowngradePlan } from '../upgrade/downgrade.js'
import { environmentsJson, headJson } from './move-json.js'

/** `downgrade` as JSON: one document with a line end. Nothing in it is secret; only backups have absolute paths. */
export function formatDowngradeJson(environments: readonly DowngradeOutcome[]): string {
  return environmentsJson(environments.map(outcomeJson))
}

function outcomeJson(outcome: DowngradeOutcome) {
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

function databaseJson(
  plan: DowngradePlan,
  database: DowngradedDatabase,
  { after, done }: DowngradeOutcome,
  index: number,
) {
  const { status, undone, to, back, leftovers } = database
  const end = after?.[index]
  return {
    name: status.name,
    dialect: status.dialect,
    address: status.address,
    currentRevisions: status.currentRevisions,
    undone: undone.map(({ revision, message, path, by, loses, mayLoseMore }) => ({
      ...{ revision, message, path, by, loses, mayLoseMore },
    })),
    to,
    wayBack: back.length === 0 ? null : movesFor(plan.status, back),
    done: done.filter((one) => one.database === index).map(({ revision }) => revision),
    standing: end?.rows ?? null,
    leftovers: end?.leftovers ?? leftovers,
  }
}
