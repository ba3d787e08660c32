export { findCandidates } from './candidates.js'
export { findCandidatesInSnapshot } from './in-snapshot.js'
export { findScriptDirectories } from './undeclared.js'
export { selectUsual } from './usual.js'
