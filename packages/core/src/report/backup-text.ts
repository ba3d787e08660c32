import { oursWith } from '../status/invocation.js'
import type { BackedUpDatabase, BackupListing, BackupOutcome } from './backup-report.js'
import { padEnd, visible, widthOf } from './cells.js'
import { count } from './counting.js'
import { commandLine, drawTrouble, field, headline, nextLines, sayBytes, sayRevisions } from './database-lines.js'
import { createPage, type Page, type TextOptions } from './page.js'
import { sayBackup } from './upgrade-outcome.js'

/** What became of each backup, and how it is restored. Ends with a line end. */
export function formatBackups(environments: readonly BackupOutcome[], options: TextOptions = {}): string {
  const page = createPage(options)
  return `${environments.flatMap((one) => drawEnvironment(one, page)).join('\n')}\n`
}

function drawEnvironment({ name, x = [], databases, failure }: BackupOutcome, page: Page): readonly string[] {
  if (failure !== null) {
    const { message, cause, help } = failure
    const trouble = { kind: 'unasked', message, help: help ?? cause }
    return [
      ...headline('error', `${name}: no backup, because the database cannot be asked`, page),
      ...drawTrouble(trouble, page),
      ...nextLines('see what it answers', oursWith(x, ['status', name]), page),
    ]
  }
  if (databases.length === 0) return headline('warn', `${name}: env.py connects to no database`, page)
  return databases.flatMap((database) => drawDatabase(name, x, database, page))
}

function drawDatabase(
  environment: string,
  x: readonly string[],
  database: BackedUpDatabase,
  page: Page,
): readonly string[] {
  const { backup, failure, restore } = database
  const name = database.name === null ? environment : `${environment} (${database.name})`
  if (failure !== null) {
    const again = oursWith(x, ['backup', environment])
    return [
      ...headline('error', `${name}: there is no backup`, page),
      ...drawTrouble(failure, page),
      ...nextLines('then try again', again, page),
    ]
  }
  if (backup === null || backup.kind === 'nothing') {
    const why = backup === null ? 'nothing to back up' : sayBackup(backup)
    return headline('success', `${name}: nothing is lost, ${why}`, page)
  }
  const stands = `backed up, standing at ${sayRevisions(database.revisions)}`
  return [
    ...headline('success', `${name}: ${stands}`, page),
    ...field('of', database.address ?? database.dialect, page),
    ...field('backup', sayBackup(backup), page),
    ...(restore === null
      ? nextLines('how it goes back, the tool behind that command knows', null, page)
      : [commandLine('next', restore, page)]),
  ]
}

/** Which backups there are. Ends with a line end, and with what restores the newest. */
export function formatBackupList(environments: readonly BackupListing[], options: TextOptions = {}): string {
  const page = createPage(options)
  return `${environments.flatMap((one) => drawListing(one, page)).join('\n')}\n`
}

function drawListing({ name, x = [], folder, backups }: BackupListing, page: Page): readonly string[] {
  if (backups.length === 0) {
    return [
      ...headline('warn', `${name}: no backups in ${folder}`, page),
      ...nextLines('make one', oursWith(x, ['backup', name]), page),
    ]
  }
  const rows = backups.map(({ backup, database, bytes, tables, revisions, before }) => [
    backup,
    database,
    sayBytes(bytes),
    tables === null ? '' : count(tables, 'table'),
    `${revisions === null ? '' : `at ${sayRevisions(revisions)}`}${before === null ? '' : ` (before a ${before})`}`,
  ])
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => widthOf(visible(row[column]!)))))
  const [newest] = backups
  const latest = backups.find(({ before }) => before === null) ?? newest!
  return [
    ...headline('strong', `${name}: ${count(backups.length, 'backup')} in ${folder}`, page),
    ...rows.map((row) =>
      `    ${row.map((cell, index) => padEnd(visible(cell), widths[index] ?? 0)).join('  ')}`.trimEnd(),
    ),
    commandLine('next', oursWith(x, ['restore', name, latest.backup]), page),
  ]
}
