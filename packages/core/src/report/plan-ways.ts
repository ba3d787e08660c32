import { stepsCommand } from '../notice/commands.js'
import type { DatabaseStep, DatabaseWay, Repair } from '../plan/plan.js'
import { visible } from './cells.js'
import { count, listNames } from './counting.js'
import { type Line, noteLines } from './frame.js'
import type { Page } from './page.js'
import { nameRevision } from './plan-words.js'

/** Places where a database may stand inside a moved line, told beside its end. */
const MOST_INNER = 4

export interface WaysOptions {
  /** True while the scripts are still as they were, so that a database can be taken back with them. */
  readonly isBefore: boolean
}

/**
 * What a database that has run what moves would skip, and the commands that put it right: the likely place in full, for the
 * others the advised command.
 */
export function drawWays(repair: Repair, { isBefore }: WaysOptions, room: number, page: Page): readonly Line[] {
  const last = repair.ways.filter(({ isLast }) => isLast)
  const inner = repair.ways.filter(({ isLast }) => !isLast)
  const shown = inner.length > MOST_INNER + 1 ? inner.slice(-MOST_INNER) : inner
  const more = inner.length - shown.length
  const all = [...last, ...shown].flatMap((way) => {
    const ways = way.isLast ? allWays(way, isBefore) : allWays(way, isBefore).slice(0, 1)
    return [...noteLines('database: ', sayWay(way, repair), room, page), ...drawCommands(ways, repair, page)]
  })
  if (more === 0) return all
  const places = `and ${count(more, 'more place')} inside the line where one may stand: \`--format json\` lists them`
  return [...all, ...noteLines('database: ', places, room, page)]
}

function sayWay({ at, skipped, isLast, because, formerPath }: DatabaseWay, repair: Repair): string {
  const missed = skipped.length === 1 ? nameRevision(repair, skipped[0]!) : listNames(skipped, 4)
  if (formerPath !== undefined)
    return `one that ran ${formerPath} as ${at} would take ${missed} for run; ${BECAUSE[because]}`
  if (skipped.length === 0)
    return `one that stands at ${nameRevision(repair, at)}, which goes, has to be told where it stands`
  const where = isLast ? `that has run ${nameRevision(repair, at)}` : `that stands at ${nameRevision(repair, at)}`
  return `one ${where} would skip ${missed} for ever; ${BECAUSE[because]}`
}

const BECAUSE: Readonly<Record<DatabaseWay['because'], string>> = {
  disjoint: 'both sides touch different things',
  'same-table': 'both sides change the same table, but not the same part of it',
  overlap: 'both sides change the same thing',
  opaque: 'what both sides change cannot all be read',
}

interface Way {
  readonly says: string
  readonly steps: readonly DatabaseStep[]
}

/** The advised one first; a second one only where somebody may have reason to take it. */
function allWays({ advised, because, catchUp, stepBackBefore, stepBackAfter }: DatabaseWay, isBefore: boolean): Way[] {
  const back: Way[] = [
    ...(isBefore ? [{ says: 'step back now, losing what the moved revisions stored', steps: stepBackBefore }] : []),
    { says: isBefore ? 'or afterwards' : 'step back, losing what the moved revisions stored', steps: stepBackAfter },
  ]
  const forward = catchUp === null ? [] : [{ says: 'catch up, keeping all data', steps: catchUp }]
  const either = because === 'same-table' || because === 'opaque'
  const ways =
    advised === 'catch-up'
      ? [...forward, ...(either ? back : [])]
      : [...back, ...(either ? forward.map(({ steps }) => ({ says: KNOWN, steps })) : [])]
  return ways.filter(({ steps }) => steps.length > 0)
}

const KNOWN = 'or, where you know that both touch different things, catch up and keep all data'

function drawCommands(ways: readonly Way[], { environment }: Repair, page: Page): readonly Line[] {
  if (ways.length === 0) {
    const text = '  no row of commands is certain to put it right: make it anew, or restore a backup from before'
    return [{ number: null, text }]
  }
  return ways.flatMap(({ says, steps }): readonly Line[] => {
    const command = visible(page.command(stepsCommand(environment, steps)))
    return [
      { number: null, text: `  ${says}:` },
      { number: null, text: `    ${page.paint('code', command)}` },
    ]
  })
}
