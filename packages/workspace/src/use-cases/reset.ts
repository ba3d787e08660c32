import { oursWith, type ResetOutcome, type RestoreRefusal } from '@onehead/core'
import { Reset } from '../reset/carry-out.js'
import type { ResetOptions } from '../reset/options.js'
import { planReset, type ReadyReset } from '../reset/plan-reset.js'
import { askTarget } from '../restore/ask-target.js'

const UNTOUCHED = {
  ...{ backups: [], scriptsBackup: null, initial: null, standing: null, modelsAgree: null, undo: [], failure: null },
} as const

/**
 * Throws a development database away and builds it anew from the scripts, or (on the user's explicit word, and only where nothing is
 * published) from the models, with one initial revision. Refuses what it does not take for a development database; wants its name
 * typed; backs up first. Throws `UsageError` as `openWorkspace` does, and where not exactly one environment is meant.
 */
export async function reset(options: ResetOptions): Promise<ResetOutcome> {
  const target = await askTarget(options, 'reset')
  const planned = await planReset(target, options)
  const plan = 'plan' in planned ? planned.plan : planned
  options.onProgress?.({ kind: 'planned', plan })
  if (!('plan' in planned)) return { plan, kind: 'refused', ...UNTOUCHED }
  if (options.dryRun) return { plan, kind: 'untouched', ...UNTOUCHED }
  const refusal = await unconfirmed(planned, options)
  if (refusal !== null) return { plan: { ...plan, refusal }, kind: 'refused', ...UNTOUCHED }
  return { plan, ...(await new Reset(planned, target.workspace.configuration, options).run()) }
}

/** Null where a person has typed the name of everything that will be lost. */
async function unconfirmed(
  { plan }: ReadyReset,
  { confirmed = [], confirm, history, x = [] }: ResetOptions,
): Promise<RestoreRefusal | null> {
  const names = [...new Set(plan.databases.map(({ typedName }) => typedName))]
  for (const name of names) {
    if (confirmed.includes(name)) continue
    const typed = confirm === undefined || confirmed.length > 0 ? null : await confirm(plan, name)
    if (typed === name) continue
    const flags = names.flatMap((one) => (one.startsWith('-') ? [`--yes=${one}`] : ['--yes', one]))
    const words = ['reset', plan.name, ...(history ? ['--history'] : []), ...flags]
    const message =
      typed === null ? `everything in ${name} would be lost, and nobody has said its name` : `${typed} is not ${name}`
    return {
      kind: 'unconfirmed',
      message,
      help: 'type the name of the database that is to be thrown away',
      command: oursWith(x, words),
    }
  }
  return null
}
