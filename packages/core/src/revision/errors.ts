import type { AlembicError } from '../script/script.js'
import { repr } from './python-text.js'

/** What Alembic 1.20 raises, as data. The sentences are Alembic's, so that they can be compared and searched for. */

export function keyError(key: string): AlembicError {
  return { kind: 'KeyError', revisions: [key], message: repr(key) }
}

export function revisionError(revisions: readonly string[], message: string): AlembicError {
  return { kind: 'RevisionError', revisions, message }
}

export function resolutionError(argument: string, message: string): AlembicError {
  return { kind: 'ResolutionError', revisions: [argument], message }
}

export function multipleHeads(heads: readonly string[], argument: string): AlembicError {
  const message = `Multiple heads are present for given argument '${argument}'; ${heads.join(', ')}`
  return { kind: 'MultipleHeads', revisions: heads, message }
}

/** A bare `assert` of Alembic that fails: it says nothing. */
export function assertionError(revisions: readonly string[]): AlembicError {
  return { kind: 'AssertionError', revisions, message: '' }
}

const cycleWords = {
  CycleDetected: 'Cycle',
  DependencyCycleDetected: 'Dependency cycle',
  LoopDetected: 'Self-loop',
  DependencyLoopDetected: 'Dependency self-loop',
} as const

export function cycleError(kind: keyof typeof cycleWords, revisions: readonly string[]): AlembicError {
  return { kind, revisions, message: `${cycleWords[kind]} is detected in revisions (${revisions.join(', ')})` }
}

/** Carries an AlembicError out of nested look-ups; never leaves this folder. */
export class Raised extends Error {
  readonly error: AlembicError
  readonly candidates: readonly string[] | null

  constructor(error: AlembicError, candidates: readonly string[] | null = null) {
    super(error.message)
    this.error = error
    this.candidates = candidates
  }
}
