import { stepsFor } from '../status/invocation.js'
import {
  isDoubtful,
  type StampedDatabase,
  type StampedRevision,
  type StampOutcome,
  type StampPlan,
} from '../upgrade/stamp.js'
import { environmentsJson, headJson } from './move-json.js'

/** `stamp` as JSON: one document with a line end. Paths are relative to the workspace root; nothing in it is secret. */
export function formatStampJson(environments: readonly StampOutcome[]): string {
  return environmentsJson(environments.map(outcomeJson))
}

function outcomeJson({ plan, kind, failure, after }: StampOutcome) {
  const { status, revisions, refusal, databases } = plan
  return {
    ...headJson(status),
    outcome: kind,
    revisions,
    refusal,
    isDoubtful: isDoubtful(plan),
    databases: databases.map((database, index) => databaseJson(plan, database, after?.[index] ?? null)),
    failure: failure === null ? null : { ...failure },
  }
}

function databaseJson(
  plan: StampPlan,
  { status, to, marked, unmarked, putBack }: StampedDatabase,
  standing: readonly string[] | null,
) {
  return {
    name: status.name,
    dialect: status.dialect,
    address: status.address,
    currentRevisions: status.currentRevisions,
    to,
    marked: marked.map(revisionJson),
    unmarked: unmarked.map(revisionJson),
    putBack:
      'sql' in putBack
        ? { command: null, sql: putBack.sql }
        : { command: stepsFor(plan.status, putBack.steps), sql: [] },
    standing,
  }
}

function revisionJson({ revision, message, path, seen, made, lacking }: StampedRevision) {
  return { revision, message, path, seen, made, lacking }
}
