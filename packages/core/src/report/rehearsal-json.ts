import { isRehearsedWell, type RehearsedEnvironment } from '../rehearse/rehearsal.js'
import { SCHEMA_VERSION } from './json.js'

/** `rehearse` as JSON: one document with a line end. Nothing in it is secret. Schemas stand in their own document (`--write-schema`). */
export function formatRehearsalJson(environments: readonly RehearsedEnvironment[]): string {
  return `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, environments: environments.map(told) }, null, 2)}\n`
}

function told(environment: RehearsedEnvironment) {
  const { name, path, config, section, schemas: _, ...others } = environment
  const outcome = others.refusal !== null ? 'refused' : isRehearsedWell(environment) ? 'well' : 'trouble'
  return { name, path, config, section, outcome, ...others }
}
