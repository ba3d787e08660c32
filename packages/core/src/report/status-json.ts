import { adviseDatabase } from '../status/advise.js'
import type { DatabaseStatus, EnvironmentStatus, MovedNote, UnknownRevision } from '../status/status.js'
import { environmentsJson, headJson } from './move-json.js'

/** `status` as JSON: one document with a line end. Paths are relative to the workspace root; nothing in it is secret. */
export function formatStatusJson(environments: readonly EnvironmentStatus[]): string {
  return environmentsJson(environments.map(environmentJson))
}

function environmentJson(status: EnvironmentStatus) {
  const { heads, error, failure, databases } = status
  return {
    ...headJson(status),
    heads,
    error: error === null ? null : { kind: error.kind, revisions: error.revisions, message: error.message },
    failure: failure === null ? null : { message: failure.message, cause: failure.cause, help: failure.help },
    databases: databases.map((database) => databaseJson(status, database)),
  }
}

function databaseJson(status: EnvironmentStatus, database: DatabaseStatus) {
  const { name, dialect, address, standing, currentRevisions, pending, unknown, moved } = database
  const advice = adviseDatabase(status, database)
  return {
    name,
    dialect,
    address,
    standing: standing.kind,
    currentRevisions: standing.kind === 'offline' ? null : currentRevisions,
    pending: pending?.map(({ revision, message, path }) => ({ revision, message, path })) ?? null,
    overlap: standing.kind === 'overlapping' ? { below: standing.below, above: standing.above } : null,
    unknown: unknown.map(unknownJson),
    moved: moved.map(movedJson),
    help: advice?.help ?? null,
    command: advice?.command ?? null,
  }
}

function unknownJson({ revision, searched, whereabouts }: UnknownRevision) {
  if (whereabouts === null) return { revision, searched, whereabouts }
  const { path, message, refs, added, removed, renamedTo, missing, below } = whereabouts
  return { revision, searched, whereabouts: { path, message, refs, added, removed, renamedTo, missing, below } }
}

function movedJson({ revision, formerly, when, skipped, way }: MovedNote) {
  const { advised = null, catchUp = null, stepBackAfter = [] } = way ?? {}
  return { revision, formerly, when, skipped, advised, catchUp, stepBack: stepBackAfter }
}
