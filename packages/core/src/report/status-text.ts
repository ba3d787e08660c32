import { adviseDatabase } from '../status/advise.js'
import { stepsFor } from '../status/invocation.js'
import type { DatabaseStatus, EnvironmentStatus, MovedNote, RevisionNote, UnknownRevision } from '../status/status.js'
import { padEnd, visible, widthOf } from './cells.js'
import { count, listNames } from './counting.js'
import { drawPlace } from './database-place.js'
import { hang } from './frame.js'
import { createPage, type Page, type TextOptions } from './page.js'
import { sayWhereabouts } from './whereabouts-text.js'

/** So many pending revisions are listed one by one. */
const MOST_PENDING = 20

const INDENT = '    '

/** Where every database stands, what is pending, what it does not know, and what comes next. */
export function formatStatus(environments: readonly EnvironmentStatus[], options: TextOptions = {}): string {
  const page = createPage(options)
  const blocks = environments.map((environment) => drawEnvironment(environment, page).join('\n'))
  const all = environments.flatMap(({ databases }) => databases)
  const summary = environments.length + all.length > 2 ? [`${INDENT.slice(2)}${summarise(environments)}`] : []
  return `${[...blocks, ...summary].join('\n')}\n`
}

function drawEnvironment(status: EnvironmentStatus, page: Page): readonly string[] {
  const { failure, databases, name, error } = status
  const broken =
    error === null
      ? []
      : hang('warn', 'warning:', `its scripts do not load: ${error.message || error.kind}`, page, INDENT)
  if (failure !== null) {
    return [
      ...headline('error', `${name}: the database cannot be asked`, page),
      ...hang('faint', 'because', failure.message, page, INDENT),
      ...(failure.cause === null ? [] : hang('faint', 'cause:', failure.cause, page, INDENT)),
      ...(failure.help === null ? [] : hang('strong', 'cure:', failure.help, page, INDENT)),
      ...broken,
    ]
  }
  return [...databases.flatMap((database) => drawDatabase(status, database, page)), ...broken]
}

type HeadlineTone = 'success' | 'warn' | 'error'

function headline(tone: HeadlineTone, text: string, page: Page): readonly string[] {
  const { success, warning, failure } = page.glyphs
  return hang(tone, { success, warn: warning, error: failure }[tone], text, page)
}

function drawDatabase(status: EnvironmentStatus, database: DatabaseStatus, page: Page): readonly string[] {
  const { standing, unknown, pending, moved } = database
  const name = database.name === null ? status.name : `${status.name} (${database.name})`
  const advice = adviseDatabase(status, database)
  const tone = toneOf(standing.kind)
  return [
    ...headline(tone, `${name}: ${says(database, status)}`, page),
    ...drawPlace(database, page),
    ...(isSaid(standing.kind) ? [] : current(database, page)),
    ...(pending === null ? [] : drawPending(pending, page)),
    ...unknown.flatMap((one) => drawUnknown(one, page)),
    ...moved.flatMap((one) => drawMoved(status, one, page)),
    ...(advice === null ? [] : drawAdvice(advice, page)),
  ]
}

function toneOf(kind: DatabaseStatus['standing']['kind']): HeadlineTone {
  if (kind === 'up-to-date') return 'success'
  return kind === 'empty' || kind === 'behind' || kind === 'offline' ? 'warn' : 'error'
}

function says({ standing, currentRevisions, current }: DatabaseStatus, { heads }: EnvironmentStatus): string {
  switch (standing.kind) {
    case 'up-to-date':
      return currentRevisions.length === 0
        ? 'up to date: there is no revision yet'
        : `up to date at ${current.map(nameOf).join(' and ')}`
    case 'empty':
      return standing.pending === null
        ? 'nothing has run yet'
        : `nothing has run yet, ${count(standing.pending.length, 'revision')} pending`
    case 'behind':
      return `behind by ${standing.pending.length}${heads !== null && heads.length > 1 ? `, with ${count(heads.length, 'head')} here` : ''}`
    case 'unknown':
      return `stands at ${listNames(standing.unknown, 4)}, which no script here declares`
    case 'overlapping':
      return `its version table holds ${standing.above} and also ${standing.below}, which lies below it: Alembic refuses every upgrade`
    case 'untold':
      return `stands at ${listNames(currentRevisions, 4)}; what is pending cannot be told`
    case 'offline':
      return 'env.py writes SQL instead of connecting, so nobody knows where the database stands'
  }
}

const nameOf = (one: DatabaseStatus['current'][number]): string =>
  'message' in one && one.message !== '' ? `${one.revision} (${one.message})` : one.revision

/** The headline names them already. */
const isSaid = (kind: DatabaseStatus['standing']['kind']): boolean => kind === 'up-to-date' || kind === 'unknown'

function current({ current: rows }: DatabaseStatus, page: Page): readonly string[] {
  return table(
    'at',
    rows.map((row) => [row.revision, 'message' in row ? row.message : '']),
    page,
  )
}

function drawPending(pending: readonly RevisionNote[], page: Page): readonly string[] {
  const shown = pending.slice(0, MOST_PENDING).map(({ revision, message }) => [revision, message] as const)
  const more = pending.length - shown.length
  return [
    ...table('pending', shown, page),
    ...(more === 0 ? [] : [`${INDENT}         and ${count(more, 'more revision')}`]),
  ]
}

function table(heading: string, rows: readonly (readonly [string, string])[], { paint }: Page): readonly string[] {
  const width = Math.max(0, ...rows.map(([id]) => widthOf(visible(id))))
  return rows.map(([id, message], index) => {
    const start = padEnd(index === 0 ? heading : '', 8)
    return `${INDENT}${paint('faint', start)} ${paint('strong', padEnd(visible(id), width))}  ${visible(message)}`.trimEnd()
  })
}

function drawUnknown(unknown: UnknownRevision, page: Page): readonly string[] {
  return hang('faint', `${visible(unknown.revision)}:`, sayWhereabouts(unknown, page.showPath), page, INDENT)
}

function drawMoved(status: EnvironmentStatus, moved: MovedNote, page: Page): readonly string[] {
  const { revision, formerly, when, skipped, way } = moved
  const day = when.slice(0, 10)
  if (formerly !== revision && skipped.length === 0)
    return hang('info', 'note:', `a repair of ${day} gave ${formerly} the id ${revision}`, page, INDENT)
  const lacks = `a repair of ${day} moved ${revision}: if this database ran it before that, and was not put right since, it lacks ${listNames(skipped, 4)}`
  const steps = way === null ? [] : way.advised === 'catch-up' && way.catchUp !== null ? way.catchUp : way.stepBackAfter
  const said = hang('warn', 'warning:', lacks, page, INDENT)
  if (steps.length === 0) return said
  return [...said, `${INDENT}  then: ${page.paint('code', visible(page.command(stepsFor(status, steps))))}`]
}

function drawAdvice(
  { help, command }: { readonly help: string; readonly command: string | null },
  page: Page,
): readonly string[] {
  return [
    ...hang('strong', 'next:', help, page, INDENT),
    ...(command === null ? [] : [`${INDENT}  ${page.paint('code', visible(page.command(command)))}`]),
  ]
}

function summarise(environments: readonly EnvironmentStatus[]): string {
  const all = environments.flatMap(({ databases }) => databases)
  const number = (...kinds: readonly string[]) => all.filter(({ standing }) => kinds.includes(standing.kind)).length
  const parts = [
    [number('up-to-date'), 'up to date'],
    [number('behind', 'empty'), 'behind'],
    [number('unknown', 'overlapping'), 'elsewhere'],
    [number('untold', 'offline') + environments.filter(({ failure }) => failure !== null).length, 'not known'],
  ] as const
  const told = parts.filter(([amount]) => amount > 0).map(([amount, word]) => `${amount} ${word}`)
  return `${count(environments.length, 'environment')}: ${told.join(', ')}`
}
