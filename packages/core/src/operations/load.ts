import { isSyntaxFailure, loadParser } from '../script/parse.js'
import type { ScriptOperations } from './operation.js'

/** What a script does, from its bytes; null where it cannot be parsed. Never throws. */
export type OperationsReader = (bytes: Uint8Array) => ScriptOperations | null

/** Loads the Python parser, and what reads operations out of its trees, when they are first needed. */
export async function loadOperationsReader(): Promise<OperationsReader> {
  const [parser, { readOperations }] = await Promise.all([loadParser(), import('./read-operations.js')])
  return (bytes) => {
    const parsed = parser.parse(bytes)
    return isSyntaxFailure(parsed) ? null : readOperations(parsed)
  }
}
