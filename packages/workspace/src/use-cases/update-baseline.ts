import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatBaseline, loadBaseline, loadConfiguration } from '../configuration/index.js'
import { UsageError } from '../errors.js'
import { workingTree } from '../snapshot/working-tree.js'
import { type CheckOptions, check } from './check.js'

export interface BaselineUpdate {
  /** The file written, workspace-relative. */
  readonly path: string
  /** How many findings are parked in it. */
  readonly parked: number
  /** How many remain: what stops Alembic, or keeps us from telling, is never parked. */
  readonly remaining: number
}

/**
 * Parks today's findings, all but those that are never old debt, so that only new ones are shown from now on.
 * Throws `UsageError` where another file than a baseline lies in its place, or where it cannot be written.
 */
export async function updateBaseline(
  options: Omit<CheckOptions, 'environments' | 'scripts' | 'git' | 'baseline'>,
): Promise<BaselineUpdate> {
  const snapshot = workingTree(options.root)
  const configuration = await loadConfiguration(snapshot)
  const path = configuration.baseline
  await loadBaseline(snapshot, configuration)
  const all = await check({ ...options, scripts: 'new', git: false, baseline: false })
  const parkable = all.report.diagnostics.filter(({ stopsAlembic, hidesFacts }) => !stopsAlembic && !hidesFacts)
  replaceFile(options.root, path, formatBaseline(parkable))
  return { path, parked: parkable.length, remaining: all.report.diagnostics.length - parkable.length }
}

/** The whole file or nothing: it is written beside its place first. */
function replaceFile(root: string, path: string, text: string): void {
  const beside = join(root, `${path}.${process.pid}.tmp`)
  try {
    writeFileSync(beside, text, { flag: 'wx' })
    renameSync(beside, join(root, path))
  } catch (error) {
    rmSync(beside, { force: true })
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(`${path} cannot be written (${code ?? 'unknown error'})`, {
      help: 'name a file in a directory that is there and may be written to: "baseline" in onehead.json',
    })
  }
}
