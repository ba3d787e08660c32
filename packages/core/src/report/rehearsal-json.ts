import type { RehearsedEnvironment } from '../rehearse/rehearsal.js'
import { SCHEMA_VERSION } from './json.js'

/** `rehearse` as JSON: one document with a line end. Nothing in it is secret. */
export function formatRehearsalJson(environments: readonly RehearsedEnvironment[]): string {
  const told = environments.map(({ schemas: _, ...environment }) => environment)
  return `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, environments: told }, null, 2)}\n`
}
