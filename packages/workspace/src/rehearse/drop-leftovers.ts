import type { Runner } from '../alembic/runner.js'
import type { Collector } from './collect.js'
import type { RehearseOptions } from './options.js'
import { runRehearsal } from './run-rehearsal.js'
import { inWorkFolder } from './work-folder.js'

/** Of somebody who ended without saying that all is dropped, nothing more is expected. */
const PATIENCE_SECONDS = 30

/** Drops what a run that was killed has left; what is to be said about it. Where that fails too, the next rehearsal does it. */
export async function dropLeftovers(
  runner: Runner,
  killed: Collector,
  options: RehearseOptions,
): Promise<readonly string[]> {
  if (killed.copies.length === 0 || options.keep) return []
  const { onProgress: _, ...others } = options
  const { collector } = await inWorkFolder(options.shell ?? process.env, (work) => {
    const plan = { source: 'empty' as const, work, extra: null, sweepOnly: true, onNote: () => {} }
    return runRehearsal(runner, plan, { ...others, timeoutSeconds: PATIENCE_SECONDS })
  })
  const left = killed.copies.filter((copy) => !collector.swept.includes(copy))
  return left.map((copy) => `${copy} may be left: the next \`onehead rehearse\` drops it`)
}
