/** A half-open range of bytes in a file: `start` included, `end` excluded, both counted from 0. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A place in a text: line and column count from 1 (columns in Unicode code points), offset in bytes from 0. */
export interface Position {
  readonly line: number
  readonly column: number
  readonly offset: number
}

/** From `start` (included) to `end` (excluded). */
export interface Range {
  readonly start: Position
  readonly end: Position
}

/** Replace the bytes of `span` in the file `path` (workspace-relative, `/`) by `text`; an empty span inserts. */
export interface Edit {
  readonly path: string
  readonly span: Span
  readonly text: string
}
