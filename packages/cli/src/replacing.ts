import type { TextOptions } from '@onehead/core'
import type { ResetProgress } from '@onehead/workspace'
import type { Call } from './command.js'
import { createProgress } from './progress.js'

type Core = typeof import('@onehead/core')

/** Of a reset or a restore, which tells less. */
type Event<Plan> = Exclude<ResetProgress, { kind: 'planned' }> | { readonly kind: 'planned'; readonly plan: Plan }

/**
 * Shows how a database is replaced: the plan at once, a live line for each step, and the question that wants the name typed.
 *
 * @param fate what becomes of everything in the database: `lost`
 */
export function watchReplacing<Plan extends { readonly refusal: unknown }>(
  { given, world }: Call,
  core: Core,
  formatPlan: (plan: Plan, page: TextOptions) => string,
  page: TextOptions,
  fate: string,
) {
  const isJson = given.value('format') === 'json'
  const progress = createProgress(world)
  const [said, complained]: [string[], string[]] = [[], []]
  let hasRefused = false
  const tell = (text: string) => {
    progress.clear()
    if (isJson) return
    if (world.tell === undefined) said.push(text)
    else world.tell(text)
  }
  const complain = (text: string) => {
    if (world.tellTrouble === undefined) complained.push(text)
    else world.tellTrouble(text)
  }
  const { ask } = world
  const confirm = async (_: unknown, name: string) => {
    progress.clear()
    return ask!({ kind: 'type', message: `Everything in ${name} will be ${fate}. Type its name to go on:` })
  }
  return {
    options: {
      onProgress(event: Event<Plan>) {
        if (event.kind === 'planned') {
          hasRefused = event.plan.refusal !== null
          tell(formatPlan(event.plan, page))
        } else if (event.kind === 'backed-up') tell(`    backup ${core.sayBackup(event.backup)}\n`)
        else if (event.kind === 'scripts-kept') tell(`    kept   ${core.visible(event.folder)}\n`)
        else if (event.kind === 'output') complain(`${core.visible(event.line)}\n`)
        else progress.show(core.visible(event.text))
      },
      ...(ask === undefined || isJson ? {} : { confirm }),
    },
    end: () => progress.clear(),
    said: () => said.join(''),
    trouble: () => complained.join(''),
    hasRefused: () => hasRefused,
  }
}
