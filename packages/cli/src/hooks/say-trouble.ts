// As say-push.ts.
export { visible } from '@onehead/core'
