export { applyEdit, applyInstallation, prepareHusky } from './apply.js'
export { formatDiagnosis, formatInstallation, formatRefusals } from './describe.js'
export { diffLines } from './diff.js'
export { type HookName, hookNames, usualHooks } from './hook-names.js'
