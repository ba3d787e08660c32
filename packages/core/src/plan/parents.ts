import type { Sources } from '../rules/rule.js'
import { bytesAsText } from '../rules/support/bytes.js'
import { literalEdit, pythonString, revisesEdits } from '../rules/support/edits.js'
import type { Script } from '../script/script.js'
import type { Edit } from '../text/span.js'

/**
 * What changes in the file when `script` gets other parents: only the value of `down_revision` (its literals alone where
 * as many parents stay) and the docstring's `Revises:`. Annotations, quotes, comments around it are left alone.
 *
 * @param parents ids in the order to declare; empty for a base
 */
export function parentEdits(sources: Sources, script: Script, parents: readonly string[]): Edit[] {
  return [...valueEdits(sources, script, parents), ...revisesEdits(sources, script, parents)]
}

function valueEdits(sources: Sources, script: Script, parents: readonly string[]): Edit[] {
  const { path, downRevisions, spans } = script
  const separate = spans.downRevisions.length === downRevisions.length && areApart(script)
  if (separate && parents.length === downRevisions.length && parents.length > 0) {
    return parents.flatMap((id, index) =>
      id === downRevisions[index] ? [] : [literalEdit(sources, path, spans.downRevisions[index]!, id)],
    )
  }
  const quote = quoteOf(sources, script)
  const literals = parents.map((id) => pythonString(id, quote))
  const text = literals.length === 0 ? 'None' : literals.length === 1 ? literals[0]! : `(${literals.join(', ')})`
  return [{ path, span: spans.downRevision, text }]
}

/** False where all parents come from one expression, so that none can be edited by itself. */
function areApart({ spans }: Script): boolean {
  const places = spans.downRevisions.map(({ start, end }) => `${start} ${end}`)
  return new Set(places).size === places.length
}

/** The author's own quotes: those of the value, else those of the id. */
function quoteOf(sources: Sources, { path, spans }: Script): "'" | '"' {
  const bytes = sources.source(path)
  const texts = [spans.downRevision, spans.revision].map((span) => (span === null ? '' : bytesAsText(bytes, span)))
  return /["']/.exec(texts.join(''))?.[0] === '"' ? '"' : "'"
}
