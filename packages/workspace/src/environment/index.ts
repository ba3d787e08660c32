export type { Candidate } from './declare.js'
export { type LoadedEnvironments, type LoadOptions, loadEnvironments } from './load.js'
export { readScriptOptions, type ScriptOptions } from './script-options.js'
