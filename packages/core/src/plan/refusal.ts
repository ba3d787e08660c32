import type { Refusal } from './plan.js'

/** A refusal with only what it has. */
export function refusal(kind: string, message: string, more: Partial<Refusal> = {}): Refusal {
  return { kind, message, help: null, command: null, path: null, ...more }
}
