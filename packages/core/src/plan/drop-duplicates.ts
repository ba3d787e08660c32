import type { FunctionOperations, Operation } from '../operations/operation.js'
import type { Overlap } from '../overlap/index.js'
import type { Edit, Span } from '../text/span.js'
import type { PlanContext } from './context.js'
import type { Draft } from './draft.js'

export interface DroppedDuplicate {
  readonly overlap: Overlap
  readonly path: string
  /** What is done, for people. */
  readonly text: string
}

/**
 * Takes out of my scripts what the other side creates already: the statement becomes `pass` with a comment, and so does the
 * one of `downgrade()` that drops it. Only whole statements of scripts that nobody else has; everything else is left as it is.
 * Edits `draft`.
 */
export function dropDuplicates(
  draft: Draft,
  overlaps: readonly Overlap[],
  { standing, operationsOf }: PlanContext,
): readonly DroppedDuplicate[] {
  const dropped: DroppedDuplicate[] = []
  const edits = new Map<string, Edit>()
  for (const overlap of overlaps) {
    const { kind, object, mine, theirs, severity } = overlap
    if (kind !== 'created-twice' || severity !== 'block' || standing.publishedIn(mine.revision) !== null) continue
    const operations = operationsOf(draft.source(mine.path))
    if (operations === null) continue
    const spans = [mine.span, ...undoingSpans(operations.downgrade, overlap)]
    const text = `pass  # ${object.type} ${object.name ?? 'without a name'}: ${theirs.revision} creates it`
    const own = spans.map((span) => ({ path: mine.path, span, text }))
    if (!own.every(({ path, span }) => isWholeStatement(draft.source(path), span))) continue
    for (const edit of own) edits.set(`${edit.path}:${edit.span.start}`, edit)
    dropped.push({ overlap, path: mine.path, text: `leaves ${object.type} ${object.name} to ${theirs.revision}` })
  }
  draft.edit([...edits.values()])
  return dropped
}

/** What takes the same object away again. */
function undoingSpans({ operations }: FunctionOperations, { object }: Overlap): readonly Span[] {
  return operations.filter((operation) => drops(operation, object)).map(({ span }) => span)
}

function drops(operation: Operation, { type, name, table }: Overlap['object']): boolean {
  switch (operation.kind) {
    case 'drop_table':
      return type === 'table' && operation.table === name
    case 'drop_column':
      return type === 'column' && operation.table === table && operation.column === name
    case 'drop_index':
      return type === 'index' && operation.name === name
    case 'drop_constraint':
      return type === 'constraint' && operation.name === name
    case 'drop_type':
      return type === 'enum' && operation.name === name
    default:
      return false
  }
}

/** Nothing else on its lines but white space, or a comment behind it. */
function isWholeStatement(bytes: Uint8Array, { start, end }: Span): boolean {
  const text = new TextDecoder('latin1').decode(bytes)
  const before = text.slice(Math.max(text.lastIndexOf('\n', start - 1), text.lastIndexOf('\r', start - 1)) + 1, start)
  const [after = ''] = text.slice(end).split(/\r\n|\r|\n/, 1)
  return /^[ \t]*$/.test(before) && /^[ \t]*(#.*)?$/.test(after)
}
