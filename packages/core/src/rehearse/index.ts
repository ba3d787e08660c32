export { type Judged, judgeRehearsal, type ScriptFacts } from './judge.js'
export {
  isRehearsedWell,
  type PlacedDifference,
  type RehearsalFinding,
  type RehearsalFindingKind,
  type RehearsalRefusal,
  type RehearsalSource,
  type RehearsedBranches,
  type RehearsedDatabase,
  type RehearsedEnvironment,
  type RehearsedRevision,
  type RehearsedSchema,
  type StepOutcome,
} from './rehearsal.js'
export {
  compareData,
  compareSchemas,
  type DataDifference,
  hasSameData,
  type SchemaDifference,
  type SchemaItem,
  type SchemaKind,
  type Shape,
  type TableData,
} from './schema.js'
export { formatSchemaMarkdown } from './schema-markdown.js'
export type { FailedStep, RehearsalStep, SeenModels, SeenRehearsal, SeenRevision } from './seen.js'
