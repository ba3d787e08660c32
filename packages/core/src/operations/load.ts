import { isSyntaxFailure, loadParser, type ParsedScript } from '../script/parse.js'
import type { ScriptOperations } from './operation.js'

/** What a script does, from its bytes; null where it cannot be parsed. Never throws. */
export interface OperationsReader {
  (bytes: Uint8Array): ScriptOperations | null
  /** The same of a file that somebody has parsed already: parsing takes longer than all the rest. */
  readonly ofTree: (parsed: ParsedScript) => ScriptOperations
}

/** Loads what reads operations out of trees, when it is first needed. */
export async function loadTreeReader(): Promise<OperationsReader['ofTree']> {
  return (await import('./read-operations.js')).readOperations
}

/** Loads that and the Python parser. */
export async function loadOperationsReader(): Promise<OperationsReader> {
  const [parser, readOperations] = await Promise.all([loadParser(), loadTreeReader()])
  const ofBytes = (bytes: Uint8Array) => {
    const parsed = parser.parse(bytes)
    return isSyntaxFailure(parsed) ? null : readOperations(parsed)
  }
  return Object.assign(ofBytes, { ofTree: readOperations })
}
