import type { ParsedScript, StmtNode } from '../script/parse.js'
import { isLambda } from './definitions.js'
import { passedByAlembic } from './functions.js'
import { listImports } from './imports.js'
import { Interpreter } from './interpreter.js'
import type { FunctionOperations, Inspection, ScriptOperations } from './operation.js'
import { Scope } from './scope.js'
import type { FunctionValue } from './value.js'

type Direction = Inspection['direction']

/**
 * What a parsed script does to a database, read without running it. Whatever is not certain is `opaque` or `unresolved`,
 * never left out. Never throws.
 */
export function readOperations(parsed: ParsedScript): ScriptOperations {
  const imports = listImports(parsed)
  try {
    const interpreter = new Interpreter(parsed)
    const scope = new Scope(null)
    interpreter.execute(parsed.module.body, scope)
    const inspections: Inspection[] = []
    const read = (direction: Direction) => {
      const operations = readFunction(interpreter, scope, direction)
      inspections.push(...interpreter.inspections)
      return operations
    }
    return { upgrade: read('upgrade'), downgrade: read('downgrade'), imports, inspections }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const both = tooDeep(parsed)
    return { upgrade: both, downgrade: both, imports, inspections: [] }
  }
}

const nothing: FunctionOperations = { span: null, operations: [], isEmpty: true, raises: false }

function readFunction(interpreter: Interpreter, scope: Scope, direction: Direction): FunctionOperations {
  interpreter.begin(direction)
  const found = scope.lookUp(direction)
  if (found === undefined) return nothing
  if (found.type !== 'function') {
    interpreter.opaque({ start: 0, end: 0 }, `${direction}() is not defined in this file`)
    return { span: null, operations: [...interpreter.operations], isEmpty: false, raises: false }
  }
  const span = interpreter.spanOf(found.node)
  interpreter.follow(found, passedByAlembic(found), span)
  const body = bodyOf(found)
  return {
    span,
    operations: [...interpreter.operations],
    isEmpty: body.every(doesNothing),
    raises: body.at(-1)?.nodeType === 'Raise',
  }
}

const bodyOf = ({ node }: FunctionValue): readonly StmtNode[] => (isLambda(node) ? [] : node.body)

/** `pass`, a docstring, `...`, a bare return. */
function doesNothing(statement: StmtNode): boolean {
  if (statement.nodeType === 'Pass') return true
  if (statement.nodeType === 'Expr') return statement.value.nodeType === 'Constant'
  if (statement.nodeType !== 'Return') return false
  return statement.value == null || (statement.value.nodeType === 'Constant' && statement.value.value === null)
}

/** A file whose nesting exceeds what can be followed: whatever it does is unknown. */
function tooDeep(parsed: ParsedScript): FunctionOperations {
  const interpreter = new Interpreter(parsed)
  interpreter.opaque({ start: 0, end: 0 }, 'is nested too deeply to be followed')
  return { span: null, operations: interpreter.operations, isEmpty: false, raises: false }
}
