import { type AnyNode, isNode } from './features.js'
import { toScript } from './load.js'
import { isSyntaxFailure, type ParsedScript, type Parser, type Placed } from './parse.js'

/**
 * Whether two versions of one script do the same to a database and to the history: the same identifiers (as Alembic
 * normalises them) and the same operations. Formatting, comments, docstrings, annotations and imports that nothing uses are
 * free. Where one of them is no Python, only equal bytes mean the same.
 *
 * @param fileName base name of the script: before Alembic 0.2 it held the id
 */
export function sameMeaning(before: Uint8Array, after: Uint8Array, parser: Parser, fileName = 'script.py'): boolean {
  if (equalBytes(before, after)) return true
  const meaning = meaningOf(before, parser, fileName)
  return meaning !== null && meaning === meaningOf(after, parser, fileName)
}

function equalBytes(before: Uint8Array, after: Uint8Array): boolean {
  return before.length === after.length && before.every((byte, index) => byte === after[index])
}

const IDENTIFIERS: ReadonlySet<string> = new Set(['revision', 'down_revision', 'branch_labels', 'depends_on'])

/** A text that is the same for scripts that mean the same; null where nobody can tell. */
function meaningOf(bytes: Uint8Array, parser: Parser, fileName: string): string | null {
  const parsed = parser.parse(bytes)
  if (isSyntaxFailure(parsed)) return null
  try {
    const script = toScript(fileName, parser.read(bytes))
    const known = 'revision' in script && script.unknown.length === 0
    const identifiers = known
      ? [script.revision, script.downRevisions, script.dependsOn, [...script.branchLabels].sort()]
      : null
    const statements = (parsed.module as unknown as { readonly body: readonly AnyNode[] }).body
    const kept = known ? statements.filter((statement) => !setsIdentifier(statement)) : statements
    return JSON.stringify(identifiers) + new Writer(parsed).module(kept)
  } catch (error) {
    // Nested too deeply to be walked.
    if (error instanceof RangeError) return null
    throw error
  }
}

/** `revision = …` and the like at module level, in either form. */
function setsIdentifier(statement: AnyNode): boolean {
  const targets = statement.nodeType === 'Assign' ? (statement.targets as readonly AnyNode[]) : [statement.target]
  if (statement.nodeType !== 'Assign' && statement.nodeType !== 'AnnAssign') return false
  const [target] = targets
  return targets.length === 1 && isNode(target) && target.nodeType === 'Name' && IDENTIFIERS.has(String(target.id))
}

/** Places, spelling and types: nothing that Python does. */
const MEANINGLESS: ReadonlySet<string> = new Set([
  'nodeType',
  'start',
  'end',
  'lineno',
  'col_offset',
  'end_lineno',
  'end_col_offset',
  'kind',
  'quote_style',
  'type_comment',
  'type_ignores',
  'annotation',
  'returns',
  'simple',
  'ctx',
])

/** Writes what a tree does, in one line. */
class Writer {
  readonly #source: Uint8Array
  readonly #spanOf: ParsedScript['spanOf']
  readonly #used = new Set<string>()

  constructor(parsed: ParsedScript) {
    this.#source = parsed.source.bytes
    this.#spanOf = parsed.spanOf
  }

  module(statements: readonly AnyNode[]): string {
    const others = this.#body(statements.filter((statement) => !isImport(statement)))
    const imports = statements.filter(isImport).flatMap((statement) => this.#imports(statement))
    return [...new Set(imports)].sort().join(';') + others
  }

  /** What is bound and used; a star may bind anything. */
  #imports(statement: AnyNode): string[] {
    const from = statement.nodeType === 'ImportFrom' ? `${statement.level} ${statement.module ?? ''}` : null
    if (from === '0 __future__') return []
    return (statement.names as readonly AnyNode[]).flatMap(({ name, asname }) => {
      const bound = String(asname ?? (from === null ? String(name).split('.', 1)[0] : name))
      return bound === '*' || this.#used.has(bound) ? [`import ${from} ${name} as ${bound}`] : []
    })
  }

  #body(statements: readonly AnyNode[]): string {
    const written = statements.filter(isEffective).map((statement) => this.#node(statement))
    return `{${written.join(';')}}`
  }

  #node(node: AnyNode): string {
    switch (node.nodeType) {
      case 'Import':
      case 'ImportFrom':
        return JSON.stringify(node.names, withoutPlaces) + String(node.module ?? '')
      case 'AnnAssign':
        return `Assign(targets=[${this.#value(node.target)}],value=${this.#value(node.value)})`
      case 'Constant':
        return this.#constant(node)
      case 'JoinedStr':
        return `f(${joinParts(node.values as readonly AnyNode[]).map((part) => (typeof part === 'string' ? JSON.stringify(part) : this.#node(part)))})`
      case 'Name':
        this.#used.add(String(node.id))
    }
    const fields = Object.entries(node)
      .filter(([name, value]) => !MEANINGLESS.has(name) && value !== undefined)
      .map(([name, value]) => `${name}=${isBody(name, value) ? this.#body(value) : this.#value(value)}`)
    return `${node.nodeType}(${fields.join(',')})`
  }

  #value(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map((item) => this.#value(item)).join(',')}]`
    if (isNode(value)) return this.#node(value)
    return typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'nothing')
  }

  /** Numbers as they are written: 1 and 1.0 are not the same to a database. */
  #constant(node: AnyNode): string {
    const { value, quote_style: quote } = node
    if (typeof value === 'string') {
      const type = typeof quote !== 'string' ? 'ellipsis' : /b/i.test(quote) ? 'bytes' : 'text'
      return type + JSON.stringify(value)
    }
    if (value === null || typeof value === 'boolean') return String(value)
    const { start, end } = this.#spanOf(node as Placed)
    const text = String.fromCharCode(...this.#source.subarray(start, end))
    return `number ${text.replaceAll('_', '').toLowerCase()}`
  }
}

function isImport({ nodeType }: AnyNode): boolean {
  return nodeType === 'Import' || nodeType === 'ImportFrom'
}

/** False for what leaves no trace: docstrings and other constants, `pass`, bare annotations, `if TYPE_CHECKING`. */
function isEffective(statement: AnyNode): boolean {
  switch (statement.nodeType) {
    case 'Pass':
      return false
    case 'Expr':
      return !isNode(statement.value) || statement.value.nodeType !== 'Constant'
    case 'AnnAssign':
      return isNode(statement.value)
    case 'If':
      return !(isTypeChecking(statement.test) && (statement.orelse as readonly unknown[]).length === 0)
    default:
      return true
  }
}

function isTypeChecking(test: unknown): boolean {
  return isNode(test) && (test.id === 'TYPE_CHECKING' || test.attr === 'TYPE_CHECKING')
}

/** Lists of statements, wherever a node has them. */
function isBody(name: string, value: unknown): value is readonly AnyNode[] {
  return (name === 'body' || name === 'orelse' || name === 'finalbody') && Array.isArray(value)
}

/** The parts of an f-string; texts beside each other are one. */
function joinParts(values: readonly AnyNode[]): (string | AnyNode)[] {
  const parts: (string | AnyNode)[] = []
  for (const value of values) {
    const text = value.nodeType === 'Constant' && typeof value.value === 'string' ? value.value : null
    const last = parts.at(-1)
    if (text === null) parts.push(value)
    else if (typeof last === 'string') parts[parts.length - 1] = last + text
    else parts.push(text)
  }
  return parts
}

function withoutPlaces(name: string, value: unknown): unknown {
  return MEANINGLESS.has(name) ? undefined : value
}
