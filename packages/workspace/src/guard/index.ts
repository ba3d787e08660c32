export { formatGuard, formatGuardRefusals, formatGuardVerdicts, reportGuard } from './describe.js'
export { diagnoseGuards, type GuardVerdict } from './diagnose.js'
export { loadEnvFiles } from './load-files.js'
export { type GuardChoice, type GuardPlan, planGuard, planGuardRemoval } from './plan.js'
