import type { History } from '../../history/history.js'
import type { UnreadableScript } from '../../script/script.js'
import { stem } from './words.js'

/** The id that an unreadable script declares, as far as that can be told. */
export function declaredRevision(file: UnreadableScript): string | null {
  const revision = file.reading?.revision
  return revision?.kind === 'value' && revision.literal.type === 'string' ? revision.literal.value : null
}

/** Files that are no migration at all: nothing can be hidden in them. */
export function isStray(file: UnreadableScript): boolean {
  if (file.cause === 'no-revision' || file.cause === 'empty') return true
  return file.cause === 'no-down-revision' && file.reading?.revision.kind === 'absent'
}

/** The unreadable script that declares `id`, or that may well declare it. */
export function mayDeclare(history: History, id: string): UnreadableScript | undefined {
  return history.unreadable.find((file) => {
    if (isStray(file)) return false
    const declared = declaredRevision(file)
    if (declared !== null) return declared === id
    const name = stem(file.path)
    return (
      file.reading?.revision.kind === 'dynamic' || file.reading === null || name === id || name.split('_').includes(id)
    )
  })
}
