export { emptyReading, toScript } from './load.js'
export { couldBeMeant, type Identifier, identifiers } from './names.js'
export {
  type Alias,
  type Assign,
  type Call,
  type Constant,
  type ExprNode,
  type FunctionDef,
  isSyntaxFailure,
  type Keyword,
  loadParser,
  type Module,
  type Name,
  type ParsedScript,
  type Parser,
  type Placed,
  readWithoutLibrary,
  type StmtNode,
} from './parse.js'
export { readScript } from './read-script.js'
export type { IgnoreComment, Literal, Reading, ScriptReading, SyntaxFailure } from './reading.js'
export { sameMeaning } from './same-meaning.js'
export { scan } from './scanner.js'
export type { AlembicError, IdentifierSpans, Script, UnreadableScript } from './script.js'
export type { Encoding, Source } from './source.js'
