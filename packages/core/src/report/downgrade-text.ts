import { movesFor, oursFor } from '../status/invocation.js'
import {
  type DowngradedDatabase,
  type DowngradeOutcome,
  type DowngradePlan,
  isDowngraded,
} from '../upgrade/downgrade.js'
import type { Made } from '../upgrade/made-by.js'
import { padEnd, visible } from './cells.js'
import { count, listNames } from './counting.js'
import { drawPlace } from './database-place.js'
import { hang } from './frame.js'
import { createPage, type Page, type TextOptions } from './page.js'
import { formatMoved, type Moved } from './upgrade-outcome.js'
import { drawBackupWish, drawLeftovers, drawRefusal, drawRevisions, INDENT } from './upgrade-text.js'

/** What would be undone on which database, what that loses, and the way back up. Nothing has happened yet. Ends with a line end. */
export function formatDowngradePlan(plans: readonly DowngradePlan[], options: TextOptions = {}): string {
  const page = createPage(options)
  return `${plans.flatMap((plan) => drawPlan(plan, page)).join('\n')}\n`
}

/** What became of a downgrade, and after a failure: where things stand, why, and how to return. Ends with a line end. */
export function formatDowngradeOutcome(environments: readonly DowngradeOutcome[], options: TextOptions = {}): string {
  const moved = environments.map((outcome): Moved => {
    const { status, backup, databases, target } = outcome.plan
    const again = oursFor(status, ['downgrade', status.name, '--to', target])
    return {
      ...{ ...outcome, status, name: status.name, participle: 'downgraded', backup },
      // From where it stands now, as many steps lead elsewhere.
      again: /^[-+]|@[-+]/.test(target) ? null : again,
      databases: databases.map((one) => ({
        name: one.status.name,
        rows: one.status.currentRevisions,
        steps: one.undone,
      })),
    }
  })
  return formatMoved(moved, environments.every(isDowngraded), options)
}

function drawPlan(plan: DowngradePlan, page: Page): readonly string[] {
  const { refusal, databases, status, backup } = plan
  if (refusal !== null) return drawRefusal(status.name, 'downgraded', refusal, page)
  const isChanging = databases.some(({ undone }) => undone.length > 0)
  return [
    ...databases.flatMap((database) => drawDatabase(plan, database, page)),
    ...(isChanging ? drawBackupWish(backup, page) : []),
  ]
}

function drawDatabase(plan: DowngradePlan, database: DowngradedDatabase, page: Page): readonly string[] {
  const { status, undone, to } = database
  const name = status.name === null ? plan.status.name : `${plan.status.name} (${status.name})`
  const stands = listNames(status.currentRevisions, 4) || 'base'
  const place = drawPlace(status, page)
  if (undone.length === 0)
    return [...hang('success', page.glyphs.success, `${name} stands at ${stands}: nothing to undo`, page), ...place]
  const way = `from ${stands} to ${listNames(to, 4) || 'base'}`
  return [
    ...hang('strong', page.glyphs.bullet, `${name}: ${count(undone.length, 'revision')} to undo, ${way}`, page),
    ...place,
    ...drawRevisions('undo', undone, page),
    ...drawLosses(database, page),
    ...drawWayUp(plan, database, page),
    ...undone.flatMap(({ revision, by }) =>
      by === 'downgrade' ? [] : hang('warn', 'warning:', `${revision} ${STOPS[by]}`, page, INDENT),
    ),
    ...drawLeftovers(database.leftovers, page),
  ]
}

const STOPS = {
  raises: 'raises in its downgrade(): the downgrade ends there',
  empty: 'does nothing in its downgrade(): what it made stays',
  unknown: 'has a downgrade() that cannot be read: nobody knows what it does',
}

/** What no upgrade brings back. */
function drawLosses({ undone }: DowngradedDatabase, page: Page): readonly string[] {
  const lost = undone.flatMap(({ loses }) => loses)
  const dark = undone.filter(({ mayLoseMore, by }) => mayLoseMore && by !== 'unknown').map(({ revision }) => revision)
  const said = lost.length === 0 ? [] : hang('warn', padEnd('loses', 7), sayLost(lost), page, INDENT)
  const more = `what else ${listNames(dark, 4)} ${dark.length === 1 ? 'changes' : 'change'} cannot be read`
  return [...said, ...(dark.length === 0 ? [] : hang('faint', padEnd('note:', 7), more, page, INDENT))]
}

function sayLost(lost: readonly Made[]): string {
  const names = lost.map(({ table, column }) => (column === null ? `table ${table}` : `column ${table}.${column}`))
  return `${listNames(names, 12)}, with what is stored there`
}

function drawWayUp(plan: DowngradePlan, { back }: DowngradedDatabase, page: Page): readonly string[] {
  const typed = page.paint('code', visible(page.command(movesFor(plan.status, back))))
  return [`${INDENT}${page.paint('faint', padEnd('back', 7))} ${typed}`]
}
