import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatBaseline, loadConfiguration } from '../configuration/index.js'
import { workingTree } from '../snapshot/working-tree.js'
import { type CheckOptions, check } from './check.js'

export interface BaselineUpdate {
  /** The file written, workspace-relative. */
  readonly path: string
  /** How many findings are parked in it. */
  readonly parked: number
  /** How many remain: what stops Alembic is never parked. */
  readonly remaining: number
}

/** Parks today's findings, all but those that stop Alembic, so that only new ones are shown from now on. */
export async function updateBaseline(
  options: Omit<CheckOptions, 'environments' | 'scripts' | 'git' | 'baseline'>,
): Promise<BaselineUpdate> {
  const configuration = await loadConfiguration(workingTree(options.root))
  const path = configuration.baseline
  const all = await check({ ...options, scripts: 'new', git: false, baseline: false })
  const parkable = all.report.diagnostics.filter((diagnostic) => !diagnostic.stopsAlembic)
  writeFileSync(join(options.root, path), formatBaseline(parkable))
  return { path, parked: parkable.length, remaining: all.report.diagnostics.length - parkable.length }
}
