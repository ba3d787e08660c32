import type { Fact, History, RecognisedError, RewriteStep } from '@onehead/core'
import type { OpenWorkspace, WorkspaceOptions } from '../use-cases/open-workspace.js'
import type { SourceReader } from '../use-cases/sources.js'
import type { PathFinder, PlacedScript } from './place.js'

/** What one look at the workspace says about an error. */
export interface Found {
  readonly facts: readonly Fact[]
  readonly rewrite?: readonly RewriteStep[]
  /** Starts with a verb. */
  readonly help?: string | null
  /** For the workspace root. */
  readonly command?: string | null
}

export const NOTHING: Found = { facts: [] }

/** Everything that a look may ask. */
export interface Surroundings {
  readonly options: WorkspaceOptions
  readonly workspace: OpenWorkspace
  readonly reader: SourceReader
  readonly paths: PathFinder
  /** All of the workspace, or those that were named. */
  readonly histories: readonly History[]
  readonly shell: NodeJS.ProcessEnv
}

/** One error, and what of the workspace it concerns. */
export interface Case {
  readonly error: RecognisedError
  /** The histories that it is about; all of them where nothing tells. */
  readonly concerned: readonly History[]
  readonly failed: readonly PlacedScript[]
}

export type Look = (surroundings: Surroundings, about: Case) => Promise<Found>
