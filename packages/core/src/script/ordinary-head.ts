import type { Bindings } from './bindings.js'
import { decodeString, isLiteral, type NoLiteral } from './literal.js'
import { identifierIndex } from './names.js'
import type { Literal, ScriptReading } from './reading.js'
import type { Source } from './source.js'
import { literalAt } from './statements.js'

/** The lines at the top of a file that are read already. */
export interface Head {
  /** Where the first line begins that is not. */
  readonly end: number
  /** False where there are only comments and empty lines. */
  readonly hasStatements: boolean
  readonly docstring: ScriptReading['docstring']
}

const blank = /(?:(?:#.*)?\n)*/y
const docstringLines = /"""[^"\\]*"""(?=\n)/y
const blankOrImport =
  /(?:(?:#.*|(?:from [\w.]+ )?import (?!.*(?:revision|branch_labels|depends_on|doc__))[\w., ]+)?\n)*/y
const identifier = /(?:down_)?revision|branch_labels|depends_on/y
/** With the annotations that Alembic's templates of all versions have. */
const assigned = /(?:: (?:str|Union\[str, (?:Sequence\[str\], )?None\]|str \| (?:Sequence\[str\] \| )?None))? = /y
const literal = /None|'[ -&(-[\]-~]*'|"[ !#-[\]-~]*"|\((?:'[ -&(-[\]-~]*'|"[ !#-[\]-~]*"|, ?)*\)/y
const nothingElse = / *(?:#.*)?\n/y

/**
 * Reads the top of a script as nearly all are, because Alembic's templates write it so: a docstring, comments, imports, and the
 * identifiers as literals. A few native matches instead of a look at every character and token. The first line that is written
 * in any other way ends it; of those before it says what the scanner would say. Only for files all of whose lines end with LF.
 */
export function readOrdinaryHead(source: Source, bindings: Bindings): Head {
  const { text } = source
  let end = after(blank, text, source.start)
  const closed = after(docstringLines, text, end)
  const first = closed === -1 ? null : decodeString(source, end, closed)
  const docstring = first?.type === 'string' ? { value: first.value, span: first.span } : null
  if (docstring !== null) end = closed
  let hasStatements = docstring !== null
  for (let next = end; next !== -1; next = bindLine(source, end, bindings)) {
    const statements = after(blankOrImport, text, next)
    hasStatements ||= statements > end
    end = statements
  }
  return { end, hasStatements, docstring }
}

/** The index after a line that binds one of the identifiers to a literal; -1 where it does anything else. */
function bindLine(source: Source, start: number, bindings: Bindings): number {
  const { text } = source
  const nameEnd = after(identifier, text, start)
  const from = nameEnd === -1 ? -1 : after(assigned, text, nameEnd)
  const to = from === -1 ? -1 : after(literal, text, from)
  const end = to === -1 ? -1 : after(nothingElse, text, to)
  if (end === -1) return -1
  const value = readValue(source, from, to)
  if (!isLiteral(value)) return -1
  bindings.bind(identifierIndex(text, start, nameEnd), value, { start, end: nameEnd })
  return end
}

function readValue(source: Source, start: number, end: number): Literal | NoLiteral {
  switch (source.text[start]) {
    case 'N':
      return { type: 'none', span: { start, end } }
    case '(':
      return literalAt(source, start, end)
    default:
      return decodeString(source, start, end)
  }
}

/** The index after what a sticky pattern finds at `from`; -1 where it finds nothing. */
function after(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : -1
}
