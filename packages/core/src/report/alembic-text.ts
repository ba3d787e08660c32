import { shellWord } from '../text/shell-word.js'
import { visible, visibleLines } from './cells.js'
import { hang } from './frame.js'
import { drawGraph } from './graph.js'
import { createPage, type Page, type TextOptions } from './page.js'
import { paintCode } from './paint.js'
import type { AlembicErrorReport, EnvironmentReport, HistoryReport, RevisionReport, ShownRevisions } from './report.js'

/**
 * `heads`, `history` and `show` as Alembic 1.20 prints them (source: `Script.cmd_format`, `Script.log_entry`), with three differences: labels are
 * sorted where Alembic's order is random, hidden characters are shown, and paths are as the caller shows them.
 * With several environments each has a heading. Environments that Alembic would refuse to load are left out: `formatRefusals` names them.
 */
export function formatHeads(
  environments: readonly EnvironmentReport[],
  options: TextOptions & { readonly resolveDependencies?: boolean } = {},
): string {
  const page = createPage(options)
  return withHeadings(environments, page, (environment) => {
    const resolved = environment.resolvedHeads === null ? null : new Set(environment.resolvedHeads)
    const heads = options.resolveDependencies ? environment.resolvedHeads : environment.heads
    return (heads ?? []).map((head) => {
      const effective = resolved !== null && !resolved.has(head)
      const labels = labelsOf(environment, head)
      return (
        page.paint('strong', visible(head)) +
        showLabels(labels) +
        page.paint('head', effective ? ' (effective head)' : ' (head)')
      )
    })
  })
}

/** @param options.limit at most so many revisions per environment, the newest */
export function formatHistory(
  environments: readonly HistoryReport[],
  options: TextOptions & { readonly limit?: number | null } = {},
): string {
  const page = createPage(options)
  return withHeadings(environments, page, ({ revisions }) =>
    (revisions ?? []).slice(0, options.limit ?? undefined).map((revision) => historyLine(revision, page)),
  )
}

export function formatShow(environments: readonly ShownRevisions[], options: TextOptions = {}): string {
  const page = createPage(options)
  return withHeadings(environments, page, ({ revisions }) => revisions.map((revision) => logEntry(revision, page)))
}

/** The whole history of every environment as a picture. */
export function formatGraph(
  environments: readonly HistoryReport[],
  options: TextOptions & { readonly limit?: number | null } = {},
): string {
  const page = createPage(options)
  const { glyphs, paint, width } = page
  return withHeadings(environments, page, ({ graph }) =>
    drawGraph((graph ?? []).slice(0, options.limit ?? undefined), { glyphs, paint, width }),
  )
}

export interface RefusalOptions extends TextOptions {
  /** The commit that was looked at, as it was typed; null: the working tree. */
  readonly at?: string | null
}

/** Why the heads or the history of environments are not given, and the command that shows the place; empty where all are. */
export function formatRefusals(
  environments: readonly (EnvironmentReport | HistoryReport)[],
  options: RefusalOptions = {},
): string {
  const page = createPage(options)
  const lines = environments.flatMap((environment) => {
    const error = environment.error ?? ('historyError' in environment ? environment.historyError : null)
    return error === null ? [] : hang('error', 'error:', sayRefusal(environment.name, error), page)
  })
  if (lines.length === 0) return ''
  const at = options.at == null ? '' : ` --at ${shellWord(options.at)}`
  const next = `  next: ${paintCode(`\`${page.command(`onehead check${at}`)}\` shows the place`, page.paint)}`
  return `${[...lines, next].join('\n')}\n`
}

/** Kinds of our own: Alembic says nothing of the sort. */
const OURS: ReadonlySet<string> = new Set(['UnreadableScript', 'BrokenConfiguration'])

function sayRefusal(name: string, { kind, message, revisions }: AlembicErrorReport): string {
  const ids = revisions.length > 0 && message === '' ? ` (${revisions.join(', ')})` : ''
  if (OURS.has(kind)) return `the history of ${name} cannot be told: ${message || kind}${ids}`
  return `the history of ${name} does not load in Alembic: ${message === '' ? kind + ids : `${kind}: ${message}`}`
}

function withHeadings<E extends { readonly name: string }>(
  environments: readonly E[],
  { paint }: Page,
  draw: (environment: E) => readonly string[],
): string {
  const several = environments.length > 1
  return environments
    .map((environment, index) => {
      const lines = draw(environment)
      const heading = several ? `${index > 0 ? '\n' : ''}${paint('strong', `${visible(environment.name)}:`)}\n` : ''
      return heading + lines.map((line) => `${line}\n`).join('')
    })
    .join('')
}

/** Ids come from files: one called `constructor` must find nothing but its own labels. */
function labelsOf({ headLabels = {} }: EnvironmentReport, head: string): readonly string[] {
  return Object.hasOwn(headLabels, head) ? headLabels[head]! : []
}

function historyLine(revision: RevisionReport, { paint }: Page): string {
  const dependencies = revision.dependsOn.length > 0 ? ` (${list(revision.dependsOn)})` : ''
  const start = `${parents(revision)}${dependencies} -> ${paint('strong', visible(revision.revision))}`
  const head = revision.isEffectiveHead ? ' (effective head)' : revision.isHead ? ' (head)' : ''
  const shape = `${revision.isBranchPoint ? ' (branchpoint)' : ''}${revision.isMergePoint ? ' (mergepoint)' : ''}`
  return `${start}${showLabels(revision.branchLabels)}${paint('head', head)}${shape}, ${visibleLines(revision.message)}`
}

function logEntry(revision: RevisionReport, page: Page): string {
  const { isHead, isBranchPoint, isMergePoint } = revision
  const tags = `${isHead ? ' (head)' : ''}${isBranchPoint ? ' (branchpoint)' : ''}${isMergePoint ? ' (mergepoint)' : ''}`
  const docstring = revision.longdoc ?? revision.message
  return [
    `Rev: ${page.paint('strong', visible(revision.revision))}${page.paint('head', tags)}`,
    `${isMergePoint ? 'Merges' : 'Parent'}: ${parents(revision)}`,
    ...(revision.dependsOn.length > 0 ? [`Also depends on: ${list(revision.dependsOn)}`] : []),
    ...(isBranchPoint && revision.children ? [`Branches into: ${list([...revision.children].sort())}`] : []),
    ...(revision.branchLabels.length > 0 ? [`Branch names: ${list([...revision.branchLabels].sort())}`] : []),
    `Path: ${visible(page.showPath(revision.path))}`,
    '',
    ...(docstring === '' ? [''] : docstring.split('\n').map((line) => `    ${visible(line)}`)),
    '',
  ].join('\n')
}

function parents({ downRevisions }: RevisionReport): string {
  return downRevisions.length === 0 ? '<base>' : list(downRevisions)
}

function showLabels(labels: readonly string[]): string {
  return labels.length === 0 ? '' : ` (${list([...labels].sort())})`
}

function list(names: readonly string[]): string {
  return names.map(visible).join(', ')
}
