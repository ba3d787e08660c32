import type { BrokenEnvironment, Environment, Fact } from '@onehead/core'
import { LineIndex } from '@onehead/core'
import type { Look, Surroundings } from './found.js'

const MOST_ENVIRONMENTS = 4

/** Which configuration is meant, and from where Alembic is run with it. */
export const lookAtConfiguration: Look = async (surroundings, { concerned, error }) => {
  const { workspace } = surroundings
  const broken = concerned.length < surroundings.histories.length ? [] : workspace.broken
  const facts: Fact[] = [
    ...(await Promise.all(broken.slice(0, MOST_ENVIRONMENTS).map((one) => sayBroken(one, surroundings)))),
    ...concerned.slice(0, MOST_ENVIRONMENTS).map(({ environment }) => sayPlace(environment)),
  ]
  const more = concerned.length - MOST_ENVIRONMENTS
  if (more > 0) facts.push({ environment: null, message: `and ${more} more environments`, places: [] })
  const flask = concerned.find(({ environment }) => environment.kind === 'flask-migrate')
  const isPlain = ['no-configuration', 'no-application-context'].includes(error.known.kind)
  const help =
    isPlain && flask !== undefined
      ? `run it with \`flask db\` in ${folderOf(flask.environment)}: this is a Flask-Migrate folder, whose alembic.ini alone is not enough`
      : null
  return { facts, help }
}

function folderOf({ cwd, config }: Environment): string {
  const folder = cwd ?? config.slice(0, Math.max(0, config.lastIndexOf('/')))
  return folder === '' ? 'the root of the workspace' : folder
}

function sayPlace(environment: Environment): Fact {
  const { name, kind, config, section } = environment
  const how = kind === 'flask-migrate' ? '`flask db`' : '`alembic`'
  const of = section === 'alembic' || section === 'tool.alembic' ? '' : `, section [${section}]`
  const message = `${how} runs in ${folderOf(environment)} and reads this${of}`
  return { environment: name, message, places: [{ path: config, line: null, column: null, text: null }] }
}

async function sayBroken({ name, config, message, span }: BrokenEnvironment, { reader }: Surroundings): Promise<Fact> {
  const bytes = await reader.complete(() => reader.bytes(config))
  const { line, column } = new LineIndex(bytes).position(span.start)
  return { environment: name, message, places: [{ path: config, line, column, text: null }] }
}
