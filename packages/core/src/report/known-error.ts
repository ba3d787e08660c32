import type { AlembicErrorAdvice } from './alembic-errors.js'

/** A text that may stand in what Alembic, Flask-Migrate or a driver printed, and what is known about it. */
export interface KnownError extends Omit<AlembicErrorAdvice, 'matched'> {
  /** Matched against the text with all white space evened out to single spaces. */
  readonly pattern: RegExp
}
