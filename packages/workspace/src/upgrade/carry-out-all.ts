import type { MoveResult } from '@onehead/core'
import type { Configuration } from '../configuration/index.js'
import { carryOut, type Move } from './carry-out.js'
import type { RunOptions } from './options.js'
import type { AnyPlan, PlannedEnvironments, ReadyEnvironment } from './plan-environments.js'

/** What became of one environment: `refused`, `nothing` to run, `untouched`, `done` or `failed`. */
export type Carried<P> = Omit<MoveResult, 'kind'> & {
  readonly plan: P
  readonly kind: MoveResult['kind'] | 'refused' | 'untouched'
}

/** What one direction knows of its plans. */
export interface Direction<P> {
  readonly moveOf: (ready: ReadyEnvironment<P>) => Move
  readonly hasNothing: (plan: P) => boolean
}

/** One environment after the other. Where one is refused, none is touched; where one fails, those after it are not. */
export async function carryOutAll<P extends AnyPlan>(
  { environments, stopped }: PlannedEnvironments<P>,
  { moveOf, hasNothing }: Direction<P>,
  configuration: Configuration,
  options: RunOptions & { readonly dryRun?: boolean },
): Promise<readonly Carried<P>[]> {
  const carried: Carried<P>[] = []
  let goesOn = stopped === null && environments.every(({ plan }) => plan.refusal === null) && options.dryRun !== true
  for (const one of environments) {
    const { plan } = one
    if (goesOn && 'runner' in one) {
      const result = await carryOut(moveOf(one), configuration, options)
      goesOn = result.kind !== 'failed'
      carried.push({ ...result, plan })
      continue
    }
    const kind = plan.refusal !== null ? 'refused' : hasNothing(plan) ? 'nothing' : 'untouched'
    carried.push({ plan, kind, backups: [], done: [], failure: null, after: null })
  }
  return carried
}
