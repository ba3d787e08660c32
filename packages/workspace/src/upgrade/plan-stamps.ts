import {
  type EnvironmentStatus,
  type Made,
  planStamp,
  type StampedDatabase,
  type StampedRevision,
  type StampPlan,
  type UpgradeRefusal,
} from '@onehead/core'
import { askDatabase, type DatabaseAnswer } from '../alembic/ask-database.js'
import type { Runner } from '../alembic/runner.js'
import type { SourceReader } from '../use-cases/sources.js'
import type { StampOptions } from './options.js'
import { mattersGoingBack } from './plan-downgrades.js'
import type { AskedEnvironment, Planner } from './plan-environments.js'

/** How `stamp` plans: also by looking into the databases for what they would claim to have. */
export function stampPlanner({ revisions, purge = false, x = [] }: StampOptions): Planner<StampPlan> {
  const refused = (status: EnvironmentStatus, refusal: UpgradeRefusal): StampPlan => ({
    ...{ status, revisions, calls: [], databases: [], refusal },
  })
  const plan = async (
    { history, runner, answer }: AskedEnvironment,
    status: EnvironmentStatus,
    reader: SourceReader,
  ) => {
    const asked = answer !== null && 'databases' in answer ? answer.databases : []
    const versionTables = asked.map(({ versionTable, versionTableSchema: schema }) =>
      schema === null ? versionTable : `${schema}.${versionTable}`,
    )
    const takesSeveral = runner.kind === 'runner' && runner.form === 'alembic'
    const wish = { revisions, purge, takesSeveral, versionTables, operations: reader.operations }
    const plan = await reader.complete(() => planStamp(history, status, wish))
    return runner.kind === 'missing' || plan.refusal !== null ? plan : seenIn(plan, runner, x)
  }
  return { minds: mattersGoingBack, refused, plan }
}

/** The plan with what the databases show. */
async function seenIn(plan: StampPlan, runner: Runner, x: readonly string[]): Promise<StampPlan> {
  const all = plan.databases.flatMap(({ marked, unmarked }) => [...marked, ...unmarked])
  const tables = [...new Set(all.flatMap(({ made }) => made.map(({ table }) => table)))]
  if (tables.length === 0) return plan
  const answer = await askDatabase(runner, { x, tables })
  if (answer.failure !== null) return plan
  return { ...plan, databases: plan.databases.map((database, index) => seenInOne(database, answer, index)) }
}

function seenInOne(database: StampedDatabase, { databases }: DatabaseAnswer, index: number): StampedDatabase {
  const facts = databases[index]
  if (facts === undefined) return database
  const look = (one: StampedRevision): StampedRevision => {
    if (one.seen !== 'unseen') return one
    const lacking = one.made.filter((made) => !isThere(made, facts.columns))
    return { ...one, lacking, seen: lacking.length === 0 ? 'there' : 'lacking' }
  }
  return { ...database, marked: database.marked.map(look), unmarked: database.unmarked.map(look) }
}

function isThere({ table, column }: Made, columns: DatabaseAnswer['databases'][number]['columns']): boolean {
  const there = columns[table] ?? null
  return there !== null && (column === null || there.includes(column))
}
