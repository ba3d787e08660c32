/** What of a workspace says more about an error; looked up in this order. */
export type FactWish =
  /** What the rules of the entry find in the scripts. */
  | 'rules'
  /** The same once the target is merged: for errors that CI sees and the working tree does not have. */
  | 'merge'
  /** The revisions that the text names: where they are declared, or where git has them. */
  | 'revisions'
  /** The scripts that make, change or drop what the text names. */
  | 'makers'
  /** The place in the script that failed, and the safe way in the user's own names. */
  | 'rewrite'
  /** Heads, and how many there should be. */
  | 'heads'
  /** The configuration that is used. */
  | 'configuration'
  /** Where the address of the database comes from. */
  | 'address'

/** What a text has to do with the others in it. */
export type ErrorWeight =
  /** It names its own reason. */
  | 'cause'
  /** Something goes wrong after something else: behind any other error it says nothing of its own. */
  | 'consequence'
  /** Often overcome by waiting: behind an error that came later from the same database it is the past. */
  | 'passing'

/** A text that may stand in what Alembic, Flask-Migrate, SQLAlchemy or a driver printed, and what is known about it. */
export interface KnownError {
  /** Stable name: what went wrong, in the words of rule names. */
  readonly kind: string
  /**
   * Matched against one message with all white space evened out to single spaces. Groups are names of `Subject`. Repetition has a bound
   * everywhere, so that no text takes longer than its length.
   */
  readonly patterns: readonly RegExp[]
  /** What says the same in any language: SQLSTATEs, numbers of MySQL (`mysql:1050`), class names of PostgreSQL's drivers. */
  readonly codes?: readonly string[]
  /** Where a statement is known it must begin like this; codes alone are not enough then. Matched like `patterns`. */
  readonly statement?: RegExp
  /** Without a statement it is something else. */
  readonly onlyInStatement?: true
  /** The file that raised it, or the one that called that, by path. */
  readonly frames?: RegExp
  /** The function of that file. */
  readonly inside?: string
  /** A text without any traceback will do. */
  readonly alsoWithoutFrames?: true
  /** What guides call it; matched against short texts in lower case without marks. */
  readonly headings?: readonly RegExp[]
  readonly weight?: ErrorWeight
  /** Sentences. */
  readonly cause: string
  /** Starts with a verb, lower case, no full stop. */
  readonly cure: string
  /** Rules of ours whose pages say more, most likely first. */
  readonly rules: readonly string[]
  readonly facts: readonly FactWish[]
  /** The command that comes next where no fact names a better one; an environment is put behind those that take one. */
  readonly next: NextCommand
}

export type NextCommand = 'check' | 'fix' | 'status' | 'upgrade' | 'doctor' | 'history' | 'heads'

/** Names that stand in a message. */
export interface Subject {
  readonly table?: string
  readonly column?: string
  /** Of an index, a constraint, a type. */
  readonly name?: string
  readonly revision?: string
  /** A second revision. */
  readonly other?: string
  readonly module?: string
  readonly path?: string
  readonly label?: string
}
