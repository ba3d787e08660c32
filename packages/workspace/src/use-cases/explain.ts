import { type ExplainReport, type History, recogniseErrors } from '@onehead/core'
import { UsageError } from '../errors.js'
import { explainError } from '../explain/explain-error.js'
import type { Surroundings } from '../explain/found.js'
import { lookAtSeen } from '../explain/look-at-seen.js'
import { PathFinder } from '../explain/place.js'
import { openWorkspace, type WorkspaceOptions } from './open-workspace.js'
import { readHistories } from './read-workspace.js'
import { sourceReader } from './sources.js'

export interface ExplainOptions extends WorkspaceOptions {
  /** What Alembic, Flask-Migrate, SQLAlchemy or a driver printed; a whole log; the heading of a guide. */
  readonly text: string
  /** Send every script through the Python parser. */
  readonly full?: boolean
  /** The environment of this process by default. */
  readonly shell?: NodeJS.ProcessEnv
}

/**
 * What a pasted error means, and what the scripts and git of this workspace say about it. Runs no Python and asks no database. Outside of
 * a workspace only what is known anyway. Throws `UsageError` for a broken onehead.json, and for environments that were named and are not there.
 */
export async function explain(options: ExplainOptions): Promise<ExplainReport> {
  const recognised = recogniseErrors(options.text)
  const surroundings = await openSurroundings(options)
  const here = typeof surroundings === 'string' ? null : surroundings
  const explanations = []
  for (const error of recognised.errors) explanations.push(await explainError(error, here))
  const { unknown } = recognised
  const seen = explanations.length > 0 || here === null ? [] : await lookAtSeen(options.text, recognised, here)
  return { explanations, unknown, seen, notes: typeof surroundings === 'string' ? [surroundings] : [] }
}

/** Everything that facts are looked up in; why there is nothing, where there is nothing. */
async function openSurroundings(options: ExplainOptions): Promise<Surroundings | string> {
  const { root, full = false, shell = process.env, environments = [], configs = [] } = options
  const isNamed = environments.length + configs.length > 0
  try {
    const workspace = await openWorkspace(options)
    const histories: History[] = []
    for await (const { history } of readHistories(workspace, { full })) histories.push(history)
    const paths = new PathFinder(root, histories)
    return { options, workspace, histories, paths, reader: sourceReader(workspace.snapshot), shell }
  } catch (error) {
    if (isNamed || !(error instanceof UsageError) || !/^no Alembic environment/.test(error.message)) throw error
    return 'no Alembic environment was found here, so that nothing of your own scripts could be looked at'
  }
}
