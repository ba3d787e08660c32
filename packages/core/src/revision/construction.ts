import type { AlembicError } from '../script/script.js'
import { cycleError, revisionError } from './errors.js'
import type { Revision } from './revision.js'

/** Illegal in revision ids because they mean something in arguments. `:` since Alembic 1.17.1. */
const RESERVED = ['+', '-', ':', '@']
const NONE: readonly string[] = []

/** The reserved characters of an id, each once, in code point order (Alembic's). */
export function findReservedCharacters(id: string): readonly string[] {
  // Asked of every revision several times, and nearly none has any.
  if (!/[-+:@]/.test(id)) return NONE
  return RESERVED.filter((character) => id.includes(character))
}

/**
 * What Alembic raises for this revision alone, as soon as its file is loaded and before anything else of the map is looked
 * at: a self-loop, a dependency on itself, a reserved character; in this order. A caller that also knows files that fail
 * to load takes the first error in load order, whichever kind it is.
 */
export function constructionError(revision: Revision): AlembicError | null {
  const id = revision.revision
  if (dependsOnItself(revision.downRevisions, id) && id !== '') return cycleError('LoopDetected', [id])
  if (dependsOnItself(revision.dependsOn, id)) return cycleError('DependencyLoopDetected', [id])
  const reserved = findReservedCharacters(id)
  if (reserved.length === 0) return null
  return revisionError([id], `Character(s) '${reserved.join(', ')}' not allowed in revision identifier '${id}'`)
}

function dependsOnItself(ids: readonly string[], id: string): boolean {
  return ids.length > 0 && ids.includes(id)
}

/** The first construction error in load order, and the position of its revision. */
export function firstConstructionError(
  revisions: Iterable<Revision>,
): { readonly index: number; readonly error: AlembicError } | null {
  let index = 0
  for (const revision of revisions) {
    const error = constructionError(revision)
    if (error !== null) return { index, error }
    index++
  }
  return null
}
