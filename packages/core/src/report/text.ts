import { stripVTControlCharacters } from 'node:util'
import { padEnd, visible, widthOf, wrap } from './cells.js'
import { count, formatDuration, formatNumber, listNames } from './counting.js'
import { drawDiagnostic } from './diagnostic-text.js'
import { notesOf } from './notes.js'
import { createPage, type Page, type TextOptions } from './page.js'
import { paintCode, SEVERITY_WORDS } from './paint.js'
import type { CheckReport, EnvironmentReport, FoldedDiagnostics } from './report.js'
import { commandToMerge, describeSnapshot, describeTextualConflicts, describeUncommitted } from './snapshot-text.js'
import { diagnosticsOnce } from './told-once.js'

export interface CheckTextOptions extends TextOptions {
  /** How long it took; left out of the summary when null. */
  readonly elapsedMs?: number | null
  /** What `--max-warnings` allows; null = any number. */
  readonly maxWarnings?: number | null
}

/** So many environments are listed one by one when all is well; more get one line together. */
const FEW_ENVIRONMENTS = 8
/** So many diagnostics of one rule are shown; the rest is counted. */
const MOST_OF_ONE_RULE = 20

/**
 * What `check` found, for a person: every diagnostic as a picture, old debt folded to a line per rule, and a summary whose last
 * line says what to do next. Ends with a line end.
 */
export function formatCheck(report: CheckReport, options: CheckTextOptions = {}): string {
  const page = createPage(options)
  const blocks = [
    ...drawDiagnostics(report, page),
    drawFolded(report.folded, page),
    drawNotes(report.environments, page),
    drawSnapshot(report, page),
    drawSummary(report, options, page),
  ]
  const texts = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return `${texts.join('\n\n')}\n`
}

/** The lines that end a check, alone: for formats that show the diagnostics in another way. */
export function formatCheckSummary(report: CheckReport, options: CheckTextOptions = {}): string {
  const page = createPage(options)
  return `${[...drawSnapshot(report, page), ...drawSummary(report, options, page)].join('\n')}\n`
}

/** What was judged, where it is not what lies on disk. */
function drawSnapshot({ snapshot }: CheckReport, page: Page): readonly string[] {
  if (snapshot === undefined) return []
  const notes = [describeTextualConflicts(snapshot), describeUncommitted(snapshot)].filter((note) => note !== null)
  return [
    { label: 'judged: ', text: describeSnapshot(snapshot) },
    ...notes.map((text) => ({ label: 'note: ', text })),
  ].flatMap(({ label, text }) =>
    wrap(text, page.width - label.length, page.glyphs.ellipsis).map(
      (line, index) => (index === 0 ? page.paint('strong', label) : ' '.repeat(label.length)) + line,
    ),
  )
}

function drawDiagnostics(report: CheckReport, page: Page): readonly (readonly string[])[] {
  const several = report.environments.length > 1
  const perRule = new Map<string, number>()
  const blocks: (readonly string[])[] = []
  for (const diagnostic of diagnosticsOnce(report.diagnostics)) {
    const already = perRule.get(diagnostic.rule) ?? 0
    perRule.set(diagnostic.rule, already + 1)
    if (already < MOST_OF_ONE_RULE) blocks.push(drawDiagnostic(diagnostic, page, several))
  }
  const rest = [...perRule].filter(([, found]) => found > MOST_OF_ONE_RULE)
  if (rest.length > 0) {
    const lines = rest.map(([rule, found]) => `${formatNumber(found - MOST_OF_ONE_RULE)} more of ${rule}`)
    blocks.push(
      [`${page.glyphs.ellipsis} ${lines.join(', ')}: \`--format json\` lists every one`].map((line) =>
        paintCode(line, page.paint),
      ),
    )
  }
  return blocks
}

/** Old debt: a line per rule, never a wall of red. */
function drawFolded(folded: readonly FoldedDiagnostics[], page: Page): readonly string[] {
  if (folded.length === 0) return []
  const rows = folded.map((entry) => ({
    ...entry,
    count: formatNumber(entry.count),
    severity: SEVERITY_WORDS[entry.severity],
  }))
  const width = (column: 'count' | 'rule' | 'severity') => Math.max(...rows.map((row) => row[column].length))
  const [counts, rules, severities] = [width('count'), width('rule'), width('severity')]
  const room = page.width - (counts + rules + severities + 7)
  const where = ({ environments, reason }: Pick<FoldedDiagnostics, 'environments' | 'reason'>) => {
    const why = reason === 'published' ? 'published' : 'in the baseline'
    const named = `${listNames(environments)}, ${why}`
    const isLong = environments.length > 1 && widthOf(named) > room
    return isLong ? `${count(environments.length, 'environment')}, ${why}` : named
  }
  return [
    `${page.paint('strong', 'old debt, folded:')} it does not fail this check`,
    ...rows.map(
      (row) =>
        `  ${row.count.padStart(counts)} ${padEnd(row.rule, rules)}  ${page.paint('faint', `${padEnd(row.severity, severities)}  ${where(row)}`)}`,
    ),
    `  ${paintCode(`to list it: \`${page.command('onehead check --scripts all')}\``, page.paint)}`,
  ]
}

function drawNotes(environments: readonly EnvironmentReport[], page: Page): readonly string[] {
  return notesOf(environments).flatMap((note) =>
    wrap(note, page.width - 6, page.glyphs.ellipsis).map(
      (line, index) => (index === 0 ? page.paint('strong', 'note: ') : '      ') + paintCode(line, page.paint),
    ),
  )
}

function drawSummary(report: CheckReport, options: CheckTextOptions, page: Page): readonly string[] {
  const { errors, warnings, infos } = report.summary
  if (errors + warnings + infos > 0) return drawFindings(report, options, page)
  if (report.environments.some((environment) => environment.heads === null)) return drawUnknown(report, options, page)
  return drawSuccess(report, options, page)
}

function drawSuccess(report: CheckReport, options: CheckTextOptions, page: Page): readonly string[] {
  const { environments } = report
  const facts = saidOfTheRun(options)
  const rest = [...drawScanned(report, page), ...drawNotLoaded(environments, page)]
  if (environments.length === 1)
    return [...withFacts(`${signOf(environments, page)} ${describe(environments[0]!, page)}`, facts, page), ...rest]
  const total = `${count(report.summary.revisions, 'revision')} in ${count(environments.length, 'environment')}${headsOf(environments)}`
  const each =
    environments.length > FEW_ENVIRONMENTS
      ? []
      : environments.map((environment) => `${signOf([environment], page)} ${describe(environment, page)}`)
  return [...each, ...withFacts(`${each.length > 0 ? ' ' : signOf(environments, page)} ${total}`, facts, page), ...rest]
}

/** Nothing is wrong with what was judged; that is not all there is where scripts lie in folders nobody loads. */
function signOf(environments: readonly EnvironmentReport[], { glyphs, paint }: Page): string {
  return environments.some(isInPart) ? paint('warn', glyphs.warning) : paint('success', glyphs.success)
}

function isInPart({ notLoaded = [] }: EnvironmentReport): boolean {
  return notLoaded.length > 0
}

function drawNotLoaded(environments: readonly EnvironmentReport[], page: Page): readonly string[] {
  if (!environments.some(isInPart)) return []
  return wrapNext(`name these folders in version_locations, then \`${page.command('onehead check')}\``, page)
}

/** `42 revisions, 1 head (f04d6e2b713c) in services/billing` */
function describe(environment: EnvironmentReport, page: Page): string {
  const heads = environment.heads ?? []
  const ids = heads.slice(0, 4).map(visible).join(', ') + (heads.length > 4 ? `, ${page.glyphs.ellipsis}` : '')
  const said = heads.length === 0 ? '' : `, ${count(heads.length, 'head')} (${ids})`
  const rest = isInPart(environment) ? `; ${count(environment.notLoaded!.length, 'folder')} not judged` : ''
  return `${count(environment.revisionCount, 'revision')}${said} in ${visible(environment.name)}${rest}`
}

function headsOf(environments: readonly EnvironmentReport[]): string {
  if (environments.every(({ heads }) => heads?.length === 1)) return ', one head each'
  return `, ${count(
    environments.reduce((sum, { heads }) => sum + (heads?.length ?? 0), 0),
    'head',
  )} in all`
}

/** Fail closed: no diagnostic, and yet a history whose heads nobody could tell. */
function drawUnknown(report: CheckReport, options: CheckTextOptions, page: Page): readonly string[] {
  const unknown = report.environments.filter(({ heads }) => heads === null)
  const sign = page.paint('warn', page.glyphs.unknown)
  return [
    ...unknown.slice(0, FEW_ENVIRONMENTS).map(({ name, error }) => {
      const why = error === null ? '' : `: ${visible(error.message || error.kind)}`
      return `${sign} heads unknown in ${visible(name)}${why}`
    }),
    ...withFacts(
      `  ${count(unknown.length, 'environment')} of ${formatNumber(report.environments.length)} could not be told`,
      saidOfTheRun(options),
      page,
    ),
    `  next: ${paintCode(`\`${page.command('onehead check --full --scripts all')}\``, page.paint)}`,
  ]
}

function drawFindings(report: CheckReport, options: CheckTextOptions, page: Page): readonly string[] {
  const { errors, warnings, infos, revisions } = report.summary
  const tooMany = options.maxWarnings != null && warnings > options.maxWarnings
  const failed = errors > 0 || tooMany
  const sign = failed
    ? page.paint('error', page.glyphs.failure)
    : warnings > 0
      ? page.paint('warn', page.glyphs.warning)
      : page.glyphs.bullet
  const found = [
    ...(errors > 0 ? [page.paint('error', count(errors, 'error'))] : []),
    ...(warnings > 0 ? [page.paint('warn', count(warnings, 'warning'))] : []),
    ...(infos > 0 ? [count(infos, 'info')] : []),
  ].join(', ')
  const facts = `${count(revisions, 'revision')}, ${saidOfTheRun(options)}`
  const different = diagnosticsOnce(report.diagnostics).length
  const repeated = different < report.diagnostics.length ? ` (${formatNumber(different)} different)` : ''
  const limit = tooMany
    ? [`  more than the ${count(options.maxWarnings ?? 0, 'warning')} that --max-warnings allows`]
    : []
  return [
    ...withFacts(`${sign} ${found}${repeated} in ${whereFound(report)}`, facts, page),
    ...limit,
    ...drawScanned(report, page),
    ...drawNext(report, page),
  ]
}

function whereFound(report: CheckReport): string {
  const names = [...new Set(report.diagnostics.map(({ environment }) => environment))]
  if (names.length === 1) return visible(names[0]!)
  return `${formatNumber(names.length)} of ${count(report.environments.length, 'environment')}`
}

/** The one thing to do: for the first error, else for the first of what there is. */
function drawNext({ diagnostics, snapshot }: CheckReport, page: Page): readonly string[] {
  const first = diagnostics.find(({ severity }) => severity === 'error') ?? diagnostics[0]
  if (first === undefined) return []
  const command = first.fix?.command ?? null
  const again = `\`${page.command('onehead check')}\``
  const text =
    command !== null
      ? `\`${visible(page.command(command))}\``
      : (first.fix?.edits.length ?? 0) > 0
        ? `make the edit shown for ${first.rule}, then ${again}`
        : `\`${page.command(`onehead explain ${first.rule}`)}\``
  // What was found in a predicted merge is not in the tree at hand yet.
  const merge = commandToMerge(snapshot)
  return wrapNext(merge === null ? text : `\`${visible(merge)}\`, then ${text}`, page)
}

function wrapNext(text: string, page: Page): readonly string[] {
  return wrap(text, page.width - 8, page.glyphs.ellipsis).map(
    (line, index) => (index === 0 ? '  next: ' : '        ') + paintCode(line, page.paint),
  )
}

function drawScanned({ summary: { scanned } }: CheckReport, page: Page): readonly string[] {
  if (scanned === 0) return []
  const text = `${count(scanned, 'script')} ${scanned === 1 ? 'was' : 'were'} only scanned; --full parses every one`
  return [`  ${page.paint('faint', text)}`]
}

/** Facts behind what was found, or on a line of their own where there is no room. */
function withFacts(text: string, facts: string, { glyphs, paint, width }: Page): readonly string[] {
  const behind = `${glyphs.separator} ${facts}`
  const fits = widthOf(stripVTControlCharacters(text)) + 1 + widthOf(behind) <= width
  return fits ? [`${text} ${paint('faint', behind)}`] : [text, `  ${paint('faint', facts)}`]
}

function saidOfTheRun({ elapsedMs }: CheckTextOptions): string {
  const time = elapsedMs == null ? '' : `${formatDuration(elapsedMs)}, `
  return `${time}nothing executed, nothing sent`
}
