export { type Baseline, formatBaseline, loadBaseline } from './baseline.js'
export {
  type Configuration,
  defaultConfiguration,
  type EnvironmentConfiguration,
  type EnvironmentEntry,
} from './configuration.js'
export { loadConfiguration } from './load.js'
export { type EnvironmentIdentity, entriesFor, environmentConfigurationFor, settingsFor } from './settings.js'
