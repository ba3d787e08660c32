import type { EnvironmentStatus } from '../status/status.js'
import { SCHEMA_VERSION } from './json.js'

/** A document of environments with a line end. */
export function environmentsJson(environments: readonly object[]): string {
  return `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, environments }, null, 2)}\n`
}

/** Which environment it is, in the documents about databases. Paths are relative to the workspace root. */
export function headJson({ name, config, environment }: EnvironmentStatus) {
  return {
    name,
    path: environment === null ? null : environment.path || '.',
    config,
    section: environment?.section ?? null,
  }
}
