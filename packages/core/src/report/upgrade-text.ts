import { movesFor } from '../status/invocation.js'
import type { RevisionNote } from '../status/status.js'
import type { PlannedDatabase, UpgradePlan, UpgradeRefusal } from '../upgrade/upgrade.js'
import { padEnd, visible, widthOf } from './cells.js'
import { count, listNames } from './counting.js'
import { drawPlace } from './database-place.js'
import { hang } from './frame.js'
import { createPage, type Page, type TextOptions } from './page.js'

export const INDENT = '    '

/** What would be run on which database, and the way back; what is refused, and why. Nothing has happened yet. Ends with a line end. */
export function formatUpgradePlan(plans: readonly UpgradePlan[], options: TextOptions = {}): string {
  const page = createPage(options)
  return `${plans.flatMap((plan) => drawPlan(plan, page)).join('\n')}\n`
}

function drawPlan(plan: UpgradePlan, page: Page): readonly string[] {
  const { refusal, databases, status } = plan
  if (refusal !== null) return drawRefusal(status.name, 'upgraded', refusal, page)
  const changing = databases.filter(({ pending }) => pending.length > 0)
  const backup = changing.length === 0 ? [] : drawBackupWish(plan.backup, page)
  return [...databases.flatMap((database) => drawDatabase(plan, database, page)), ...backup]
}

/** @param participle of the verb: `upgraded` */
export function drawRefusal(
  name: string,
  participle: string,
  { message, notes, help, command }: UpgradeRefusal,
  page: Page,
): readonly string[] {
  return [
    ...hang('error', page.glyphs.failure, `${name} is not ${participle}: ${message}`, page),
    ...notes.flatMap((note) => hang('faint', 'note:', note, page, INDENT)),
    ...(help === null ? [] : hang('strong', 'next:', help, page, INDENT)),
    ...(command === null ? [] : [`${INDENT}  ${page.paint('code', visible(page.command(command)))}`]),
  ]
}

function drawDatabase(plan: UpgradePlan, database: PlannedDatabase, page: Page): readonly string[] {
  const { status, pending } = database
  const name = status.name === null ? plan.status.name : `${plan.status.name} (${status.name})`
  const stands = listNames(status.currentRevisions, 4) || 'base'
  const place = drawPlace(status, page)
  if (pending.length === 0) {
    const what = status.pending?.length ? `has ${plan.target} already` : 'is up to date'
    return [
      ...hang('success', page.glyphs.success, `${name} ${what}: it stands at ${stands}, nothing to run`, page),
      ...place,
    ]
  }
  return [
    ...hang('strong', page.glyphs.bullet, `${name}: ${count(pending.length, 'revision')} to run, from ${stands}`, page),
    ...place,
    ...drawRevisions('run', pending, page),
    ...drawWayBack(plan, database, page),
    ...drawLeftovers(database.leftovers, page),
  ]
}

export function drawLeftovers(leftovers: readonly string[], page: Page): readonly string[] {
  return leftovers.flatMap((table) =>
    hang('warn', 'warning:', `${table} is left of a batch operation that failed: it stops the next one`, page, INDENT),
  )
}

/** One under the other, in their order. */
export function drawRevisions(heading: string, revisions: readonly RevisionNote[], { paint }: Page): readonly string[] {
  const width = Math.max(...revisions.map(({ revision }) => widthOf(visible(revision))))
  return revisions.map(({ revision, message }, index) => {
    const start = paint('faint', padEnd(index === 0 ? heading : '', 7))
    return `${INDENT}${start} ${paint('strong', padEnd(visible(revision), width))}  ${visible(message)}`.trimEnd()
  })
}

const UNDONE = {
  raises: 'its downgrade() raises',
  empty: 'its downgrade() does nothing',
  unknown: 'its downgrade() cannot be read',
}

/** Downgrades lose what was stored meanwhile; a backup loses everything else that happened. */
function drawWayBack(plan: UpgradePlan, { pending, back }: PlannedDatabase, page: Page): readonly string[] {
  const stops = pending.flatMap(({ revision, back: by }) =>
    by === 'downgrade' ? [] : [`${visible(revision)} cannot be undone: ${UNDONE[by]}`],
  )
  const only = plan.backup === 'wanted' ? 'only the backup leads back' : 'nothing leads back'
  const way =
    back === null || stops.length > 0 ? only : page.paint('code', visible(page.command(movesFor(plan.status, [back]))))
  return [
    `${INDENT}${page.paint('faint', padEnd('back', 7))} ${way}`,
    ...stops.flatMap((text) => hang('warn', 'warning:', text, page, INDENT)),
  ]
}

export function drawBackupWish(backup: UpgradePlan['backup'], page: Page): readonly string[] {
  if (backup === 'wanted') return [`${INDENT}${page.paint('faint', padEnd('backup', 7))} first, and read back`]
  const why = backup === 'refused' ? '--no-backup was given' : '"backup" is false in onehead.json'
  return hang('warn', 'warning:', `no backup, because ${why}: what is lost stays lost`, page, INDENT)
}
