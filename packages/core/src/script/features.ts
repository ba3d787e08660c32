import type { Span } from '../text/span.js'
import type { ScriptReading } from './reading.js'
import type { Source } from './source.js'

/** A node of any kind, as generic walks see it. */
export interface AnyNode {
  readonly nodeType: string
  readonly [field: string]: unknown
}

export const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && typeof (value as AnyNode).nodeType === 'string'

/** The nodes directly below a node, in the order of their fields. */
export function childNodes(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = []
  // No list of values is made: this runs for every node of every file.
  for (const field in node) {
    const value = node[field]
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) children.push(item)
    } else if (isNode(value)) children.push(value)
  }
  return children
}

/** Some word that new syntax cannot do without. Most files have none, and need no walk. */
const MAY_BE_NEW = new RegExp(
  [
    String.raw`(?:^|[;:\n\r])[ \t\f]*type[ \t\f\\]`,
    String.raw`\b(?:def|class)[ \t\f\\\r\n]+[\w\x80-\xff]+[ \t\f\\\r\n]*\[`,
    String.raw`\b(?:[tT]|[rR][tT]|[tT][rR])["']`,
    String.raw`\bexcept\b(?!\s*[:(]|\s+[\w.]+\s*(?:as\s+\w+\s*)?:)`,
    String.raw`\blazy\b`,
  ].join('|'),
)

/** With a backslash somewhere in the file, it may be in a replacement field. */
const FORMATTED = /\b(?:[fF]|[rR][fF]|[fF][rR])["']/

type Requirement = NonNullable<ScriptReading['requires']>

/**
 * The oldest Python (beyond 3.11) whose grammar has everything in a file, and the first place that needs it; null where
 * 3.11 will do. Which interpreter runs the script is not known here.
 */
export function oldestPython(
  module: object,
  source: Source,
  spanOf: (node: object) => Span,
  nestedQuotes: Span | null,
): Requirement | null {
  let best: Requirement | null =
    nestedQuotes === null ? null : { python: '3.12', feature: 'quotes inside an f-string', span: nestedQuotes }
  if (!MAY_BE_NEW.test(source.text) && (source.plain || !FORMATTED.test(source.text))) return best
  const stack: AnyNode[] = [module as AnyNode]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const need = needOf(node, source, spanOf)
    if (need !== null && (best === null || Number(need[0].slice(2)) > Number(best.python.slice(2)))) {
      best = { python: need[0], feature: need[1], span: spanOf(node) }
    }
    for (const child of childNodes(node)) stack.push(child)
  }
  return best
}

function needOf(
  node: AnyNode,
  source: Source,
  spanOf: (node: object) => Span,
): [python: string, feature: string] | null {
  switch (node.nodeType) {
    case 'TypeAlias':
      return ['3.12', 'a type alias statement']
    case 'FunctionDef':
    case 'AsyncFunctionDef':
    case 'ClassDef':
      return Array.isArray(node['type_params']) && node['type_params'].length > 0 ? ['3.12', 'type parameters'] : null
    case 'FormattedValue': {
      const { end } = spanOf(node['value'] as object)
      const expression = source.text.slice(spanOf(node).start, end)
      return expression.includes('\\') ? ['3.12', 'a backslash inside the braces of an f-string'] : null
    }
    case 'TemplateStr':
      return ['3.14', 'a template string']
    case 'ExceptHandler': {
      const type = node['type']
      const bare = isNode(type) && type.nodeType === 'Tuple' && source.text[spanOf(type).start] !== '('
      return bare ? ['3.14', 'several exceptions without parentheses'] : null
    }
    case 'Import':
    case 'ImportFrom':
      return node['is_lazy'] ? ['3.15', 'a lazy import'] : null
    default:
      return null
  }
}
