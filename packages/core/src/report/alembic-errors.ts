import { recogniseErrors } from '../explain/recognise.js'

/** What Alembic says, what it means, and what to do about it. */
export interface AlembicErrorAdvice {
  /** The part of the given text that was recognised. */
  readonly matched: string
  readonly cause: string
  /** Starts with a verb. */
  readonly cure: string
  /** Rules of ours that find the place, most likely first; their pages say more. */
  readonly rules: readonly string[]
}

/** What is known about a text that Alembic printed, the root first; empty when nothing in it is recognised. */
export function explainAlembicError(text: string): readonly AlembicErrorAdvice[] {
  return recogniseErrors(text).errors.map(({ known: { cause, cure, rules }, matched }) => ({
    matched,
    cause,
    cure,
    rules,
  }))
}
