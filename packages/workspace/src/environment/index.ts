export type { Candidate } from './declare.js'
export { type LoadedEnvironments, type LoadOptions, loadEnvironments } from './load.js'
