import {
  type ByHand,
  findStagedColumns,
  loadOperationsReader,
  loadParser,
  planStages,
  type RepairPlan,
  refusal,
  STAGED_RULES,
  type StagedColumn,
  type StagedValue,
} from '@onehead/core'
import { loadNewScriptSettings, newRevisionId, nowInMicroseconds } from '../new-script/index.js'
import { joinChanges } from '../repair/join-changes.js'
import { findLandingPlace } from '../repair/landing-place.js'
import type { PlannedWorkspace } from '../repair/plan-workspace.js'
import { check } from './check.js'
import { findEditable } from './fix-findings.js'
import { openWorkspace, type WorkspaceOptions } from './open-workspace.js'
import { readHistories } from './read-workspace.js'
import { sourceReader } from './sources.js'

/** What a person says of the columns of one environment: a value in SQL for each that is to be brought there in several revisions. */
export type ChooseValues = (
  environment: string,
  columns: readonly StagedColumn[],
  byHand: readonly ByHand[],
) => Promise<readonly StagedValue[]>

/**
 * Plans the safe way to NOT NULL for columns of scripts that nobody else has: nullable, filled, NOT NULL, each in a revision of its own.
 * Nothing is written. Null where there is no such column, or where nothing was chosen. The caller closes the plan. Throws `UsageError`
 * as `check` does.
 */
export async function planStagedColumns(
  options: WorkspaceOptions,
  choose: ChooseValues,
): Promise<PlannedWorkspace | null> {
  const { root } = options
  const { report } = await check({ ...options, rules: STAGED_RULES, scripts: 'new' })
  if (report.diagnostics.length === 0) return null
  const now = nowInMicroseconds()
  const workspace = await openWorkspace(options)
  const [parser, read, isEditable] = await Promise.all([loadParser(), loadOperationsReader(), findEditable(root)])
  const sources = sourceReader(workspace.snapshot)
  const landing = await findLandingPlace({ root, offline: true, now: Math.floor(now / 1e6) })
  const planned: Pick<RepairPlan, 'repairs' | 'changes' | 'refusals'>[] = []
  // What several environments share is brought there once.
  const taken = new Set<string>()
  try {
    for await (const { history } of readHistories(workspace, { full: false })) {
      const { environment } = history
      const own = report.diagnostics.filter(
        ({ environment: name, labels }) => name === environment.name && !taken.has(labels[0]?.path ?? ''),
      )
      const found = findStagedColumns(history, own, (path) => read(sources.bytes(path)), isEditable)
      if (found.columns.length + found.byHand.length === 0) continue
      const values = await choose(environment.name, found.columns, found.byHand)
      if (values.length === 0) continue
      for (const { column } of values) taken.add(column.script.path)
      const settings = await loadNewScriptSettings({ ...workspace, root }, environment, now)
      const target = landing?.target?.name ?? null
      const made = planStages(
        { history, source: sources.bytes, read: parser.read, settings, target, newRevisionId },
        values,
      )
      planned.push(
        'why' in made ? refused(environment.name, made.why) : { ...made, repairs: [made.repair], refusals: [] },
      )
    }
    if (planned.length > 0) return { plan: joined(planned), landing, close: () => landing?.objects.close() }
  } catch (error) {
    landing?.objects.close()
    throw error
  }
  landing?.objects.close()
  return null
}

function refused(name: string, why: string): Pick<RepairPlan, 'repairs' | 'changes' | 'refusals'> {
  const help = 'write the revisions by hand: `onehead check` says what belongs into each'
  return { repairs: [], changes: [], refusals: [refusal('not-staged', `${name}: ${why}`, { help })] }
}

function joined(planned: readonly Pick<RepairPlan, 'repairs' | 'changes' | 'refusals'>[]): RepairPlan {
  const { changes, refusals } = joinChanges(planned.flatMap(asRepairs))
  const all = [...refusals, ...planned.flatMap((one) => one.refusals)]
  return { git: null, repairs: planned.flatMap(({ repairs }) => repairs), changes, refusals: all, notices: [] }
}

function asRepairs({ repairs, changes }: Pick<RepairPlan, 'repairs' | 'changes'>) {
  return repairs.map((repair) => ({ repair, changes }))
}
