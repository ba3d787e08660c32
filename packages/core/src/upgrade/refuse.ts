import type { Diagnostic } from '../rules/rule.js'
import { adviseDatabase } from '../status/advise.js'
import { stepsFor } from '../status/invocation.js'
import type { DatabaseStatus, EnvironmentStatus, MovedNote } from '../status/status.js'
import { shellWord } from '../text/shell-word.js'
import type { UpgradeRefusal } from './upgrade.js'

/** The scripts are wrong: told by what `check` found in this environment. */
export function refuseScripts(errors: readonly Diagnostic[], name: string): UpgradeRefusal {
  const [first] = errors
  const more = errors.slice(1).map(({ rule, message }) => `${rule}: ${message}`)
  return {
    kind: 'scripts',
    message: first!.message,
    notes: more,
    help: first!.help,
    command: first!.fix?.command ?? `onehead check ${shellWord(name)}`,
  }
}

/**
 * Why the databases of an environment are not moved as they stand; null where they can be.
 *
 * @param accepted where a database may stand all the same
 */
export function refuseDatabase(
  status: EnvironmentStatus,
  accepted: readonly DatabaseStatus['standing']['kind'][] = [],
): UpgradeRefusal | null {
  const { failure, error, name, databases } = status
  const check = `onehead check ${shellWord(name)}`
  if (failure !== null) {
    const notes = failure.cause === null ? [] : [failure.cause]
    return { kind: 'unasked', message: failure.message, notes, help: failure.help, command: null }
  }
  if (error !== null) {
    const help = 'see what is wrong with the scripts first'
    return { kind: 'scripts', message: error.message || error.kind, notes: [], help, command: check }
  }
  for (const database of databases) {
    const refusal = accepted.includes(database.standing.kind) ? null : refuseStanding(status, database)
    if (refusal !== null) return refusal
  }
  return null
}

function refuseStanding(status: EnvironmentStatus, database: DatabaseStatus): UpgradeRefusal | null {
  const message = sayStanding(database)
  if (message === null) return null
  const advice = adviseDatabase(status, database)
  return {
    ...{ kind: 'database', message, notes: [] },
    ...{ help: advice?.help ?? null, command: advice?.command ?? null },
  }
}

/** Null for a database that Alembic can upgrade. */
function sayStanding({ standing, currentRevisions, pending }: DatabaseStatus): string | null {
  switch (standing.kind) {
    case 'unknown':
      return `the database stands at ${standing.unknown.join(' and ')}, which no script here declares`
    case 'overlapping':
      return `its version table holds ${standing.above} and also ${standing.below}, which lies below it`
    case 'offline':
      return 'env.py writes SQL instead of connecting, so nobody knows where the database stands'
    case 'up-to-date':
      return null
    default:
      return pending === null
        ? `what is pending above ${currentRevisions.join(' and ') || 'base'} cannot be told`
        : null
  }
}

export function refuseTarget({ name }: EnvironmentStatus, to: string, message: string): UpgradeRefusal {
  return {
    kind: 'target',
    message: message || `no revision here is called ${to}`,
    notes: [],
    help: 'choose one of the revisions there are',
    command: `onehead history ${shellWord(name)}`,
  }
}

/**
 * A database has run a revision that a repair moved since, and lacks what lies below it now: an upgrade would pass over that for ever.
 *
 * @param lacking what shows it, such as `table customer`; empty where nobody could tell
 */
export function refuseMoved(
  status: EnvironmentStatus,
  { revision, when, skipped, way }: MovedNote,
  lacking: readonly string[],
): UpgradeRefusal {
  const steps = way === null ? [] : way.advised === 'catch-up' && way.catchUp !== null ? way.catchUp : way.stepBackAfter
  const evidence =
    lacking.length === 0
      ? `whether it has run ${skipped.join(', ')} cannot be told: if it has, go on with --accept-moved`
      : `it has no ${lacking.slice(0, 4).join(', no ')}, which ${skipped.join(', ')} would have made`
  return {
    kind: 'moved',
    message: `a repair of ${when.slice(0, 10)} moved ${revision}, which this database had run before`,
    notes: [evidence, `${skipped.join(', ')} would never run here`],
    help: 'put the database right first',
    command: steps.length === 0 ? null : stepsFor(status, steps),
  }
}
