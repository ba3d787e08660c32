export { compareHistories, type Moment } from './compare-histories.js'
export type * from './notice.js'
