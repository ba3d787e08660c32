// As say-push.ts.
export { formatCheck } from '@onehead/core'
