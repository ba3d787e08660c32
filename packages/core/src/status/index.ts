export { type Advice, adviseDatabase } from './advise.js'
export { type Invocation, oursWith } from './invocation.js'
export { type DatabaseStanding, findStanding } from './standing.js'
export {
  type AskedDatabase,
  type DatabaseStatus,
  type EarlierMove,
  type EnvironmentStatus,
  isWell,
  type MovedNote,
  type RevisionNote,
  reportStatus,
  reportUnasked,
  type StatusFacts,
  type StatusFailure,
  type UnknownRevision,
} from './status.js'
export { upgradeOrder } from './upgrade-order.js'
export type { CommitNote, RefNote, Whereabouts } from './whereabouts.js'
