import { oursFor } from '../status/invocation.js'
import type { EnvironmentStatus, RevisionNote } from '../status/status.js'
import type { BackupNote, MoveResult, UpgradeFailure, UpgradeOutcome, UpgradePlan } from '../upgrade/upgrade.js'
import { isUpgraded } from '../upgrade/upgrade.js'
import { cutEnd, padEnd, visible, widthOf } from './cells.js'
import { count, formatNumber, listNames } from './counting.js'
import { hang } from './frame.js'
import { createPage, type Page, type TextOptions } from './page.js'

const INDENT = '    '

/** Where there is more, the end of it is left out. */
const LONGEST_STATEMENT = 400

/** What became of one environment, whichever way it was to go. */
export interface Moved extends Omit<MoveResult, 'kind'> {
  readonly name: string
  readonly kind: string
  /** Of the verb: `upgraded`. */
  readonly participle: string
  readonly status: EnvironmentStatus
  readonly backup: UpgradePlan['backup']
  /** What tries once more, at the workspace root; null where there is no one command for it. */
  readonly again: string | null
  /** Where each database stood, and what was to be run there. */
  readonly databases: readonly {
    readonly name: string | null
    readonly rows: readonly string[]
    readonly steps: readonly RevisionNote[]
  }[]
}

/** What became of an upgrade, and after a failure: where things stand, why, and how to return. Ends with a line end. */
export function formatUpgradeOutcome(environments: readonly UpgradeOutcome[], options: TextOptions = {}): string {
  const moved = environments.map((outcome): Moved => {
    const { status, backup, databases, target } = outcome.plan
    const to = /^heads?$/.test(target) ? [] : ['--to', target]
    return {
      ...{ ...outcome, status, name: status.name, participle: 'upgraded', backup },
      again: oursFor(status, ['upgrade', status.name, ...to]),
      databases: databases.map((one) => ({
        name: one.status.name,
        rows: one.status.currentRevisions,
        steps: one.pending,
      })),
    }
  })
  return formatMoved(moved, environments.every(isUpgraded), options)
}

/** The same for whatever moves databases. */
export function formatMoved(environments: readonly Moved[], isWell: boolean, options: TextOptions): string {
  const page = createPage(options)
  const told = environments.filter(({ kind, participle }) => kind === participle || kind === 'failed')
  const blocks = told.flatMap((outcome) => drawOutcome(outcome, page))
  const lines = [...blocks, ...(environments.length > 1 && !isWell ? drawTable(environments, page) : [])]
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

/** Where a backup lies, as it is told when it is made. */
export function sayBackup(backup: BackupNote): string {
  if (backup.kind === 'command') return `by \`${visible(backup.command)}\``
  if (backup.kind === 'nothing')
    return backup.because === 'absent' ? 'there is no database yet' : 'the database is in memory'
  const { path, bytes, tables } = backup
  return `${visible(path)} (${sayBytes(bytes)}${tables === null ? '' : `, ${count(tables, 'table')}`}, read back)`
}

function sayBytes(bytes: number): string {
  const kilobytes = bytes / 1024
  if (kilobytes < 1024) return `${formatNumber(Math.max(1, Math.round(kilobytes)))} kB`
  return `${(kilobytes / 1024).toFixed(1)} MB`
}

function drawOutcome(outcome: Moved, page: Page): readonly string[] {
  const { name, failure, after } = outcome
  if (failure !== null) return drawFailure(outcome, failure, page)
  const stands = [...new Set(after?.map(({ rows }) => listNames(rows, 4) || 'base'))].join('; ')
  const number = outcome.done.length
  return hang(
    'success',
    page.glyphs.success,
    `${name} stands at ${stands}: ${count(number, 'revision')} ${outcome.participle === 'upgraded' ? 'done' : 'undone'}`,
    page,
  )
}

function drawFailure(outcome: Moved, failure: UpgradeFailure, page: Page): readonly string[] {
  const { name, participle, backups } = outcome
  const { message, cause, help, statement, place } = failure
  const cut =
    statement === null ? [] : [cutEnd(statement.replace(/\s+/g, ' '), LONGEST_STATEMENT, page.glyphs.ellipsis)]
  return [
    ...hang('error', page.glyphs.failure, `${name} is not ${participle}: ${sayWhat(outcome, failure)}`, page),
    ...hang('faint', 'because', message, page, INDENT),
    ...(place === null ? [] : hang('faint', 'at', sayPlace(place, page), page, INDENT)),
    ...cut.flatMap((text) => hang('faint', 'statement:', text, page, INDENT)),
    ...(cause === null ? [] : hang('faint', 'cause:', cause, page, INDENT)),
    ...(help === null ? [] : hang('strong', 'cure:', help, page, INDENT)),
    ...drawStanding(outcome, page),
    ...drawHalfWay(outcome, failure, page),
    ...backups.flatMap((backup) => drawBackup(backup, outcome.status, page)),
    ...(backups.length === 0 && failure.kind !== 'backup' ? drawNoBackup(outcome, page) : []),
    ...drawNext(outcome, failure, page),
  ]
}

function sayPlace({ path, line }: NonNullable<UpgradeFailure['place']>, { showPath }: Page): string {
  return `${showPath(path)}:${line}`
}

/** What to do before the next try, and the next try. */
function drawNext(outcome: Moved, failure: UpgradeFailure, page: Page): readonly string[] {
  const { isHalfWay, place, kind, help } = failure
  // Its cure is all there is to do.
  if (kind === 'astray') return []
  const hasFile = outcome.backups.some((backup) => backup.kind === 'file')
  const clearing = isHalfWay
    ? [hasFile ? 'undo by hand what is there, or restore the backup' : 'undo by hand what is there']
    : []
  const mending = place === null ? (help === null ? [] : ['put that right']) : [`mend ${sayPlace(place, page)}`]
  const again = [...(kind === 'failed' || kind === 'backup' ? mending : []), 'run it again']
  const command =
    outcome.again === null ? [] : [`${INDENT}  ${page.paint('code', visible(page.command(outcome.again)))}`]
  return [...hang('strong', 'next:', [...clearing, ...again].join('; '), page, INDENT), ...command]
}

function sayWhat({ databases, done }: Moved, { kind, revision }: UpgradeFailure): string {
  const about = databases.flatMap(({ steps }) => steps).find((one) => one.revision === revision)?.message
  const script = revision === null ? null : about ? `${revision} (${about})` : revision
  switch (kind) {
    case 'backup':
      return 'there is no backup, so nothing was run'
    case 'locked':
    case 'moved-on':
      return done.length === 0 ? 'nothing was run' : `only ${count(done.length, 'revision')} ran`
    case 'astray':
      return 'it is not where it should be'
    case 'stopped':
      return script === null ? 'it was stopped' : `it was stopped in ${script}`
    case 'failed':
      return script === null ? 'it failed before the first revision' : `${script} failed`
  }
}

function drawStanding({ databases, after, failure }: Moved, page: Page): readonly string[] {
  if (failure?.kind === 'backup') return []
  if (after === null) return hang('warn', 'stands', 'nobody knows: the database cannot be asked', page, INDENT)
  return after.flatMap(({ rows }, index) => {
    const database = databases[index]
    const name = database?.name == null ? '' : `${database.name}: `
    return hang(
      'strong',
      'stands',
      `${name}at ${listNames(rows, 4) || 'base'}${sayDistance(database, rows)}`,
      page,
      INDENT,
    )
  })
}

function sayDistance(database: Moved['databases'][number] | undefined, rows: readonly string[]): string {
  if (database === undefined) return ''
  return [...rows].sort().join() === [...database.rows].sort().join() ? ', as before' : ''
}

/** What Alembic does not count as run, and is there all the same. */
function drawHalfWay(
  { after }: Moved,
  { revision, ran, isHalfWay, kind }: UpgradeFailure,
  page: Page,
): readonly string[] {
  const leftovers = after?.flatMap((one) => one.leftovers) ?? []
  const tables = leftovers.flatMap((table) => {
    const text = `${table} is there: a batch operation did not end; drop it before the next try, its data is in the table of that name`
    return hang('warn', 'left over:', text, page, INDENT)
  })
  if (!isHalfWay) {
    const isTold = revision !== null && (kind === 'failed' || kind === 'stopped') && leftovers.length === 0
    return isTold ? hang('faint', 'half-way:', `no: this run has left nothing of ${revision}`, page, INDENT) : tables
  }
  const what =
    ran.length === 0
      ? `what of ${revision} had run is not known, and this database takes nothing back`
      : `${count(ran.length, 'statement')} of ${revision} had run, and this database takes nothing back:`
  const statements = ran.map((text) => `${INDENT}  ${visible(text)}`)
  return [...hang('warn', 'half-way:', what, page, INDENT), ...statements, ...tables]
}

/** A backup, and the two ways back to it. */
function drawBackup(backup: BackupNote, status: EnvironmentStatus, page: Page): readonly string[] {
  const name = backup.database === null ? '' : `${backup.database}: `
  const place = hang('strong', 'backup:', `${name}${sayBackup(backup)}`, page, INDENT)
  if (backup.kind !== 'file') return place
  const which = backup.database === null ? [] : ['--database', backup.database]
  const restore = (path: string, ...how: readonly string[]) =>
    oursFor(status, ['restore', status.name, idOf(path), ...which, ...how])
  const { path, beforeTries } = backup
  const rows: readonly (readonly [string, string])[] = [
    [restore(path), 'beside the database, to look at'],
    [restore(path, '--in-place'), 'in its stead: what came since is lost'],
    ...(beforeTries === undefined
      ? []
      : [[restore(beforeTries, '--in-place'), 'from before the first try that failed'] as const]),
  ]
  const typed = rows.map(([one, says]) => [visible(page.command(one)), says] as const)
  const width = Math.max(...typed.map(([one]) => widthOf(one)))
  const line = ([one, says]: readonly [string, string]) =>
    `${INDENT}  ${page.paint('code', padEnd(one, width))}  ${page.paint('faint', says)}`
  return [...place, ...typed.map(line)]
}

/** What `onehead backup --list` calls it; one that is called otherwise is named by its path. */
function idOf(path: string): string {
  return /(\d{4}-\d\d-\d\dT[\d-]+\.\d+Z)_[^/\\]*$/.exec(path)?.[1] ?? path
}

function drawNoBackup({ backup }: Moved, page: Page): readonly string[] {
  return backup === 'wanted' ? [] : hang('warn', 'backup:', 'there is none', page, INDENT)
}

const NOTHING: Readonly<Record<string, string>> = { upgraded: 'up to date before', downgraded: 'there before' }

function drawTable(environments: readonly Moved[], { paint, glyphs }: Page): readonly string[] {
  const width = Math.max(...environments.map(({ name }) => widthOf(visible(name))))
  return environments.map(({ name, kind, participle }) => {
    const isBad = kind === 'failed' || kind === 'refused'
    const sign = isBad ? paint('error', glyphs.failure) : paint('faint', glyphs.bullet)
    const word = kind === 'nothing' ? (NOTHING[participle] ?? kind) : kind
    return `  ${sign} ${padEnd(visible(name), width)}  ${word}`
  })
}
