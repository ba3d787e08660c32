import type { BrokenEnvironment, History } from '../history/history.js'
import type { ScriptOperations } from '../operations/operation.js'
import type { IgnoreComment } from '../script/reading.js'
import type { Edit, Range, Span } from '../text/span.js'

export type Severity = 'error' | 'warn' | 'info'
export type Level = Severity | 'off'

/** Sets of levels that the rules start from: the first is the one that nobody has to choose. */
export const profiles = ['recommended', 'strict', 'postgresql-online'] as const
export type Profile = (typeof profiles)[number]

/** A place with words. The first label of a diagnostic is its primary place. */
export interface Label {
  readonly path: string
  readonly span: Span
  readonly text: string
}

/** One revision in a drawn part of a history. */
export interface GraphRow {
  readonly revision: string
  /** The message's first line. */
  readonly message: string
  /** Parents to draw a line to; each must be a later row of the same picture. */
  readonly parents: readonly { readonly revision: string; readonly indirect: boolean }[]
  /** What to say behind it: `head`, `branch point`, `yours`, `on origin/main`, … */
  readonly tags: readonly string[]
  readonly isHead: boolean
}

export interface Fix {
  /** `safe` ones are applied by `--fix`; `ask` ones only with a word. */
  readonly applicability: 'safe' | 'ask'
  readonly edits: readonly Edit[]
  /** One runnable command that does it, or null. */
  readonly command: string | null
}

/** Code to paste, in the user's own names. */
export interface RewriteStep {
  /** Where it goes: `in upgrade()`, `in a revision of its own, once the column is filled`. Lower case, no full stop. */
  readonly title: string
  /** Lines without line ends. */
  readonly code: readonly string[]
}

/** What a rule returns: facts with data. The engine adds rule, severity, ranges and fingerprint. */
export interface Finding {
  /** Headline: lower case, no full stop, states the fact, never the remedy. */
  readonly message: string
  readonly labels: readonly Label[]
  /** Consequences or evidence. */
  readonly notes?: readonly string[]
  /** Starts with a verb. */
  readonly help?: string | null
  readonly fix?: Fix | null
  /** The safe way, step by step where it takes several revisions: what no edit of this script alone can do. */
  readonly rewrite?: readonly RewriteStep[]
  /** The part of the history to draw when the shape matters, newest first; the report draws it. */
  readonly graph?: readonly GraphRow[]
  /** Less than the rule's own level: this finding is never worse than that. */
  readonly atMost?: Severity
  /** What stays the same when lines move or text changes: ids, names. Hashed into the fingerprint. */
  readonly key: readonly string[]
  /** True when Alembic itself refuses to work because of this: never folded, never parked as old debt. */
  readonly stopsAlembic?: boolean
  /** True when something could not be told: never folded either, although Alembic may well go on. */
  readonly hidesFacts?: boolean
}

/** Whoever edits scripts needs nothing of a context but their bytes. */
export type Sources = Pick<RuleContext, 'source'>

/** What a rule may look at. Everything is data; nothing here reads a file. */
export interface RuleContext {
  readonly history: History
  /** True when this id is published (see the words in the design); rules that only concern new work ask it. */
  readonly isPublished: (revision: string) => boolean
  /** Like `isPublished`, but also true when nobody can tell: a fix that rewrites an id or a parent asks this one. */
  readonly mayBePublished: (revision: string) => boolean
  /** Bytes of a script of this history; only for scripts a rule already has a reason to look at. */
  readonly source: (path: string) => Uint8Array
  /**
   * What a script does, null where it cannot be parsed. The first question loads the parser, and every script takes about
   * as long as two hundred that are only scanned: ask for few, and of single scripts only where `isJudged` says so.
   */
  readonly operations: (path: string) => ScriptOperations | null
  /** False for old debt: what is published is judged script by script only where all of it is asked for. */
  readonly isJudged: (revision: string) => boolean
  /** What is published already, where this is about a push; `null` in every other moment. */
  readonly publishing: Publishing | null
  /** What became of every ignore comment. Complete for the rule that runs last, empty for all others. */
  readonly ignores: readonly IgnoreUse[]
}

/** A push as rules see it: `history` is what will exist, this is what is there already. */
export interface Publishing {
  /** The branch that the push lands on, as people call it: `origin/main`. */
  readonly target: string
  /** The same environment there. */
  readonly before: History
  /** Bytes of a script there. */
  readonly sourceBefore: (path: string) => Uint8Array
  /** Ids that both have, whose scripts do not have the same bytes. */
  readonly edited: ReadonlySet<string>
  /** Needed only where `edited` holds something. */
  readonly sameMeaning: (before: Uint8Array, after: Uint8Array, fileName: string) => boolean
  /** Ids that scripts in the working tree declare which were not committed, with their paths. */
  readonly uncommitted: ReadonlyMap<string, string>
}

/** One ignore comment after all other rules have run. */
export interface IgnoreUse {
  readonly path: string
  readonly comment: IgnoreComment
  /** Names that no rule has, each with the one that was probably meant. */
  readonly unknown: readonly { readonly name: string; readonly near: string | null }[]
  /** Rules that ran, could tell, and found nothing here. */
  readonly unused: readonly Pick<Rule, 'name' | 'scope'>[]
}

/** What `onehead.json` says about environments that are not there. */
export interface SettingsContext {
  /** The path of `onehead.json`. */
  readonly path: string
  /** Keys under `environments` that matched nothing, with the place of the key. */
  readonly unmatched: readonly { readonly key: string; readonly span: Span }[]
  /** Paths of all environments that were found. */
  readonly environments: readonly string[]
}

/** A file in which somebody has written down commands for a machine. */
export interface CommandFile {
  readonly path: string
  readonly content: Uint8Array
}

/** What a workspace runs by itself. */
export interface CommandsContext {
  readonly files: readonly CommandFile[]
  /** Some environment has several heads on purpose. */
  readonly severalHeads: boolean
}

export interface Rule<Name extends string = string> {
  /** = file name = doc name = what a user types in an ignore comment. */
  readonly name: Name
  /** The level that it has by itself: in the profile `recommended`. */
  readonly severity: Level
  /** Its level in other profiles, where that is another one. */
  readonly profiles?: Readonly<Partial<Record<Exclude<Profile, 'recommended'>, Level>>>
  /**
   * `graph` rules always run; `script` rules only on scripts that are not published or parked; `publishing` rules compare
   * what a push brings with what is published, and so run only there.
   */
  readonly scope: 'graph' | 'script' | 'publishing'
  /** One line for tables: what it finds, lower case. */
  readonly summary: string
  readonly check: (context: RuleContext) => readonly Finding[]
  /** For the rule that judges a configuration which yields no history at all. */
  readonly checkBroken?: (broken: BrokenEnvironment) => readonly Finding[]
  /** For the rule that judges `onehead.json` against what was found. */
  readonly checkSettings?: (settings: SettingsContext) => readonly Finding[]
  /** For the rule that judges commands in files that are no scripts of Alembic's. */
  readonly checkCommands?: (commands: CommandsContext) => readonly Finding[]
}

/** A rule about something else than a history leaves `check` out. */
type RuleDefinition<Name extends string> = Omit<Rule<Name>, 'check'> & Partial<Pick<Rule, 'check'>>

export function defineRule<const Name extends string>(rule: RuleDefinition<Name>): Rule<Name> {
  return { check: () => [], ...rule }
}

/** The level of a rule in a profile. */
export function levelIn({ severity, profiles: others }: Pick<Rule, 'severity' | 'profiles'>, profile: Profile): Level {
  return profile === 'recommended' ? severity : (others?.[profile] ?? severity)
}

/** A finding with its name, level and places: one entry of `diagnostics` in the JSON contract. */
export interface Diagnostic {
  readonly rule: string
  readonly severity: Severity
  /** The environment's name. */
  readonly environment: string
  readonly message: string
  /** 16 hex digits; stable when lines move. */
  readonly fingerprint: string
  readonly labels: readonly { readonly path: string; readonly range: Range; readonly text: string }[]
  readonly notes: readonly string[]
  readonly help: string | null
  readonly fix: {
    readonly applicability: 'safe' | 'ask'
    readonly edits: readonly { readonly path: string; readonly range: Range; readonly text: string }[]
    readonly command: string | null
  } | null
  readonly rewrite: readonly RewriteStep[]
  readonly graph: readonly GraphRow[]
  /** True when Alembic itself refuses to work because of it: never folded, never parked. */
  readonly stopsAlembic: boolean
  /** True when something could not be told because of it: never folded, never parked. */
  readonly hidesFacts: boolean
}

/** Old debt: diagnostics of published scripts, folded to one line per rule. */
export interface FoldedDiagnostics {
  readonly rule: string
  readonly severity: Severity
  /** Environment names, sorted. */
  readonly environments: readonly string[]
  readonly count: number
  readonly reason: 'published' | 'baseline'
}
