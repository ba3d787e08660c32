import type { Diagnostic, Severity } from '../rules/rule.js'
import { visible } from './cells.js'
import { formatNumber, listNames } from './counting.js'
import { notesOf } from './notes.js'
import type { CheckReport } from './report.js'
import { commandToMerge } from './snapshot-text.js'
import { diagnosticsOnce } from './told-once.js'

export interface GithubOptions {
  /** What to put before a workspace-relative path to make it relative to the repository; ends with `/` or is empty. */
  readonly pathPrefix?: string
  /** What to type to run onehead; default `onehead`. */
  readonly program?: string
}

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warn: 'warning', info: 'notice' }

/**
 * Workflow commands of GitHub Actions: one annotation per different diagnostic at its primary place, whose message names what to run on a
 * laptop; one notice for the notes on environments, one for the old debt that is folded. Syntax and escapes: GitHub's `actions/toolkit`, `@actions/core` commands.
 */
export function formatGithub(
  report: CheckReport,
  { pathPrefix = '', program = 'onehead' }: GithubOptions = {},
): string {
  const lines = diagnosticsOnce(report.diagnostics).map((diagnostic) =>
    annotate(diagnostic, { pathPrefix, program }, commandToMerge(report.snapshot)),
  )
  const notes = notesOf(report.environments)
  if (notes.length > 0) lines.push(annotation('notice', { title: 'onehead: notes' }, notes.join('\n')))
  if (report.folded.length > 0) {
    const debt = report.folded.map(
      (entry) => `${formatNumber(entry.count)} × ${entry.rule} in ${listNames(entry.environments)} (${entry.reason})`,
    )
    const text = [
      'old debt, folded: it does not fail this check',
      ...debt,
      `to list it: ${program} check --scripts all`,
    ].join('\n')
    lines.push(annotation('notice', { title: 'onehead: old debt' }, text))
  }
  return lines.map((line) => `${line}\n`).join('')
}

function annotate(
  diagnostic: Diagnostic,
  { pathPrefix, program }: Required<GithubOptions>,
  merge: string | null,
): string {
  const { rule, severity, message, labels, notes, help, fix, environment } = diagnostic
  const primary = labels[0]
  const command = (fix?.command ?? (merge === null ? `onehead explain ${rule}` : 'onehead check')).replace(
    /^onehead(?= )/,
    () => program,
  )
  const run = `on your machine: ${merge === null ? '' : `${merge} && `}${command}`
  const others = labels
    .slice(1)
    .map(({ path, range, text }) => `${path}:${range.start.line}:${range.start.column}${text === '' ? '' : ` ${text}`}`)
  const text = [
    `${message} (${environment})`,
    ...(primary?.text ? [primary.text] : []),
    ...others,
    ...notes.map((note) => `note: ${note}`),
    ...(help === null ? [] : [`help: ${help}`]),
    run,
  ]
    .map(visible)
    .join('\n')
  return annotation(COMMANDS[severity], { ...placeOf(primary, pathPrefix), title: `onehead: ${rule}` }, text)
}

/** GitHub refuses columns where an annotation spans lines. */
function placeOf(label: Diagnostic['labels'][number] | undefined, pathPrefix: string): Record<string, string> {
  if (label === undefined) return {}
  const { start, end } = label.range
  const lines = { file: pathPrefix + label.path, line: `${start.line}`, endLine: `${end.line}` }
  if (start.line !== end.line) return lines
  return { ...lines, col: `${start.column}`, endColumn: `${Math.max(start.column, end.column)}` }
}

function annotation(name: string, properties: Readonly<Record<string, string>>, message: string): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)}`)
  return `::${name} ${list.join(',')}::${escapeData(message)}`
}

function escapeData(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C')
}
