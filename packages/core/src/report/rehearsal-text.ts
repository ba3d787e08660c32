import {
  isRehearsedWell,
  type RehearsalFinding,
  type RehearsedDatabase,
  type RehearsedEnvironment,
  type RehearsedRevision,
  type StepOutcome,
} from '../rehearse/rehearsal.js'
import type { DataDifference } from '../rehearse/schema.js'
import { cutEnd, padEnd, visible, widthOf } from './cells.js'
import { count, formatNumber, listNames } from './counting.js'
import { hang } from './frame.js'
import { createPage, type Page, type TextOptions } from './page.js'
import { SEVERITY_WORDS } from './paint.js'
import { drawDifference } from './rehearsal-differences.js'

const INDENT = '    '

/** Of revisions that all went well, so many are listed. */
const MOST_LISTED = 30

/** Where there is more, the end of it is left out. */
const LONGEST_STATEMENT = 400

/** So many differences of one finding are listed; JSON has them all. */
const MOST_DIFFERENCES = 20

export interface RehearsalTextOptions extends TextOptions {
  /** Warnings count as errors. */
  readonly strict?: boolean
}

/** What a rehearsal found, revision by revision, and what to do next. Ends with a line end. */
export function formatRehearsal(
  environments: readonly RehearsedEnvironment[],
  options: RehearsalTextOptions = {},
): string {
  const page = createPage(options)
  const strict = options.strict ?? false
  const blocks = environments.map((environment) => drawEnvironment(environment, page, strict))
  const bad = environments.filter((environment) => !isRehearsedWell(environment, strict))
  const lines = [...blocks.flatMap((block) => [...block, '']), ...drawNext(environments, bad, page)]
  return `${lines.join('\n')}\n`
}

function drawEnvironment(environment: RehearsedEnvironment, page: Page, strict: boolean): readonly string[] {
  const { databases, findings } = environment
  return [
    ...drawVerdict(environment, page, strict),
    ...databases.map((database) => drawDatabase(environment, database, page)),
    ...(environment.because === null ? [] : hang('warn', 'note:', environment.because, page, INDENT)),
    ...drawRevisions(environment, page),
    ...findings.flatMap((finding) => drawFinding(finding, page)),
    ...drawEnd(environment, page),
  ]
}

function drawVerdict(environment: RehearsedEnvironment, page: Page, strict: boolean): readonly string[] {
  const { name, refusal, revisions, findings } = environment
  if (refusal !== null) {
    const { message, notes, help, command } = refusal
    const began = revisions.length > 0 ? 'did not come to its end' : 'is not rehearsed'
    return [
      ...hang('error', page.glyphs.failure, `${name} ${began}: ${message}`, page),
      ...notes.flatMap((note) => hang('faint', 'note:', note, page, INDENT)),
      ...(help === null ? [] : hang('strong', 'help:', help, page, INDENT)),
      ...(command === null ? [] : [`${INDENT}  ${page.paint('code', visible(page.command(command)))}`]),
    ]
  }
  const number = new Set(revisions.map(({ revision }) => revision)).size
  const errors = findings.filter(({ severity }) => severity === 'error' || (strict && severity === 'warn')).length
  if (errors > 0) {
    const found = `${count(errors, 'thing')} to mend in ${count(number, 'revision')}`
    return hang('error', page.glyphs.failure, `${name}: ${found}`, page)
  }
  if (number === 0) return hang('success', page.glyphs.success, `${name}: nothing is pending`, page)
  return hang('success', page.glyphs.success, `${name}: ${sayWell(revisions, number)}`, page)
}

function sayWell(revisions: readonly RehearsedRevision[], number: number): string {
  const back = new Set(revisions.filter(({ down }) => down === 'irreversible').map(({ revision }) => revision)).size
  const all = number === 1 ? '1 revision goes' : `${formatNumber(number)} revisions go`
  return back === 0 ? `${all} up, down and up again` : `${all} up; ${formatNumber(back)} of them cannot go back`
}

const METHODS: Readonly<Record<RehearsedDatabase['method'], string>> = {
  template: 'a copy of',
  dump: 'a copy, through a dump, of',
  file: 'a copy of',
  empty: 'an empty database instead of',
}

function drawDatabase({ source }: RehearsedEnvironment, database: RehearsedDatabase, page: Page): string {
  const { name, original, method, from } = database
  const what = source === 'dump' ? 'a database from that dump instead of' : METHODS[method]
  const stood = method === 'empty' ? '' : `, from ${listNames(from, 4) || 'base'}`
  const text = `${name === null ? '' : `${name}: `}on ${what} ${original}${stood}`
  return `${INDENT}${page.paint('faint', visible(text))}`
}

function drawRevisions({ revisions }: RehearsedEnvironment, page: Page): readonly string[] {
  if (revisions.length === 0) return []
  const isWell = ({ up, down, upAgain }: RehearsedRevision) => [up, down, upAgain].every((one) => one === 'well')
  const isLong = revisions.length > MOST_LISTED
  const listed = isLong ? revisions.filter((one) => !isWell(one)) : revisions
  const folded = revisions.length - listed.length
  const width = Math.max(0, ...listed.map((one) => widthOf(sayRevision(one))))
  const head = listed.length === 0 ? [] : [`${INDENT}${page.paint('faint', 'up   down  again')}`]
  return [
    ...head,
    ...listed.map((one) => {
      const signs = [drawStep(one.up, page, 5), drawStep(one.down, page, 6), drawStep(one.upAgain, page, 7)].join('')
      const message = visible(one.message)
      return `${INDENT}${signs}${page.paint('strong', padEnd(sayRevision(one), width))}  ${message}`.trimEnd()
    }),
    ...(folded === 0 ? [] : [`${INDENT}${page.paint('faint', `${count(folded, 'revision')} without trouble`)}`]),
  ]
}

function sayRevision({ revision, database }: RehearsedRevision): string {
  return visible(database === null ? revision : `${revision} (${database})`)
}

function drawStep(outcome: StepOutcome, { glyphs, paint }: Page, width: number): string {
  const [tone, sign] = {
    well: ['success', glyphs.success] as const,
    differs: ['error', glyphs.failure] as const,
    failed: ['error', glyphs.failure] as const,
    irreversible: ['warn', glyphs.warning] as const,
    skipped: ['faint', glyphs.separator] as const,
  }[outcome]
  return paint(tone, padEnd(sign, width))
}

function drawFinding(finding: RehearsalFinding, page: Page): readonly string[] {
  const { severity, message, path, line, differences, data, statement, cause, help } = finding
  const tone = severity === 'error' ? 'error' : severity === 'warn' ? 'warn' : 'info'
  const where = path === null ? [] : [`${INDENT}  ${page.paint('faint', sayPlace(path, line, page))}`]
  const shown = differences.slice(0, MOST_DIFFERENCES)
  const more = differences.length - shown.length
  const cut =
    statement === null ? null : cutEnd(statement.replace(/\s+/g, ' '), LONGEST_STATEMENT, page.glyphs.ellipsis)
  return [
    ...hang(tone, `${SEVERITY_WORDS[severity]}:`, message, page, INDENT),
    ...where,
    ...shown.flatMap((one) => drawDifference(finding, one, page)),
    ...(more > 0
      ? [`${INDENT}  ${page.paint('faint', `and ${formatNumber(more)} more: --format json has them all`)}`]
      : []),
    ...finding.lines.map(
      (text) => `${INDENT}  ${page.paint(text.startsWith('+') ? 'added' : 'removed', visible(text))}`,
    ),
    ...data.map((one) => `${INDENT}  ${visible(sayData(one))}`),
    ...(cut === null ? [] : hang('faint', 'statement:', cut, page, `${INDENT}  `)),
    ...(cause === null ? [] : hang('faint', 'cause:', cause, page, `${INDENT}  `)),
    ...(help === null ? [] : hang('strong', 'help:', help, page, `${INDENT}  `)),
  ]
}

function sayPlace(path: string, line: number | null, page: Page): string {
  return visible(line === null ? page.showPath(path) : `${page.showPath(path)}:${line}`)
}

function sayData({ table, column, before, between, after }: DataDifference): string {
  const what = column === null ? 'row' : 'value'
  const place = column === null ? table : `${table}.${column}`
  const up = between === null ? 'gone' : formatNumber(between)
  return `${place}: ${count(before, what)} before, ${up} after upgrade(), ${formatNumber(after)} after downgrade()`
}

function drawEnd(environment: RehearsedEnvironment, page: Page): readonly string[] {
  const { branches, models, databases, notes, isUntouched } = environment
  const same = branches.find(({ outcome }) => outcome === 'same')
  const heads = same === undefined ? [] : [`${listNames(same.heads, 4)} make the same schema in both orders`]
  const equal = models === 'equal' ? ['models and schema are equal'] : []
  const kept = databases.filter(({ isKept }) => isKept).map(({ copy }) => `the copy is still there: ${copy}`)
  const dropped = databases.length > 0 && kept.length === 0 ? '; the copy is dropped' : ''
  const untouched = isUntouched ? [`the original stands as it stood${dropped}`] : []
  const facts = [...heads, ...equal, ...untouched]
  return [
    ...facts.map((fact) => `${INDENT}${page.paint('faint', visible(fact))}`),
    ...kept.flatMap((text) => hang('strong', 'note:', text, page, INDENT)),
    ...notes.flatMap((note) => hang('warn', 'note:', note, page, INDENT)),
  ]
}

function drawNext(
  all: readonly RehearsedEnvironment[],
  bad: readonly RehearsedEnvironment[],
  page: Page,
): readonly string[] {
  const command = (text: string) => `  next: ${page.paint('code', `\`${page.command(text)}\``)}`
  const sign = (tone: 'success' | 'error', glyph: string) => page.paint(tone, glyph)
  const names = (some: readonly RehearsedEnvironment[]) => some.map(({ name }) => name).join(' ')
  const changed = all.some(({ findings }) => findings.some(({ kind }) => kind === 'original-changed'))
  const end = changed ? 'an original is not as it was: see above' : 'no database was changed'
  if (bad.length > 0) {
    const what = `${count(bad.length, 'environment')} of ${formatNumber(all.length)} in trouble; ${end}`
    return [
      `${sign('error', page.glyphs.failure)} ${what}`,
      `${command(`onehead rehearse ${names(bad)}`)} once that is mended`,
    ]
  }
  const ran = all.filter(({ revisions }) => revisions.length > 0)
  const well = `${sign('success', page.glyphs.success)} ${count(all.length, 'environment')} rehearsed; no database was changed`
  return [
    well,
    ran.length > 0
      ? command(`onehead upgrade ${names(ran)}`)
      : `${command(`onehead rehearse ${names(all)} --empty`)} runs every revision from the first`,
  ]
}
