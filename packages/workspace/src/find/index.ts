export { findCandidates } from './candidates.js'
export { selectUsual } from './usual.js'
