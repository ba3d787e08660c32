export { type AlembicErrorAdvice, explainAlembicError } from './alembic-errors.js'
export { findPrintedError, findRunningStep, type PrintedError, type RunningStep } from './alembic-output.js'
export { formatGraph, formatHeads, formatHistory, formatRefusals, formatShow } from './alembic-text.js'
export { visible } from './cells.js'
export { formatAdvice, formatRuleTable } from './explain.js'
export { formatGithub, type GithubOptions } from './github.js'
export { ASCII, type Glyphs, UNICODE } from './glyphs.js'
export { drawGraph, type GraphOptions } from './graph.js'
export {
  formatCheckJson,
  formatErrorJson,
  formatHeadsJson,
  formatHistoryJson,
  formatShowJson,
  SCHEMA_VERSION,
} from './json.js'
export { formatMarkdown, formatRulePage } from './markdown-text.js'
export type * from './new-revision.js'
export { formatNewRevisionJson } from './new-revision-json.js'
export { formatNewRevision, type NewRevisionTextOptions } from './new-revision-text.js'
export { formatNotice } from './notice.js'
export type { TextOptions } from './page.js'
export { createPaint, type Paint, type Tone } from './paint.js'
export { formatRepairPlanJson, formatUndoJson } from './plan-json.js'
export { formatRepairOutcome, isPutRight, type OutcomeTextOptions } from './plan-outcome.js'
export { formatRepairPlan, type PlanTextOptions } from './plan-text.js'
export { formatUndo } from './plan-undo.js'
export { formatPush, type PushTextOptions } from './push.js'
export { ago, type PushFacts, pushDiagnostic } from './push-diagnostic.js'
export { formatPushJson } from './push-json.js'
export type * from './push-report.js'
export type * from './repair-report.js'
export type * from './report.js'
export { formatSarif, type SarifOptions } from './sarif.js'
export { formatStatusJson } from './status-json.js'
export { formatStatus } from './status-text.js'
export { type CheckTextOptions, formatCheck, formatCheckSummary } from './text.js'
