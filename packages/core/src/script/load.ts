import type { Span } from '../text/span.js'
import type { Literal, Reading, ScriptReading } from './reading.js'
import type { AlembicError, Script, UnreadableScript } from './script.js'

type Cause = UnreadableScript['cause']

/**
 * What Alembic makes of a file in a version location (`Script._from_path`, `Script.__init__`, `Revision.__init__` of
 * 1.20.0): its identifiers after normalisation, or why it cannot be loaded. Self-loops, reserved characters, missing and
 * duplicate ids are the revision map's business.
 *
 * @param path workspace-relative, with `/`.
 * @param fileName base name of the resolved path where `path` is a symbolic link: Alembic's names and messages use that.
 */
export function toScript(
  path: string,
  reading: ScriptReading,
  fileName = path.slice(path.lastIndexOf('/') + 1),
): Script | UnreadableScript {
  const refuse = (cause: Cause, error: AlembicError | null, detail: string, span: Span): UnreadableScript => ({
    path,
    cause,
    error,
    detail,
    span,
    reading,
  })
  if (reading.failure !== null) {
    const { kind, cause, message, span } = reading.failure
    return refuse(cause, alembicError(kind, message), message, span)
  }
  for (const [name, value] of [
    ['revision', reading.revision],
    ['down_revision', reading.downRevision],
  ] as const) {
    if (value.kind === 'dynamic')
      return refuse('dynamic', null, `${name} cannot be told without Python: ${value.reason}`, value.span)
  }
  const id = revisionId(reading.revision, fileName)
  if ('error' in id) {
    const cause = reading.revision.kind === 'value' ? 'wrong-type' : nothingAt(reading, 'no-revision')
    return refuse(cause, id.error, id.detail, id.span)
  }
  if (reading.downRevision.kind !== 'value') {
    const message = `module '${moduleName(fileName)}' has no attribute 'down_revision'`
    return refuse(
      nothingAt(reading, 'no-down-revision'),
      alembicError('AttributeError', message),
      'down_revision is not assigned',
      nowhere,
    )
  }
  const down = references(reading.downRevision.literal)
  if ('item' in down)
    return refuse('wrong-type', downError(down.item, down.index), wrongItem('down_revision', down.item), down.item.span)
  const depends = optional(reading.dependsOn)
  if ('item' in depends) {
    const error = dependsError(depends.item, id.id, down.ids.length === 0)
    return refuse('wrong-type', error, wrongItem('depends_on', depends.item), depends.item.span)
  }
  const labels = optional(reading.branchLabels)
  if ('item' in labels && isUnhashable(labels.item) && reading.branchLabels.kind === 'value') {
    return refuse(
      'wrong-type',
      alembicError('TypeError', unhashable(labels.item)),
      wrongItem('branch_labels', labels.item),
      labels.item.span,
    )
  }
  const unknown: ('depends_on' | 'branch_labels')[] = []
  if (reading.dependsOn.kind === 'dynamic') unknown.push('depends_on')
  // Alembic accepts labels that are no text; nothing can ever refer to them.
  if (reading.branchLabels.kind === 'dynamic' || 'item' in labels) unknown.push('branch_labels')
  const longdoc = documentation(reading)
  const blank = longdoc.indexOf('\n\n')
  return {
    path,
    revision: id.id,
    downRevisions: down.ids,
    dependsOn: depends.ids,
    branchLabels: 'item' in labels ? none : labels.ids,
    spans: {
      revision: id.span,
      downRevision: reading.downRevision.literal.span,
      downRevisions: down.spans,
      dependsOn: depends.spans,
      branchLabels: 'item' in labels ? none : labels.spans,
    },
    unknown: unknown.length === 0 ? nothingUnknown : unknown,
    longdoc,
    message: blank === -1 ? longdoc : longdoc.slice(0, blank),
    reading,
  }
}

const nowhere: Span = { start: 0, end: 0 }
const nothingUnknown: Script['unknown'] = []
const none: readonly never[] = []
const noReferences = { ids: none, spans: none }

/** The reading of a file of which nothing is known, for scripts that could not even be opened. */
export const emptyReading: ScriptReading = {
  tier: 'scanned',
  failure: null,
  docstring: null,
  revision: { kind: 'absent' },
  downRevision: { kind: 'absent' },
  branchLabels: { kind: 'absent' },
  dependsOn: { kind: 'absent' },
  otherNames: [],
  ignores: [],
  definesUpgrade: false,
}

const alembicError = (kind: string, message: string, revisions: readonly string[] = []): AlembicError => ({
  kind,
  revisions,
  message,
})

/** A file without statements is a stray file whatever attribute Alembic misses first. */
const nothingAt = (reading: ScriptReading, cause: 'no-revision' | 'no-down-revision'): Cause =>
  reading.empty === true ? 'empty' : cause

type RevisionId =
  | { readonly id: string; readonly span: Span | null }
  | { readonly error: AlembicError | null; readonly detail: string; readonly span: Span }

/** The id; without a `revision` Alembic takes it from a file name that is nothing but lower-case hexadecimal (before 0.2). */
function revisionId(reading: Reading, fileName: string): RevisionId {
  if (reading.kind === 'value') {
    const { literal } = reading
    if (literal.type === 'string') return { id: literal.value, span: literal.span }
    return { error: revisionError(literal), detail: `revision is ${typeName(literal)}, not a text`, span: literal.span }
  }
  const legacy = /^([a-f0-9]+)\.py$/.exec(fileName)
  if (legacy !== null) return { id: legacy[1]!, span: null }
  const message =
    `Could not determine revision id from filename ${fileName}. Be sure the 'revision' variable is declared inside the ` +
    "script (please see 'Upgrading from Alembic 0.1 to 0.2' in the documentation)."
  return { error: alembicError('CommandError', message), detail: 'revision is not assigned', span: nowhere }
}

/** Alembic tests the id for reserved characters (so it must be iterable), then uses it as a key of a dict. */
function revisionError(literal: Literal): AlembicError | null {
  if (isUnhashable(literal)) return alembicError('TypeError', unhashable(literal))
  if (literal.type === 'sequence' || literal.type === 'bytes') return null
  return alembicError('TypeError', `'${typeName(literal)}' object is not iterable`)
}

type References =
  | { readonly ids: readonly string[]; readonly spans: readonly Span[] }
  | { readonly item: Literal; readonly index: number }

/** `to_tuple` and `tuple_rev_as_scalar`: None and empty sequences are nothing, a sequence of one is its item. */
function references(literal: Literal): References {
  const items = itemsOf(literal)
  if (items === null) return { item: literal, index: 0 }
  const [only] = items
  if (items.length === 1 && only!.type === 'none') return noReferences
  // A tuple in a tuple of one is unwrapped once; an empty one is no base but a cycle.
  const inner = items.length === 1 && only!.type === 'sequence' && only!.items.length > 0 ? only!.items : items
  if (inner.length === 0) return noReferences
  const ids: string[] = []
  const spans: Span[] = []
  for (const [index, item] of inner.entries()) {
    if (item.type !== 'string') return { item, index }
    ids.push(item.value)
    spans.push(item.span)
  }
  return { ids, spans }
}

/** What Python's `tuple(value)` gives, `null` for what is neither None, text nor iterable. Bytes yield numbers. */
function itemsOf(literal: Literal): readonly Literal[] | null {
  switch (literal.type) {
    case 'none':
      return []
    case 'string':
      return [literal]
    case 'sequence':
      return literal.items
    case 'bytes':
      return [...literal.value].map(
        (byte) => ({ type: 'number', text: String(byte.charCodeAt(0)), span: literal.span }) as const,
      )
    default:
      return null
  }
}

function optional(reading: Reading): References {
  return reading.kind === 'value' ? references(reading.literal) : noReferences
}

const isFalsy = (literal: Literal): boolean =>
  (literal.type === 'boolean' && !literal.value) ||
  (literal.type === 'number' && /^-?[0_.]+(?:e.*)?j?$/i.test(literal.text) && literal.text !== '...')

/** A parent that is no text: printing it fails, unless it is falsy: then it is looked up and missed. */
function downError(item: Literal, index: number): AlembicError {
  if (index === 0 && isFalsy(item)) return alembicError('KeyError', repr(item), [repr(item)])
  if (item.type === 'sequence' && item.items.length === 0 && index === 0) {
    return alembicError('CycleDetected', 'Cycle is detected in revisions')
  }
  return alembicError('TypeError', `sequence item ${index}: expected str instance, ${typeName(item)} found`)
}

function dependsError(item: Literal, revision: string, isBase: boolean): AlembicError | null {
  if (isUnhashable(item)) return alembicError('TypeError', unhashable(item))
  if (!isFalsy(item)) return alembicError('KeyError', repr(item), [repr(item)])
  return isBase
    ? alembicError('DependencyCycleDetected', `Dependency cycle is detected in revisions (${revision})`, [revision])
    : null
}

const isUnhashable = (literal: Literal): boolean => literal.type === 'sequence' && literal.form !== 'tuple'
const unhashable = (literal: Literal): string => `unhashable type: '${typeName(literal)}'`

/** The name of the Python type of a literal. */
function typeName(literal: Literal): string {
  switch (literal.type) {
    case 'string':
      return 'str'
    case 'none':
      return 'NoneType'
    case 'bytes':
      return 'bytes'
    case 'boolean':
      return 'bool'
    case 'sequence':
      return literal.form
    case 'number':
      if (literal.text === '...') return 'ellipsis'
      if (/j$/i.test(literal.text)) return 'complex'
      return /^[-+]?0x/i.test(literal.text) || !/[.e]/i.test(literal.text) ? 'int' : 'float'
  }
}

function repr(literal: Literal): string {
  if (literal.type === 'boolean') return literal.value ? 'True' : 'False'
  if (literal.type === 'none') return 'None'
  if (literal.type === 'number') return literal.text === '...' ? 'Ellipsis' : literal.text
  return typeName(literal)
}

const wrongItem = (name: string, item: Literal): string => `${name} holds ${typeName(item)} where Alembic needs a text`

/** The name under which Alembic imports a file: everything that is no letter, digit or `_` becomes `_`. */
const moduleName = (fileName: string): string => fileName.replace(/[^\p{L}\p{N}_]/gu, '_')

/** Python's `(module.__doc__ or '').strip()`; an assignment to `__doc__` replaces the docstring. */
function documentation(reading: ScriptReading): string {
  const assigned = reading.otherNames.findLast((other) => other.name === '__doc__')
  const text =
    assigned === undefined ? reading.docstring?.value : assigned.literal.type === 'string' ? assigned.literal.value : ''
  return strip(text ?? '')
}

/** Python's `str.strip`: also the separators 0x1c–0x1f and NEL, but no byte order mark. */
function strip(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isPythonSpace(text.charCodeAt(start))) start++
  while (end > start && isPythonSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

const isPythonSpace = (code: number): boolean =>
  code === 0x20 ||
  (code >= 9 && code <= 13) ||
  (code >= 0x1c && code <= 0x1f) ||
  code === 0x85 ||
  (code >= 0xa0 && code !== 0xfeff && /\s/.test(String.fromCharCode(code)))
