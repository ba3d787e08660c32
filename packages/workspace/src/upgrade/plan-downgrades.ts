import {
  type Diagnostic,
  type DowngradePlan,
  type EnvironmentStatus,
  planDowngrade,
  type UpgradeRefusal,
} from '@onehead/core'
import type { OpenWorkspace } from '../use-cases/open-workspace.js'
import type { SourceReader } from '../use-cases/sources.js'
import type { DowngradeOptions } from './options.js'
import { type AskedEnvironment, backupWish, leftoversIn, type Planner } from './plan-environments.js'

/** How `downgrade` plans. */
export function downgradePlanner(workspace: OpenWorkspace, options: DowngradeOptions): Planner<DowngradePlan> {
  const refused = (status: EnvironmentStatus, refusal: UpgradeRefusal): DowngradePlan => ({
    ...{ status, target: options.to, databases: [], refusal, backup: 'wanted' },
  })
  const plan = ({ history, answer }: AskedEnvironment, status: EnvironmentStatus, reader: SourceReader) => {
    const wish = {
      to: options.to,
      acceptIrreversible: options.acceptIrreversible === true,
      backup: backupWish(workspace, history, options.noBackup),
      leftovers: leftoversIn(answer),
      operations: reader.operations,
    }
    return reader.complete(() => planDowngrade(history, status, wish))
  }
  return { minds: mattersGoingBack, refused, plan }
}

/** How a history goes on is of no matter to whoever goes back: it may be the very reason for it. */
const AHEAD: readonly string[] = ['multiple-heads', 'overlapping-operations', 'second-base']

export const mattersGoingBack = ({ rule }: Diagnostic): boolean => !AHEAD.includes(rule)
