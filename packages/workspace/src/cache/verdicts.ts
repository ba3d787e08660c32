import { createHash } from 'node:crypto'
import type { Environment, EnvironmentReport, Judgement, JudgeOptions, Level, RuleName } from '@onehead/core'
import { build } from './build.js'
import type { EnvironmentState, States } from './states.js'
import type { Store } from './store.js'

/** All that a check says of one environment. */
export interface Verdict {
  readonly environment: EnvironmentReport
  readonly judgement: Judgement
  readonly scanned: number
  readonly parsed: number
  /** False where a script was not read for a reason that the scripts do not tell: permissions, a partial clone. */
  readonly isLasting: boolean
}

/** What a verdict depends on beside the scripts. */
export interface Circumstances {
  readonly levels: JudgeOptions['levels']
  /** Rules with the level that they have by themselves. */
  readonly rules: readonly { readonly name: string; readonly severity: Level }[]
  readonly baseline: ReadonlySet<string>
  readonly scripts: JudgeOptions['scripts']
  readonly only: readonly string[]
  readonly full: boolean
}

/** Verdicts that were found before, for scripts that have not changed since. */
export interface Verdicts {
  /** Null where the environment's scripts must be looked at anyway. */
  stateOf(environment: Environment): Promise<EnvironmentState | null>
  /** @param parseAll whether every script goes through the Python parser */
  find(environment: Environment, state: EnvironmentState, parseAll: boolean): Verdict | undefined
  keep(environment: Environment, state: EnvironmentState, parseAll: boolean, verdict: Verdict): Promise<void>
  /** Called once all is said. */
  finish(): void
}

export function openVerdicts(store: Store, states: States, circumstances: Circumstances): Verdicts {
  const { levels, rules, baseline, scripts, only, full } = circumstances
  const common = createHash('sha256')
    .update(JSON.stringify([build(), [...baseline].sort(), scripts, only, full]))
    .digest('hex')
  const keyOf = (environment: Environment, { state }: EnvironmentState, parseAll: boolean): string => {
    const own = rules.map(({ name, severity }) => levels(name as RuleName, environment.path, severity))
    return JSON.stringify(['verdict', common, environment, own, state, parseAll])
  }
  let written = false
  return {
    stateOf: (environment) => states.of(environment),
    find(environment, state, parseAll) {
      return store.get(keyOf(environment, state, parseAll)) as Verdict | undefined
    },
    async keep(environment, state, parseAll, verdict) {
      if (!(await states.confirm(environment))) return
      store.put(keyOf(environment, state, parseAll), verdict)
      written = true
    },
    finish() {
      if (written) store.sweep()
    },
  }
}
