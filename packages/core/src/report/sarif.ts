import type { Diagnostic, Rule, Severity } from '../rules/rule.js'
import { visible } from './cells.js'
import { formatNumber, listNames } from './counting.js'
import { writePlainJson } from './json.js'
import { formatRulePage, shortPage } from './markdown-text.js'
import { notesOf } from './notes.js'
import type { CheckReport } from './report.js'

export interface SarifOptions {
  /** What is known of a rule; undefined for a name that no rule has. */
  readonly rule: (name: string) => Pick<Rule, 'summary' | 'severity'> | undefined
  /** A rule's page, as Markdown; null where it is not at hand. */
  readonly page: (name: string) => string | null
  readonly version: string
  /** What to put before a workspace-relative path to make it relative to the repository; ends with `/` or is empty. */
  readonly pathPrefix?: string
  /** What to type to run onehead; default `onehead`. */
  readonly program?: string
}

type Label = Diagnostic['labels'][number]

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warn: 'warning',
  info: 'note',
}

/**
 * A log file of SARIF 2.1.0: one run, the rules that found something with their pages as help, and one result for each
 * diagnostic. Depends on nothing but the report: no address, no moment, no path of a machine.
 */
export function formatSarif(report: CheckReport, options: SarifOptions): string {
  const names = [...new Set(report.diagnostics.map(({ rule }) => rule))].sort()
  const run = {
    tool: { driver: { name: 'onehead', version: options.version, rules: names.map((name) => ruleOf(name, options)) } },
    columnKind: 'unicodeCodePoints',
    invocations: [{ executionSuccessful: true, toolExecutionNotifications: notificationsOf(report, options) }],
    results: report.diagnostics.map((diagnostic) => resultOf(diagnostic, names.indexOf(diagnostic.rule), options)),
  }
  return writePlainJson({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] })
}

function ruleOf(name: string, { rule, page }: SarifOptions) {
  const known = rule(name)
  const markdown = page(name)
  const level = known === undefined || known.severity === 'off' ? null : LEVELS[known.severity]
  return {
    id: name,
    ...(known === undefined ? {} : { shortDescription: { text: known.summary } }),
    ...(markdown === null ? {} : { help: { text: formatRulePage(markdown), markdown: shortPage(markdown) } }),
    defaultConfiguration: level === null ? { enabled: false } : { level },
  }
}

function resultOf(diagnostic: Diagnostic, ruleIndex: number, options: SarifOptions) {
  const { rule, severity, labels, fix, help, fingerprint } = diagnostic
  const [primary, ...others] = labels
  const isEdit = fix !== null && fix.edits.length > 0
  return {
    ruleId: rule,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: messageOf(diagnostic, options) },
    locations: primary === undefined ? [] : [locationOf(primary, options)],
    ...(others.length === 0
      ? {}
      : { relatedLocations: others.map((label, id) => ({ id, ...locationOf(label, options) })) }),
    // Stays when lines move, as SARIF wants it.
    partialFingerprints: { 'onehead/v1': fingerprint },
    ...(isEdit
      ? { fixes: [{ description: { text: help ?? rule }, artifactChanges: changesOf(fix.edits, options) }] }
      : {}),
  }
}

/** All that the text says below a headline; whoever reads it sees no other line of ours. */
function messageOf(diagnostic: Diagnostic, { program = 'onehead' }: SarifOptions): string {
  const { rule, message, environment, labels, notes, help, rewrite, fix } = diagnostic
  const command = (fix?.command ?? `onehead explain ${rule}`).replace(/^onehead(?= )/, () => program)
  const lines = [
    `${message} (${environment})`,
    ...(labels[0]?.text ? [labels[0].text] : []),
    ...notes.map((note) => `note: ${note}`),
    ...(help === null ? [] : [`help: ${help}`]),
    ...rewrite.flatMap(({ title, code }) => [`instead: ${title}`, ...code.map((line) => `    ${line}`)]),
    `on your machine: ${command}`,
  ]
  return lines.map(visible).join('\n')
}

function locationOf(label: Label, options: SarifOptions) {
  const physicalLocation = { artifactLocation: artifactOf(label.path, options), region: regionOf(label.range) }
  return { physicalLocation, ...(label.text === '' ? {} : { message: { text: visible(label.text) } }) }
}

function artifactOf(path: string, { pathPrefix = '' }: SarifOptions) {
  const uri = (pathPrefix + path).split('/').map(encodeURIComponent).join('/')
  return { uri, uriBaseId: '%SRCROOT%' }
}

function regionOf({ start, end }: Label['range']) {
  return {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
    byteOffset: start.offset,
    byteLength: end.offset - start.offset,
  }
}

/** One change for each file. */
function changesOf(edits: NonNullable<Diagnostic['fix']>['edits'], options: SarifOptions) {
  const paths = [...new Set(edits.map(({ path }) => path))]
  return paths.map((path) => ({
    artifactLocation: artifactOf(path, options),
    replacements: edits
      .filter((edit) => edit.path === path)
      .map(({ range, text }) => ({ deletedRegion: regionOf(range), insertedContent: { text } })),
  }))
}

/** What is worth knowing and no finding: notes on environments, old debt. */
function notificationsOf({ environments, folded }: CheckReport, { program = 'onehead' }: SarifOptions) {
  const debt = folded.map(
    ({ count, rule, environments: names, reason }) =>
      `${formatNumber(count)} × ${rule} in ${listNames(names)} (${reason}): \`${program} check --scripts all\` lists it`,
  )
  return [...notesOf(environments), ...debt].map((text) => ({ level: 'note', message: { text: visible(text) } }))
}
