import type { ParsedScript, StmtNode } from '../script/parse.js'
import { isLambda } from './follow/definitions.js'
import { passedByAlembic } from './follow/functions.js'
import { Interpreter } from './follow/interpreter.js'
import { listImports } from './imports.js'
import type { FunctionOperations, Inspection, ScriptOperations } from './operation.js'
import { Scope } from './values/scope.js'

type Direction = Inspection['direction']

/**
 * What a parsed script does to a database, read without running it. Whatever is not certain is `opaque` or `unresolved`,
 * never left out. Never throws.
 */
export function readOperations(parsed: ParsedScript): ScriptOperations {
  const imports = listImports(parsed)
  try {
    return { ...followModule(parsed), imports }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const both = opaqueFunction(new Interpreter(parsed), 'is nested too deeply to be followed')
    return { upgrade: both, downgrade: both, imports, inspections: [] }
  }
}

function followModule(parsed: ParsedScript): Omit<ScriptOperations, 'imports'> {
  const interpreter = new Interpreter(parsed)
  const scope = new Scope(null)
  interpreter.execute(parsed.module.body, scope)
  const mayDefineMore = interpreter.mayBindMore || scope.stars.some((module) => !isLibrary(module))
  const read = (direction: Direction) => {
    interpreter.begin(direction)
    return {
      operations: readFunction(interpreter, scope, direction, mayDefineMore),
      inspections: [...interpreter.inspections],
    }
  }
  const [upgrade, downgrade] = [read('upgrade'), read('downgrade')]
  return {
    upgrade: upgrade.operations,
    downgrade: downgrade.operations,
    inspections: [...upgrade.inspections, ...downgrade.inspections],
  }
}

const isLibrary = (module: string): boolean => /^(?:sqlalchemy|alembic|typing)\b/.test(module)

const nothing: FunctionOperations = { span: null, operations: [], isEmpty: true, raises: false }

function readFunction(
  interpreter: Interpreter,
  scope: Scope,
  direction: Direction,
  mayDefineMore: boolean,
): FunctionOperations {
  const found = scope.lookUp(direction)
  if (found === undefined && !mayDefineMore) return nothing
  if (found?.type !== 'function')
    return opaqueFunction(interpreter, `runs a ${direction}() that is not defined in this file`)
  const span = interpreter.spanOf(found.node)
  interpreter.follow(found, passedByAlembic(found), span)
  const body = isLambda(found.node) ? [] : found.node.body
  return {
    span,
    operations: [...interpreter.operations],
    isEmpty: body.every(doesNothing),
    raises: body.at(-1)?.nodeType === 'Raise',
  }
}

/** A function of which only its place in the file is known. */
function opaqueFunction(interpreter: Interpreter, reason: string): FunctionOperations {
  interpreter.opaque({ start: 0, end: 0 }, reason)
  return { span: null, operations: [...interpreter.operations], isEmpty: false, raises: false }
}

/** `pass`, a docstring, `...`, a bare return. */
function doesNothing(statement: StmtNode): boolean {
  if (statement.nodeType === 'Pass') return true
  if (statement.nodeType === 'Expr') return statement.value.nodeType === 'Constant'
  if (statement.nodeType !== 'Return') return false
  return statement.value == null || (statement.value.nodeType === 'Constant' && statement.value.value === null)
}
