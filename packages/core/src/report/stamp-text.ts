import { stepsFor } from '../status/invocation.js'
import type { Made } from '../upgrade/made-by.js'
import type { StampedDatabase, StampedRevision, StampOutcome, StampPlan } from '../upgrade/stamp.js'
import { padEnd, visible, widthOf } from './cells.js'
import { count, listNames } from './counting.js'
import { drawPlace } from './database-place.js'
import { hang } from './frame.js'
import { createPage, type Page, type TextOptions } from './page.js'
import { drawRefusal, INDENT } from './upgrade-text.js'

/** What would be written, what it would claim, and what the databases show of that. Nothing is written yet. Ends with a line end. */
export function formatStampPlan(plans: readonly StampPlan[], options: TextOptions = {}): string {
  const page = createPage(options)
  return `${plans.flatMap((plan) => drawPlan(plan, page)).join('\n')}\n`
}

/** What became of it. Ends with a line end, or is empty. */
export function formatStampOutcome(environments: readonly StampOutcome[], options: TextOptions = {}): string {
  const page = createPage(options)
  const lines = environments.flatMap((outcome) => drawOutcome(outcome, page))
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

function drawPlan({ status, refusal, databases }: StampPlan, page: Page): readonly string[] {
  if (refusal !== null) return drawRefusal(status.name, 'stamped', refusal, page)
  return databases.flatMap((database) => drawDatabase(status, database, page))
}

const nameOf = (status: StampPlan['status'], { name }: StampedDatabase['status']): string =>
  name === null ? status.name : `${status.name} (${name})`

function drawDatabase(environment: StampPlan['status'], database: StampedDatabase, page: Page): readonly string[] {
  const { status, to, marked, unmarked } = database
  const [from, then] = [status.currentRevisions, to].map((rows) => listNames(rows, 4) || 'base')
  const place = drawPlace(status, page)
  if (isWritten(database)) {
    const text = `${nameOf(environment, status)} stands at ${then} already: nothing to write`
    return [...hang('success', page.glyphs.success, text, page), ...place]
  }
  const text = `${nameOf(environment, status)}: from ${from} to ${then}, and nothing is run`
  return [
    ...hang('strong', page.glyphs.bullet, text, page),
    ...place,
    ...drawRevisions('counts as run', marked, sayMarked, page),
    ...drawRevisions('counts as not run', unmarked, sayUnmarked, page),
    ...drawDoubts(marked, unmarked, page),
    ...drawPutBack(environment, database, page),
  ]
}

const isWritten = ({ status, to }: StampedDatabase): boolean =>
  [...status.currentRevisions].sort().join() === [...to].sort().join()

type Say = (revision: StampedRevision) => string

function drawRevisions(
  heading: string,
  revisions: readonly StampedRevision[],
  say: Say,
  page: Page,
): readonly string[] {
  if (revisions.length === 0) return []
  const width = Math.max(...revisions.map(({ revision }) => widthOf(visible(revision))))
  const rows = revisions.flatMap((one) => {
    const id = page.paint('strong', padEnd(visible(one.revision), width))
    const what = [one.message, say(one)].filter((part) => part !== '').join(': ')
    return [`${INDENT}  ${id}  ${visible(what)}`.trimEnd()]
  })
  return [`${INDENT}${page.paint('faint', `${heading}:`)}`, ...rows]
}

function sayMarked({ seen, made, lacking }: StampedRevision): string {
  if (seen === 'lacking') return `${sayMade(lacking)} not there`
  if (seen === 'there') return made.length === 0 ? '' : `${sayMade(made)} there`
  return seen === 'nothing' ? 'cannot be seen in tables and columns' : 'nobody could look'
}

function sayUnmarked(revision: StampedRevision): string {
  const { seen, made, lacking } = revision
  if (seen !== 'lacking' || lacking.length === made.length) return sayMarked(revision)
  return `${sayMade(made.filter((one) => !lacking.includes(one)))} there`
}

function sayMade(made: readonly Made[]): string {
  const names = made.map(({ table, column }) => (column === null ? `table ${table}` : `column ${table}.${column}`))
  return `${listNames(names, 4)} ${made.length === 1 ? 'is' : 'are'}`
}

/** What would follow from a stamp that the database does not bear out. */
function drawDoubts(
  marked: readonly StampedRevision[],
  unmarked: readonly StampedRevision[],
  page: Page,
): readonly string[] {
  const ids = (some: readonly StampedRevision[]) =>
    listNames(
      some.map(({ revision }) => revision),
      4,
    )
  const warn = (text: string) => hang('warn', 'warning:', text, page, INDENT)
  const lacking = marked.filter(({ seen }) => seen === 'lacking')
  const there = unmarked.filter((one) => one.made.length > one.lacking.length && one.seen !== 'unseen')
  const dark = [...marked, ...unmarked].filter(({ seen }) => seen === 'nothing' || seen === 'unseen')
  return [
    ...(lacking.length === 0
      ? []
      : warn(`${ids(lacking)} would never run here, and what is lacking would be lacking for ever`)),
    ...(there.length === 0 ? [] : warn(`the next upgrade would run ${ids(there)} again, and meet what is there`)),
    ...(dark.length === 0
      ? []
      : hang(
          'faint',
          'note:',
          `look yourself whether ${ids(dark)} ${dark.length === 1 ? 'has' : 'have'} run`,
          page,
          INDENT,
        )),
  ]
}

function drawPutBack(
  environment: StampPlan['status'],
  { status, putBack }: StampedDatabase,
  page: Page,
): readonly string[] {
  const rows = status.currentRevisions
  const held = `${INDENT}${page.paint('faint', padEnd('held', 7))} ${listNames(rows, 12) || 'no row'}`
  const typed =
    'sql' in putBack ? putBack.sql.map((one) => `${one};`) : [page.command(stepsFor(environment, putBack.steps))]
  const lines = typed.map((one, index) => {
    const start = page.paint('faint', padEnd(index === 0 ? 'back' : '', 7))
    return `${INDENT}${start} ${page.paint('code', visible(one))}`
  })
  return [held, ...lines]
}

function drawOutcome({ plan, kind, failure, after }: StampOutcome, page: Page): readonly string[] {
  const { name } = plan.status
  const stands = [...new Set(after?.map((rows) => listNames(rows, 4) || 'base'))].join('; ')
  if (kind === 'stamped') {
    const number = plan.databases.filter((database) => !isWritten(database)).length
    const where = number === 1 ? '' : ` in ${count(number, 'database')}`
    return hang(
      'success',
      page.glyphs.success,
      `${name} is stamped: it stands at ${stands}${where}; nothing was run`,
      page,
    )
  }
  if (failure === null) return []
  return [
    ...hang('error', page.glyphs.failure, `${name} is not stamped`, page),
    ...hang('faint', 'because', failure.message, page, INDENT),
    ...(failure.cause === null ? [] : hang('faint', 'cause:', failure.cause, page, INDENT)),
    ...(failure.help === null ? [] : hang('strong', 'cure:', failure.help, page, INDENT)),
    ...hang(
      'strong',
      'stands',
      after === null ? 'nobody knows: the database cannot be asked' : `at ${stands}`,
      page,
      INDENT,
    ),
  ]
}
