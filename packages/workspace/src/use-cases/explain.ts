import { type ExplainReport, type History, maskSecrets, passwordsIn, recogniseErrors } from '@onehead/core'
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
  const seen = explanations.length > 0 || here === null ? [] : await lookAtSeen(options.text, recognised, here)
  const { unknown } = recognised
  const report = { explanations, unknown, seen, notes: typeof surroundings === 'string' ? [surroundings] : [] }
  return withoutSecrets(report, secretsIn(options.text.slice(-LONGEST_PASTE)))
}

/** So much of a text is searched for passwords that stand elsewhere in it once more. */
const LONGEST_PASTE = 1 << 20

/** A shorter one may be an ordinary word, and would vanish from every sentence. */
const SHORTEST_SECRET = 8

function secretsIn(text: string): readonly string[] {
  const addresses = text.match(/[a-z][a-z0-9+.-]{0,40}:\/\/[^\s"'<>`]{1,500}/gi) ?? []
  const found = [...new Set(addresses)].slice(0, 200).flatMap(passwordsIn)
  return found.filter((one) => one.length >= SHORTEST_SECRET)
}

/** What is pasted is often pasted on, into a ticket or a chat. */
function withoutSecrets<T>(value: T, secrets: readonly string[]): T {
  if (typeof value === 'string') return maskSecrets(value, secrets) as T
  if (Array.isArray(value)) return value.map((one) => withoutSecrets(one, secrets)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutSecrets(one, secrets)])) as T
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
