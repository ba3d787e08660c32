import type { ExprNode, StmtNode } from 'py-ast'
import type { Span } from '../text/span.js'
import { absent, isMutable } from './bindings.js'
import { boundNames } from './bound-names.js'
import { evaluate, type Scope, truth } from './evaluate.js'
import { type AnyNode, childNodes } from './features.js'
import { isLiteral, type NoLiteral } from './literal.js'
import { couldBeMeant, identifiers } from './names.js'
import type { ParsedScript, Placed } from './parse.js'
import type { Literal, Reading, ScriptReading } from './reading.js'

type OtherName = ScriptReading['otherNames'][number]
interface Bound {
  readonly value: Literal | NoLiteral
  readonly nameSpan: Span
}

/**
 * Reads a parsed file by going through its module level statement by statement, as Python would, as far as the effects are
 * certain. Comments come from the scanner, which sees them all.
 */
export function readModule(parsed: ParsedScript, scanned: ScriptReading): ScriptReading {
  const reader = new ModuleReader(parsed)
  reader.run(parsed.module.body)
  const { docstring, definesUpgrade, otherNames } = reader
  return {
    tier: 'parsed',
    failure: null,
    docstring,
    revision: reader.reading('revision', true),
    downRevision: reader.reading('down_revision', true),
    branchLabels: reader.reading('branch_labels', false),
    dependsOn: reader.reading('depends_on', false),
    otherNames,
    ignores: scanned.ignores,
    definesUpgrade,
    suspicious: false,
    empty: parsed.module.body.length === 0,
    ...(parsed.requires == null ? {} : { requires: parsed.requires }),
  }
}

/** Calls that can bind a module-level name given as text. */
const bindsByText = new Set(['exec', 'eval', 'globals', 'locals', 'vars', 'setattr'])

class ModuleReader {
  docstring: ScriptReading['docstring'] = null
  definesUpgrade = false
  readonly otherNames: OtherName[] = []
  readonly #parsed: ParsedScript
  readonly #bound = new Map<string, Bound>()
  /** Names that a function rebinds, or that text executed by Python may rebind. */
  readonly #pinned = new Map<string, NoLiteral>()
  readonly #scope: Scope
  readonly #mayDeclareGlobals: boolean
  /** Something that could bind a name which is not seen bound: a star import, `exec`, … */
  #hidden: NoLiteral | null = null
  #star: NoLiteral | null = null

  constructor(parsed: ParsedScript) {
    this.#parsed = parsed
    this.#mayDeclareGlobals = parsed.source.text.includes('global')
    this.#scope = {
      source: parsed.source,
      spanOf: parsed.spanOf,
      lookUp: (name) => this.#pinned.get(name) ?? this.#bound.get(name)?.value ?? this.#star ?? undefined,
    }
    this.#readDocstring()
  }

  reading(name: string, needed: boolean): Reading {
    const pinned = this.#pinned.get(name)
    if (pinned !== undefined) return { kind: 'dynamic', span: pinned.span, reason: pinned.reason }
    const bound = this.#bound.get(name)
    if (bound === undefined) {
      const hidden = this.#star ?? (needed ? this.#hidden : null)
      return hidden === null ? absent : { kind: 'dynamic', span: hidden.span, reason: hidden.reason }
    }
    if (isLiteral(bound.value)) return { kind: 'value', literal: bound.value, nameSpan: bound.nameSpan }
    return { kind: 'dynamic', span: bound.value.span, reason: bound.value.reason }
  }

  run(statements: readonly StmtNode[]): void {
    for (const statement of statements) this.#run(statement)
  }

  #readDocstring(): void {
    const first = this.#parsed.module.body[0]
    if (first?.nodeType !== 'Expr' || first.value.nodeType !== 'Constant') return
    const value = evaluate(first.value, this.#scope)
    if (value.type === 'string') this.docstring = { value: value.value, span: value.span }
  }

  #run(statement: StmtNode): void {
    switch (statement.nodeType) {
      case 'Assign': {
        const value = evaluate(statement.value, this.#scope)
        this.#taint([statement], 'assigned inside an expression', true)
        const shared = statement.targets.length > 1 && isLiteral(value) && isMutable(value)
        const bound = shared ? this.#unknown(statement, 'a list, set or dict under several names') : value
        for (const target of statement.targets) this.#bindTarget(target, bound)
        break
      }
      case 'AnnAssign': {
        const value = statement.value == null ? null : evaluate(statement.value, this.#scope)
        const parts = [statement.annotation, ...(statement.value == null ? [] : [statement.value])]
        this.#taint(parts, 'assigned inside an expression', true)
        if (value !== null) this.#bindTarget(statement.target, value)
        break
      }
      case 'If': {
        this.#taint([statement.test], 'assigned inside an expression', true)
        const holds = truth(statement.test, this.#scope)
        if (holds === null) this.#taint([statement], 'inside a compound statement', false)
        else {
          // What is not run may still declare functions with `global`; those are never called either.
          this.run(holds ? statement.body : statement.orelse)
        }
        break
      }
      case 'AugAssign':
        this.#taint([statement], 'changed in place', false)
        break
      case 'Delete':
        this.#taint([statement], 'deleted', false)
        break
      case 'Import':
      case 'ImportFrom':
        this.#import(statement)
        break
      case 'FunctionDef':
      case 'AsyncFunctionDef':
      case 'ClassDef':
        if (statement.name === 'upgrade') this.definesUpgrade = true
        if (statement.name === '__getattr__') this.#hidden ??= this.#unknown(statement, 'may come from __getattr__')
        this.#taint([statement], 'a function or a class', false)
        break
      case 'Expr':
        this.#taint([statement], 'assigned inside an expression', true)
        break
      default:
        this.#taint([statement], 'inside a compound statement', false)
    }
  }

  #import(statement: Extract<StmtNode, { nodeType: 'Import' | 'ImportFrom' }>): void {
    const isFrom = statement.nodeType === 'ImportFrom'
    const typing = isFrom && (statement.module === 'typing' || statement.module === 'typing_extensions')
    for (const alias of statement.names) {
      if (alias.name === '*') {
        if (isFrom && !statement.level && /^sqlalchemy(?:\.|$)/.test(statement.module ?? '')) continue
        this.#starImport(this.#unknown(statement, 'may come from a star import'))
        continue
      }
      const name = (alias.asname ?? (isFrom ? alias.name : alias.name.split('.')[0]!)).normalize('NFKC')
      if (name === 'upgrade') this.definesUpgrade = true
      this.#bind(name, this.#unknown(alias, typing ? 'imported from typing' : 'imported'), this.#parsed.spanOf(alias))
    }
  }

  #starImport(origin: NoLiteral): void {
    this.#star = origin
    for (const [name, bound] of this.#bound) this.#bound.set(name, { ...bound, value: origin })
  }

  /** Binds every name that the nodes may bind to something unknown. `expressionsOnly`: only what `:=` binds. */
  #taint(nodes: readonly object[], reason: string, expressionsOnly: boolean): void {
    const found = boundNames(expressionsOnly ? nodes.flatMap(namedExpressions) : nodes, this.#mayDeclareGlobals)
    const origin = nodes[0] as AnyNode
    for (const name of found.names) {
      if (name === 'upgrade') this.definesUpgrade = true
      this.#bind(name, this.#unknown(origin, reason), this.#parsed.spanOf(origin as Placed))
    }
    const all = expressionsOnly ? boundNames(nodes, this.#mayDeclareGlobals) : found
    for (const name of all.globals) this.#pinned.set(name, this.#unknown(origin, 'set by a function'))
    if (found.star) this.#starImport(this.#unknown(origin, 'may come from a star import'))
    this.#noteUses(all.used, origin)
    if ([...bindsByText].some((name) => all.used.has(name))) this.#bindByText(origin)
  }

  /** A list, set or dict that other code sees may be changed by it. */
  #noteUses(used: ReadonlySet<string>, origin: AnyNode): void {
    for (const name of used) {
      const bound = this.#bound.get(name)
      if (bound !== undefined && isLiteral(bound.value) && isMutable(bound.value)) {
        const reason = 'a list, set or dict that is used after it was assigned'
        this.#bound.set(name, { ...bound, value: this.#unknown(origin, reason) })
      }
    }
  }

  /** `exec('revision = …')`, `globals()['revision'] = …`: the name is in the text of the statement. */
  #bindByText(origin: AnyNode): void {
    const span = this.#parsed.spanOf(origin as Placed)
    const value: NoLiteral = { type: 'dynamic', reason: 'set by text that only Python executes', span }
    const text = this.#parsed.source.text.slice(span.start, span.end)
    for (const name of identifiers) if (text.includes(name)) this.#pinned.set(name, value)
    this.#hidden ??= value
  }

  #bindTarget(target: ExprNode, value: Literal | NoLiteral): void {
    switch (target.nodeType) {
      case 'Name':
        this.#bind(target.id.normalize('NFKC'), value, this.#parsed.spanOf(target))
        break
      case 'Starred':
        this.#bindTarget(target.value, this.#unknown(target, 'taken out of an expression'))
        break
      case 'Tuple':
      case 'List': {
        const items =
          value.type === 'sequence' && (value.form === 'tuple' || value.form === 'list') ? value.items : null
        const fits =
          items?.length === target.elts.length && target.elts.every((element) => element.nodeType !== 'Starred')
        for (const [i, element] of target.elts.entries()) {
          this.#bindTarget(element, fits ? items![i]! : this.#unknown(element, 'taken out of an expression'))
        }
        break
      }
    }
  }

  #bind(name: string, value: Literal | NoLiteral, nameSpan: Span): void {
    if (name === 'upgrade') this.definesUpgrade = true
    this.#bound.set(name, { value, nameSpan })
    if (isLiteral(value) && couldBeMeant(name)) this.otherNames.push({ name, nameSpan, literal: value })
  }

  #unknown(node: object, reason: string): NoLiteral {
    return { type: 'dynamic', reason, span: this.#parsed.spanOf(node) }
  }
}

/** The `:=` expressions below a node that run at module level. */
function namedExpressions(node: object): object[] {
  const found: object[] = []
  const stack: AnyNode[] = [node as AnyNode]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next.nodeType === 'NamedExpr' && typeof next['target'] === 'object') found.push(next['target'] as object)
    // One by one: a list of 100,000 rows is too much for the arguments of a call.
    for (const child of childNodes(next)) {
      if (next.nodeType !== 'Lambda' || child !== next['body']) stack.push(child)
    }
  }
  return found
}
