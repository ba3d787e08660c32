// As say-push.ts.
export { formatNotice } from '@onehead/core'
