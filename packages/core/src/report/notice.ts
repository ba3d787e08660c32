import type { HistoryChange, Notice, NoticedRevision, Occasion, Reparented } from '../notice/notice.js'
import type { Diagnostic } from '../rules/rule.js'
import { cutEnd, visible, widthOf } from './cells.js'
import { count, formatNumber, listNames } from './counting.js'
import { createPage, type Page, type TextOptions } from './page.js'

/** A note is read in passing: with more than this nobody reads it. */
const MOST_LINES = 12
/** Revisions listed of one environment. */
const MOST_REVISIONS = 3
/** Moved revisions told in full. */
const MOST_MOVED = 2

/**
 * What a post-* hook says: at most a dozen lines, what needs a hand first; empty where there is nothing to say. Ends with a
 * line end.
 */
export function formatNotice(notice: Notice, options: TextOptions = {}): string {
  const page = createPage(options)
  const changes = [...notice.changes].sort((a, b) => Number(isTrouble(b)) - Number(isTrouble(a)))
  const blocks = [
    ...notice.broken.map(({ name, config, message }) => {
      const line = title(page, name, `${visible(page.showPath(config))} cannot be used any more: ${visible(message)}`)
      return { full: [line], short: line }
    }),
    ...changes.map((change) => ({
      full: [headline(change, notice, page), ...details(change, notice, page)],
      short: shortLine(change, notice, page),
    })),
  ]
  const lines = arrange(blocks, page)
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

interface Block {
  readonly full: readonly string[]
  readonly short: string
}

/** In full as long as the others keep a line each. */
function arrange(blocks: readonly Block[], page: Page): string[] {
  const lines: string[] = []
  for (const [index, { full, short }] of blocks.entries()) {
    const left = blocks.length - index - 1
    if (lines.length + full.length + Math.min(left, MOST_LINES) <= MOST_LINES || blocks.length === 1)
      lines.push(...full)
    else if (lines.length + 1 + Math.min(left, 1) <= MOST_LINES) lines.push(short)
    else {
      lines.push(`onehead: and ${count(left + 1, 'more environment')}: ${page.command('onehead heads')}`)
      break
    }
  }
  return lines
}

/** True where more is to be done than to upgrade a database. */
function isTrouble(change: HistoryChange): boolean {
  const { split, newErrors, reparented, left, kind } = change
  const skips = reparented.some(({ skipped }) => skipped.length > 0)
  return split !== null || newErrors.length > 0 || skips || (left.length > 0 && kind === 'changed')
}

function title(page: Page, name: string, says: string): string {
  return `${page.paint('strong', 'onehead:')} ${visible(name)}: ${says}`
}

function headline(change: HistoryChange, notice: Notice, page: Page): string {
  return title(page, change.environment.name, summary(change, notice.occasion).join(', '))
}

function shortLine(change: HistoryChange, notice: Notice, page: Page): string {
  const line = headline(change, notice, page)
  if (isTrouble(change)) return `${line}; see ${page.command(`onehead check ${visible(change.environment.name)}`)}`
  return isBehind(change, notice.occasion) ? `${line}; run ${command(change.upgrade, page)}` : line
}

function summary(change: HistoryChange, occasion: Occasion): string[] {
  const { kind, cameIn, left, reparented, size } = change
  const here = occasion === 'switch' ? 'on this branch' : 'here'
  if (kind === 'appeared') return [`new ${here} with ${count(size, 'revision')}`, ...headWords(change)]
  if (kind === 'disappeared')
    return [`not ${here}${occasion === 'switch' ? '' : ' any more'} (${count(size, 'revision')})`]
  const staged = occasion === 'squash' ? ' staged' : ''
  return [
    ...(cameIn.length > 0
      ? [`${count(cameIn.length, occasion === 'switch' ? 'more revision' : 'new revision')}${staged}`]
      : []),
    ...(left.length > 0 ? [leftWords(left.length, occasion)] : []),
    ...(reparented.length > 0 ? [`${count(reparented.length, 'revision')} with another parent`] : []),
    ...headWords(change),
  ]
}

function leftWords(number: number, occasion: Occasion): string {
  if (occasion === 'switch') return `${count(number, 'revision')} ${number === 1 ? 'is' : 'are'} not on this branch`
  return `${count(number, 'revision')} ${number === 1 ? 'is' : 'are'} gone`
}

function headWords({ heads, headsBefore, split, newErrors }: HistoryChange): string[] {
  if (heads === null) {
    const stops = newErrors.some(({ stopsAlembic }) => stopsAlembic)
    return [stops ? 'Alembic cannot load it' : 'its heads cannot be told']
  }
  if (heads.length === 1) return [`head ${visible(heads[0]!.revision)}`]
  const isSame = headsBefore !== null && ids(heads) === ids(headsBefore)
  return [`${split === null ? '' : isSame ? 'still ' : 'now '}${count(heads.length, 'head')}`]
}

function ids(revisions: readonly NoticedRevision[]): string {
  return revisions
    .map(({ revision }) => revision)
    .sort()
    .join(' ')
}

function details(change: HistoryChange, notice: Notice, page: Page): string[] {
  const { kind, cameIn, left } = change
  if (kind === 'disappeared') return []
  return [
    ...(kind === 'appeared' ? [] : revisions('+', cameIn, notice, page)),
    ...revisions('-', left, notice, page),
    ...wrong(change, page),
    ...change.reparented.slice(0, MOST_MOVED).flatMap((moved) => movedLines(moved, notice, page)),
    ...databaseAhead(change, notice, page),
    ...(isBehind(change, notice.occasion) ? [`  ${behindWords(change)}: ${command(change.upgrade, page)}`] : []),
  ]
}

function revisions(sign: '+' | '-', all: readonly NoticedRevision[], { authors }: Notice, page: Page): string[] {
  // The newest say most; one more line would only say that there is one more.
  const shown = all.length <= MOST_REVISIONS + 1 ? all : all.slice(-MOST_REVISIONS)
  const lines = shown.map(({ revision, message }) => {
    const author = authors.get(revision)
    const by = author === undefined ? '' : ` (${visible(author)})`
    const text = `  ${sign} ${visible(revision)}  ${visible(message)}`.trimEnd()
    const line = cutEnd(text, page.width - widthOf(by), page.glyphs.ellipsis) + by
    return page.paint(sign === '+' ? 'added' : 'removed', line)
  })
  const rest = all.length - shown.length
  return rest === 0 ? lines : [`  ${sign} ${formatNumber(rest)} more, and`, ...lines]
}

function wrong(change: HistoryChange, page: Page): string[] {
  const { split, newErrors, environment } = change
  const see = page.command(`onehead check ${visible(environment.name)}`)
  const [error] = newErrors
  if (error !== undefined) {
    const rest = newErrors.length === 1 ? '' : ` (and ${newErrors.length - 1} more)`
    return [`  ${page.paint('error', `error[${error.rule}]:`)} ${visible(error.message)}${rest}; see ${see}`]
  }
  return split === null ? [] : splitLines(split, change, see, page)
}

function splitLines(split: Diagnostic, { heads }: HistoryChange, see: string, page: Page): string[] {
  const ids = (heads ?? []).map(({ revision }) => revision)
  const named = ids.length === 0 ? '' : ` (${listNames(ids, 4)})`
  const fact = `  ${page.paint('error', 'error[multiple-heads]:')} ${visible(split.message)}${named}; \`upgrade head\` stops here`
  const { help, fix } = split
  if (fix?.command != null) return [fact, `  ${visible(help ?? 'repair it')}: ${command(fix.command, page)}`]
  return [fact, `  ${visible(help ?? 'how to repair it')}: see ${see}`]
}

function movedLines(moved: Reparented, { before }: Notice, page: Page): string[] {
  const name = (list: readonly string[]) => (list.length === 0 ? 'nothing' : listNames(list, 4))
  const fact = `  ! ${visible(moved.revision)} revises ${name(moved.to)} now, not ${name(moved.from)}`
  if (moved.skipped.length === 0) return [fact]
  const skipped = listNames(
    moved.skipped.map(({ revision }) => revision),
    4,
  )
  const lines = [
    `${fact}: a database that has run it without ${skipped} will never run ${moved.skipped.length === 1 ? 'it' : 'them'}`,
  ]
  const { wayBack, goDown } = moved
  if (wayBack !== null) {
    return [
      ...lines,
      `    if it is at ${visible(wayBack.last)}, catch up: ${command(wayBack.catchUp, page)}`,
      `    or, where both change the same tables: ${command(wayBack.stepBack, page)}`,
    ]
  }
  return goDown === null || before === null
    ? lines
    : [...lines, `    take it back with the old scripts, then upgrade: ${there(before, goDown, page)}`]
}

/** A database may have run what is not here. */
function databaseAhead(change: HistoryChange, { before, occasion }: Notice, page: Page): string[] {
  const { leftHeads, goDown } = change
  if (leftHeads.length === 0) return []
  const where = occasion === 'switch' ? 'this branch does not have' : 'is gone'
  const lines = [
    `  your database may be at ${listNames(leftHeads, 2)}, which ${where}: Alembic cannot go on from there`,
  ]
  if (goDown === null || before === null) return lines
  return [...lines, `  to take it back first: ${there(before, goDown, page)}`]
}

function there(before: string, goDown: string, page: Page): string {
  return `git checkout ${before} && (${command(goDown, page)}) && git checkout -`
}

function isBehind(change: HistoryChange, occasion: Occasion): boolean {
  const { cameIn, heads, split, newErrors } = change
  return occasion !== 'squash' && cameIn.length > 0 && heads !== null && split === null && newErrors.length === 0
}

function behindWords({ kind, leftHeads, reparented }: HistoryChange): string {
  if (kind === 'appeared') return 'to make its database'
  if (reparented.some(({ skipped }) => skipped.length > 0)) return 'a database that has not'
  return leftHeads.length > 0 ? 'and then' : 'your database is likely behind'
}

function command(text: string, page: Page): string {
  return page.paint('code', visible(page.command(text)))
}
