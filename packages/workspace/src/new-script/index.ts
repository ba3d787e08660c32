export { createDateAt, nowInMicroseconds } from './create-date.js'
export { newRevisionId } from './revision-id.js'
export { loadNewScriptSettings } from './settings.js'
