// Loaded when there is something to say: of core only what these need comes along in the bundle.
export { formatPush, formatPushJson } from '@onehead/core'
