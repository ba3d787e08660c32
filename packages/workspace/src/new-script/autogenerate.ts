import { relative } from 'node:path'
import {
  firstLine,
  type History,
  loadOperationsReader,
  type NewScript,
  type Refusal,
  refusal,
  shellWord,
} from '@onehead/core'
import { callArguments } from '../alembic/arguments.js'
import {
  askDatabase,
  type DatabaseFacts,
  type RevisionWish,
  type Runner,
  revisionWithAlembic,
  typedCommand,
} from '../alembic/index.js'
import { type Taken, type TakenScript, takeFromAlembic } from './by-alembic.js'

/** What autogenerate came to. */
export type Generated =
  | { readonly refusal: Refusal }
  /** The models and the database agree. */
  | { readonly noChanges: true; readonly typed: string }
  | { readonly script: TakenScript; readonly typed: string }

/**
 * Lets the project's own Alembic compare the models with the database and write what differs, once the database is known to
 * stand at the head: else the script would do again what others do already. Leaves nothing in the tree.
 *
 * @param asked what Alembic is told of `wanted`
 */
export async function autogenerate(
  runner: Runner,
  history: History,
  wanted: NewScript,
  asked: RevisionWish,
): Promise<Generated> {
  const behind = await whyNotAtHead(runner, history)
  if (behind !== null) return { refusal: behind }
  const written = () => revisionWithAlembic(runner, { ...asked, autogenerate: true })
  const taken = await takeFromAlembic(runner, history, wanted.revision, written)
  return 'refusal' in taken ? taken : oneScript(taken)
}

/** Plain Alembic writes a script that does nothing where nothing has changed; Flask-Migrate writes none. */
async function oneScript({ scripts, typed }: Taken): Promise<Generated> {
  const read = await loadOperationsReader()
  const filled = scripts.filter(({ bytes }) => {
    const operations = read(bytes)
    return operations === null || !operations.upgrade.isEmpty || !operations.downgrade.isEmpty
  })
  const [script, ...others] = filled
  if (script === undefined) return { noChanges: true, typed }
  if (others.length === 0) return { script, typed }
  const paths = filled.map(({ path }) => path).join(', ')
  return {
    refusal: refusal('several-scripts', `\`${typed}\` wrote several scripts at once: ${paths}`, {
      help: 'run it yourself: env.py makes several revisions of one',
    }),
  }
}

async function whyNotAtHead(runner: Runner, history: History): Promise<Refusal | null> {
  const { databases, failure } = await askDatabase(runner)
  if (failure !== null) {
    return refusal('database', `the database could not be asked where it stands: ${failure.message}`, {
      help: failure.help ?? failure.cause,
    })
  }
  return databases.map((database) => standsElsewhere(runner, database, history)).find((one) => one !== null) ?? null
}

/** Alembic compares the rows of the version table with the heads on which nothing depends either. */
function standsElsewhere(runner: Runner, database: DatabaseFacts, { map }: History): Refusal | null {
  const name = database.name === null ? 'the database' : `the database ${database.name}`
  if (database.isOffline) {
    return refusal('offline-database', `env.py connects to no database, so that nothing can be compared with it`, {
      help: 'let env.py connect, or leave --autogenerate out',
    })
  }
  const { currentRevisions } = database
  const heads = map.resolvedHeads
  if (heads.length === currentRevisions.length && heads.every((head) => currentRevisions.includes(head))) return null
  const stands = currentRevisions.length === 0 ? 'at no revision' : `at ${currentRevisions.map(named).join(' and ')}`
  const unknown = currentRevisions.find((id) => !map.has(id))
  if (unknown !== undefined) {
    return refusal('unknown-in-database', `${name} stands at ${unknown}, which no script declares`, {
      help: 'find the branch that has it and bring it in, or use another database',
    })
  }
  const goal = heads.length === 1 ? `the head ${named(heads[0]!)}` : `the heads ${heads.map(named).join(' and ')}`
  return refusal(
    'database-behind',
    `${name} stands ${stands}, not at ${goal}: what is due there would be generated again`,
    {
      help: 'upgrade it first, then run this again',
      command: upgradeCommand(runner, heads.length === 1 ? 'head' : 'heads'),
    },
  )

  function named(id: string): string {
    const said = firstLine(map.get(id)?.message ?? '')
    return said === '' ? id : `${id} (${said})`
  }
}

/** As it is typed at the workspace root. */
function upgradeCommand(runner: Runner, to: string): string {
  const typed = typedCommand(runner, callArguments(runner, 'upgrade', [to]))
  const folder = relative(runner.root, runner.cwd).replaceAll('\\', '/')
  return folder === '' ? typed : `cd ${shellWord(folder)} && ${typed}`
}
