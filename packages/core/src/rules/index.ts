export { shellWord } from '../text/shell-word.js'
export {
  type Judgement,
  type JudgeOptions,
  joinJudgements,
  judge,
  judgeBroken,
  judgeCommands,
  judgeHistory,
  judgeSettings,
} from './judge.js'
export { findRule, isRuleName, nearestRuleName, type RuleName, ruleNames, rules } from './registry.js'
export type {
  CommandFile,
  Diagnostic,
  Finding,
  Fix,
  FoldedDiagnostics,
  GraphRow,
  Label,
  Level,
  Publishing,
  RewriteStep,
  Rule,
  SettingsContext,
  Severity,
} from './rule.js'
export { levelIn, type Profile, profiles } from './rule.js'
export { COMMAND_FOLDERS, holdsCommands } from './support/command-files.js'
export { trueHeads } from './support/lineage.js'
export { type Surplus, surplusHeads } from './support/surplus.js'
export { firstLine } from './support/words.js'
