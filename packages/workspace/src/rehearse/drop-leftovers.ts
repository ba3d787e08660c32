import type { Runner } from '../alembic/runner.js'
import type { Collector } from './collect.js'
import type { RehearseOptions } from './options.js'
import { runRehearsal } from './run-rehearsal.js'
import { inWorkFolder } from './work-folder.js'

/** Of somebody who ended without saying that all is dropped, nothing more is expected. */
const PATIENCE_SECONDS = 30

/** Drops what a run that was killed has left, and tells its collector what could not be. Then the next rehearsal does it. */
export async function dropLeftovers(runner: Runner, killed: Collector, options: RehearseOptions): Promise<void> {
  if (killed.copies.length === 0 || options.keep) return
  const { onProgress: _, ...others } = options
  const { collector } = await inWorkFolder(options.shell ?? process.env, (work) => {
    const plan = { source: 'empty' as const, work, extra: null, sweepOnly: true, onNote: () => {} }
    return runRehearsal(runner, plan, { ...others, timeoutSeconds: PATIENCE_SECONDS })
  })
  for (const copy of killed.copies) {
    if (!collector.swept.includes(copy)) killed.leave(copy, `the next \`onehead rehearse\` drops ${copy}`)
  }
}
