import type { Level, Profile, Span } from '@onehead/core'

/** How a database is backed up before its schema changes. */
export interface BackupSettings {
  /** Relative to the workspace, or with `~/`. */
  readonly directory?: string
  /** How many backups of a database stay. */
  readonly keep?: number
}

/** What `onehead.json` says about one environment; `undefined` is "nothing". */
export interface EnvironmentConfiguration {
  readonly name?: string
  /** Workspace-relative; the root is the empty text. */
  readonly cwd?: string
  readonly expectedHeads?: number | readonly string[]
  readonly externalRevisions?: readonly string[]
  readonly replacedRevisions?: readonly string[]
  readonly dialect?: readonly string[]
  readonly rules?: Readonly<Record<string, Level>>
  readonly env?: Readonly<Record<string, string>>
  /** The name of a way, or the command with which Python is started. */
  readonly runner?: string | readonly string[]
  readonly app?: string
  readonly databaseUrlEnv?: string
  /** A command, settings of our own backup, or false for none. */
  readonly backup?: string | false | BackupSettings
  readonly fileName?: string
}

/** One key of `environments` that names an environment. */
export interface EnvironmentEntry {
  /** Without `./` in front and `/` behind; `.` for the root. */
  readonly key: string
  /** The bytes of the key in `onehead.json`. */
  readonly span: Span
  readonly settings: EnvironmentConfiguration
}

/** `onehead.json`, complete with defaults. */
export interface Configuration {
  /** `onehead.json` where it exists, else null: everything is a default. */
  readonly path: string | null
  readonly target: string | null
  /** Pattern → branch or `self`, in file order. */
  readonly targets: Readonly<Record<string, string>>
  readonly published: readonly string[]
  readonly releaseTags: readonly string[]
  readonly policy: 'auto' | 'rebase' | 'merge'
  /** Names are not checked here: the caller knows the rules. */
  readonly rules: Readonly<Record<string, Level>>
  /** Where each rule of `rules` stands, and those of environments: for the caller's message about unknown names. */
  readonly ruleSpans: readonly { readonly rule: string; readonly span: Span }[]
  /** The levels that rules start from. */
  readonly profile: Profile
  readonly dialects: readonly string[]
  /** The path of the baseline file. */
  readonly baseline: string
  readonly environments: {
    /** `null` = look for the usual names. */
    readonly include: readonly string[] | null
    readonly exclude: readonly string[]
    readonly entries: readonly EnvironmentEntry[]
  }
}

export const CONFIGURATION_PATH = 'onehead.json'
export const BASELINE_PATH = 'onehead.baseline.json'

export const defaultConfiguration: Configuration = {
  path: null,
  target: null,
  targets: {},
  published: [],
  releaseTags: ['v*'],
  policy: 'auto',
  rules: {},
  ruleSpans: [],
  profile: 'recommended',
  dialects: [],
  baseline: BASELINE_PATH,
  environments: { include: null, exclude: [], entries: [] },
}
