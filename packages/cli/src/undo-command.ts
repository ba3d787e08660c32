import type { UndoReport } from '@onehead/core'
import type { Call } from './command.js'
import { findPlace } from './place.js'
import type { Outcome } from './world.js'

/** `fix --undo`: takes the last repair back, whichever command made it. */
export async function undoRepair({ given, world, look }: Call): Promise<Outcome> {
  const [core, workspace] = await Promise.all([import('@onehead/core'), import('@onehead/workspace')])
  const { root, showPath } = findPlace(given, [], world, workspace.findRoot)
  const dryRun = given.has('dry-run')
  const finish = (report: UndoReport, notice = ''): Outcome => ({
    exitCode: report.refusals.length > 0 ? 1 : 0,
    stdout:
      given.value('format') === 'json' ? core.formatUndoJson(report) : core.formatUndo(report, { ...look, showPath }),
    stderr: notice,
  })
  try {
    const undone = await workspace.undo(root, { dryRun })
    const { record, changes, git, interrupted } = undone
    const databases = await workspace.findUndoneDatabases(root, undone)
    const report = { command: record.command, applied: !dryRun, changes, git: git.kind, databases, refusals: [] }
    return finish(report, interrupted === null ? '' : workspace.sayRecovered(interrupted))
  } catch (error) {
    if (!(error instanceof workspace.ApplyRefused)) throw error
    return finish({ command: null, applied: false, changes: [], git: null, databases: [], refusals: error.refusals })
  }
}
