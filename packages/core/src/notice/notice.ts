import type { Environment } from '../history/history.js'
import type { Diagnostic } from '../rules/rule.js'

/** What git did when there is something to tell. */
export type Occasion = 'merge' | 'squash' | 'rebase' | 'switch'

/** A revision as a notice names it. */
export interface NoticedRevision {
  readonly revision: string
  /** The message's first line. */
  readonly message: string
  /** Workspace-relative. */
  readonly path: string
}

/** An incoming revision that hangs on other parents than it did. */
export interface Reparented extends NoticedRevision {
  /** Ids as declared; empty for a base. */
  readonly from: readonly string[]
  readonly to: readonly string[]
  /** Revisions that a database which has run the moved one counts as run although it never ran them; parents first. */
  readonly skipped: readonly NoticedRevision[]
  /** How such a database gets them after all; null where no short way is certain. */
  readonly wayBack: WayBack | null
  /** What takes the moved line out of a database while its old scripts are there; null where no single place is below it. */
  readonly goDown: string | null
}

/**
 * The two ways of DESIGN.md's verdict for a database at `last`, with the scripts as they are now: `from` … `to` … moved …
 * `last`. Commands are for the workspace root.
 */
export interface WayBack {
  /** The old parent; `base` where there was none. */
  readonly from: string
  /** The new parent. */
  readonly to: string
  /** The last revision of the moved line. */
  readonly last: string
  /** Keeps all data; right where both sides touch different things: `stamp from`, `upgrade to`, `stamp last`. */
  readonly catchUp: string
  /** Always right: `downgrade to`, `stamp from`, `upgrade head`. */
  readonly stepBack: string
}

/** What became of one environment between two moments. Plain data: words are chosen by the report. */
export interface HistoryChange {
  readonly environment: Environment
  /** `appeared`: the environment was not there before; `disappeared`: it is not there now. */
  readonly kind: 'changed' | 'appeared' | 'disappeared'
  /** How many revisions there are now (before, where it disappeared). */
  readonly size: number
  /** Parents first. */
  readonly cameIn: readonly NoticedRevision[]
  /** Parents first. */
  readonly left: readonly NoticedRevision[]
  /** Those of `left` at which a database may stand: heads of the history before. */
  readonly leftHeads: readonly string[]
  /** Where a database has to be downgraded to (`base`: all the way) while the scripts that left are there; null: no single place. */
  readonly downTo: string | null
  /** The command that does it; null where `downTo` is. */
  readonly goDown: string | null
  /** What brings a database up to date once the history is in order. */
  readonly upgrade: string
  readonly reparented: readonly Reparented[]
  /** Null where nobody can tell. */
  readonly headsBefore: readonly NoticedRevision[] | null
  readonly heads: readonly NoticedRevision[] | null
  /** The finding about the number of heads, where it is wrong now. */
  readonly split: Diagnostic | null
  /** Errors that were not there before, without `split`. */
  readonly newErrors: readonly Diagnostic[]
}

/** A configuration that could be used before and cannot now. */
export interface NewlyBroken {
  readonly name: string
  readonly config: string
  readonly message: string
}

/** One note. */
export interface Notice {
  readonly occasion: Occasion
  /** Only those worth a word. */
  readonly changes: readonly HistoryChange[]
  readonly broken: readonly NewlyBroken[]
  /** How to get back to the scripts as they were: what `git checkout` takes; null where nothing certain leads there. */
  readonly before: string | null
  /** Revision id → who made it. */
  readonly authors: ReadonlyMap<string, string>
}
