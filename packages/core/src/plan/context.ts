import type { History } from '../history/history.js'
import type { NewScriptSettings } from '../new-script/index.js'
import type { ScriptOperations } from '../operations/operation.js'
import type { ScriptReading } from '../script/reading.js'
import type { Script } from '../script/script.js'
import type { Refusal } from './plan.js'

/** What is known of revisions beyond their scripts. Everything is asked by id. */
export interface Standing {
  /** The branch this work will land on, as people call it: `origin/main`; null where nobody knows one. */
  readonly target: string | null
  /** The environment as the target has it; null without a target, or where it does not have the environment. */
  readonly published: History | null
  /** Where a revision is published: `origin/main`, `tag v1.2`, `the last commit`; null where it is not. */
  readonly publishedIn: (revision: string) => string | null
  /** A remote branch that has it together with commits of somebody else. */
  readonly sharedOn: (revision: string) => { readonly branch: string; readonly author: string } | null
  /** A database that was asked, is not only its author's, and has run it. */
  readonly stampedIn: (revision: string) => string | null
  /** The script that declares a published revision there, workspace-relative; null where it is not published or nobody knows. */
  readonly publishedPath: (revision: string) => string | null
  /** Bytes of a script as the target has it. */
  readonly publishedSource: (path: string) => Uint8Array | null
}

/** A new script, ready to be written. */
export interface WrittenScript {
  readonly revision: string
  readonly path: string
  readonly bytes: Uint8Array
}

/** Everything that a plan is made from. Nothing here writes. */
export interface PlanContext {
  /** What will exist before the repair: the working tree, or it merged with the target. */
  readonly history: History
  readonly source: (path: string) => Uint8Array
  /** What a file says about itself, with everything evaluated that is certain. */
  readonly read: (bytes: Uint8Array) => ScriptReading
  /** What a script does, from its bytes; null where they cannot be parsed. */
  readonly operationsOf: (bytes: Uint8Array) => ScriptOperations | null
  /** True where `history` has everything that the target has: what is missing then was taken away. */
  readonly includesTarget: boolean
  readonly standing: Standing
  /** `rebase` and `merge` force one way for the heads; `auto` lets the facts decide. */
  readonly want: 'auto' | 'rebase' | 'merge'
  /** Whether that was typed, or stands in the configuration. */
  readonly wantedBy: 'command' | 'policy'
  /** False: heads only, nothing else is mended. */
  readonly mends: boolean
  /**
   * What becomes of things that both sides create or alter: `refuse`; `allow` goes on as if they did not; `drop` takes out of
   * what nobody has yet what the other side creates already.
   */
  readonly overlaps: 'refuse' | 'allow' | 'drop'
  /** How scripts are named today: given, what moves gets a name of today where its name holds a date. */
  readonly renames?: NewScriptSettings
  /** Merge exactly these, in this order, whatever else there is; absent: the heads that are too many. */
  readonly heads?: readonly string[]
  /** A merge revision of these heads, in this order; or why only the project's Alembic can write it, or why nobody should. */
  readonly writeMerge: (parents: readonly Script[]) => WrittenScript | { readonly refusal: string | Refusal }
}
