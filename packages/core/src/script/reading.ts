import type { Span } from '../text/span.js'

/**
 * A Python literal as a static reader sees it. Every form that Alembic's normalisation treats differently has its own
 * `type`; a `sequence` keeps the order and the spans of its items. Alembic semantics: reference "module attributes".
 */
export type Literal =
  | { readonly type: 'string'; readonly value: string; readonly span: Span }
  | { readonly type: 'none'; readonly span: Span }
  | { readonly type: 'bytes'; readonly value: string; readonly span: Span }
  | { readonly type: 'boolean'; readonly value: boolean; readonly span: Span }
  /** int, float, complex or `...`; `text` is the source text. */
  | { readonly type: 'number'; readonly text: string; readonly span: Span }
  | {
      readonly type: 'sequence'
      readonly form: 'tuple' | 'list' | 'set' | 'dict'
      /** For a dict: its keys, which is what iterating it yields. */
      readonly items: readonly Literal[]
      readonly span: Span
    }

/** What is known about one module-level name without running the module. Never a guess. */
export type Reading =
  /** Assigned once or several times; `literal` is what the last executed assignment gives. `nameSpan` is the name in it. */
  | { readonly kind: 'value'; readonly literal: Literal; readonly nameSpan: Span }
  /** Not bound at module level. */
  | { readonly kind: 'absent' }
  /** Bound by something only Python can evaluate (a call, a condition, an import, `del`, …). */
  | { readonly kind: 'dynamic'; readonly span: Span; readonly reason: string }

/** Why a file cannot be read as Python at all. `kind` is the class CPython raises. */
export interface SyntaxFailure {
  readonly kind: 'SyntaxError' | 'IndentationError' | 'TabError'
  /** `merge-markers` and the like are told apart because their cure differs. */
  readonly cause: 'syntax' | 'merge-markers' | 'encoding' | 'null-byte' | 'too-complex'
  /** Lower case, no full stop. */
  readonly message: string
  readonly span: Span
}

/** `# onehead: ignore <rule>[, <rule>] — <reason>` found in a comment; `ignore-file` covers the whole file. */
export interface IgnoreComment {
  readonly scope: 'line' | 'file'
  readonly rules: readonly string[]
  /** Empty when none is given. */
  readonly reason: string
  /** The comment, from `#` to the end of the line. */
  readonly span: Span
  /** 1-based line of the comment. */
  readonly line: number
  /** True when the comment is alone on its line: it then covers the next line that is not a comment of this kind. */
  readonly alone: boolean
}

/** One file as read without running it. Spans are byte offsets into the file as it is on disk (a BOM counts). */
export interface ScriptReading {
  /** `scanned`: identifiers only; `parsed`: the whole file went through the Python parser. */
  readonly tier: 'scanned' | 'parsed'
  /** Set when CPython would reject the file, or when it cannot be decoded. The other readings are then best effort. */
  readonly failure: SyntaxFailure | null
  /** The module's `__doc__`; `null` where there is none. */
  readonly docstring: { readonly value: string; readonly span: Span } | null
  readonly revision: Reading
  readonly downRevision: Reading
  readonly branchLabels: Reading
  readonly dependsOn: Reading
  /** Other simple module-level names bound to a literal, in order: for misspelt identifiers. */
  readonly otherNames: readonly { readonly name: string; readonly nameSpan: Span; readonly literal: Literal }[]
  readonly ignores: readonly IgnoreComment[]
  /** `upgrade`/`downgrade` functions seen at module level (best effort in tier `scanned`). */
  readonly definesUpgrade: boolean
  /** Tier `scanned`: something in the file calls for the parser (dynamic or absent identifiers, failures, odd syntax). */
  readonly suspicious?: boolean
  /** The file holds no statement at all: blank lines and comments only. */
  readonly empty?: boolean
  /** Tier `parsed`: the oldest Python that accepts the file, and why, where that is newer than 3.11. */
  readonly requires?: { readonly python: string; readonly feature: string; readonly span: Span }
}
