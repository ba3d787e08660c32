import type { DatabaseStep } from '../plan/plan.js'
import { shellWord } from '../text/shell-word.js'
import { oursFor, stepsFor } from './invocation.js'
import type { DatabaseStatus, EnvironmentStatus } from './status.js'
import type { Whereabouts } from './whereabouts.js'

/** What to do about a database: words, and one line for a shell at the workspace root. */
export interface Advice {
  /** Starts with a verb, lower case. */
  readonly help: string
  readonly command: string | null
}

/** What comes next for a database; null where nothing has to be done. */
export function adviseDatabase(status: EnvironmentStatus, database: DatabaseStatus): Advice | null {
  const { standing } = database
  switch (standing.kind) {
    case 'empty':
    case 'behind':
      return adviseUpgrade(status)
    case 'overlapping':
      return adviseOverlap(status, database, standing.above)
    case 'unknown':
      return adviseUnknown(status, database)
    case 'untold':
      return { help: 'see what is wrong with the scripts first', command: 'onehead check' }
    case 'offline':
    case 'up-to-date':
      return null
  }
}

function adviseUpgrade(status: EnvironmentStatus): Advice {
  const { environment, heads, name } = status
  if (heads !== null && heads.length > 1 && environment?.settings.expectedHeads === 1)
    return { help: 'bring the history back to one head first', command: `onehead fix ${shellWord(name)}` }
  return { help: 'run what is pending, behind a backup', command: oursFor(status, ['upgrade', name]) }
}

/** Where a repair has put one on top of the other, what lies between has not run; else the database itself is looked at. */
function adviseOverlap(status: EnvironmentStatus, { route, currentRevisions }: DatabaseStatus, above: string): Advice {
  if (route === null)
    return {
      help: `see whether everything below ${above} has run, and then keep only that row`,
      command: oursFor(status, ['stamp', status.name, above, '--purge', '--dry-run']),
    }
  const steps = route.catchUp ?? route.stepBackAfter
  const others = currentRevisions.filter((id) => !route.to.includes(id))
  const help =
    route.skipped.length === 0
      ? `keep only ${route.to.join(' and ')}, which stands for ${others.join(' and ')} too`
      : `run ${route.skipped.join(' and ')}, which a repair has put below ${above} since`
  return { help, command: steps === null ? null : stepsFor(status, steps) }
}

/** The first unknown revision decides: after it, status is asked again. */
function adviseUnknown(status: EnvironmentStatus, { unknown, moved }: DatabaseStatus): Advice {
  const [{ revision, searched, whereabouts } = { revision: '', searched: false, whereabouts: null }] = unknown
  const renamed = moved.find(({ formerly }) => formerly === revision)
  const way = renamed?.way?.at === revision ? renamed.way.catchUp : null
  // A merge revision that was dropped for another one: what that does besides has to run.
  if (way)
    return {
      help: `tell it where it stands, because a repair here took ${revision} out`,
      command: stepsFor(status, way),
    }
  if (renamed !== undefined) return adviseRenamed(status, renamed.revision, 'a repair here')
  if (whereabouts === null) {
    const help = 'see that it is the right database, and that no other application shares its version table'
    return searched
      ? { help: `${help}; the script may also be on a branch that was not fetched`, command: 'git fetch --all' }
      : { help, command: null }
  }
  if (whereabouts.renamedTo !== null) return adviseRenamed(status, whereabouts.renamedTo, 'a commit')
  if (whereabouts.removed !== null) return adviseRestore(whereabouts)
  return adviseBranch(status, whereabouts)
}

function adviseRenamed(status: EnvironmentStatus, now: string, who: string): Advice {
  return {
    help: `stamp the id that ${who} gave it since: ${now}`,
    command: stepsFor(status, [{ command: 'stamp', revision: now, purge: true }]),
  }
}

function adviseRestore({ missing, removed }: Whereabouts): Advice {
  const what = missing.length === 1 ? 'the script' : `the ${missing.length} scripts`
  return {
    help: `bring ${what} back as before that commit: a database has run ${missing.length === 1 ? 'it' : 'them'}`,
    command: restore(`${removed!.commit.slice(0, 12)}~1`, missing),
  }
}

const restore = (commit: string, paths: readonly string[]): string =>
  `git restore --source=${commit} -- ${paths.map(shellWord).join(' ')}`

/** Of a branch that is not here: go there, step down to what both have, and come back. */
function adviseBranch(status: EnvironmentStatus, { refs, below, added, missing }: Whereabouts): Advice {
  const [ref] = refs
  const [to, ...others] = below
  if (ref === undefined) {
    if (added === null) return { help: 'find the commit that has it in the reflog', command: 'git reflog --all' }
    return {
      help: 'bring it back from that commit: no branch has it any more',
      command: restore(added.commit.slice(0, 12), missing),
    }
  }
  const there = `git switch ${ref.kind === 'branch' ? '' : '--detach '}${shellWord(ref.name)}`
  if (to === undefined || others.length > 0)
    return { help: `merge ${ref.name}, or work on this database from there`, command: there }
  const steps: readonly DatabaseStep[] = [{ command: 'downgrade', revision: to }]
  const down = stepsFor(status, steps)
  const step = /^cd \S+ && /.test(down) ? `(${down})` : down
  return {
    help: `take the database back to ${to}, which both branches have, with the scripts of ${ref.name}; or merge ${ref.name}`,
    command: `${there} && ${step} && git switch -`,
  }
}
