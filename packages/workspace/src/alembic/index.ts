export { type AskOptions, askDatabase, type DatabaseAnswer, type DatabaseFacts } from './ask-database.js'
export type { Way } from './candidates.js'
export {
  currentRevisions,
  downgrade,
  type MergeWish,
  type MoveOptions,
  mergeWithAlembic,
  type RevisionWish,
  revisionWithAlembic,
  type StampOptions,
  stamp,
  upgrade,
  type WrittenScripts,
} from './commands.js'
export { formatRunners, type RunnerReport, reportRunner } from './describe.js'
export type { RunFailure } from './failure.js'
export { findRunner, type RunnerSettings } from './find-runner.js'
export { findRunners } from './find-runners.js'
export type { Probes, PythonFacts } from './probe.js'
export { type AlembicOptions, type AlembicRun, runAlembic } from './run-alembic.js'
export { type Attempt, type Runner, type RunnerMissing, typedCommand } from './runner.js'
