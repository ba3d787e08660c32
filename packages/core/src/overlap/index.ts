export { compareSides } from './compare-sides.js'
export type * from './overlap.js'
