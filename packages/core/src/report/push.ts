import { visible, wrap } from './cells.js'
import { count } from './counting.js'
import { drawDiagnostic } from './diagnostic-text.js'
import { createPage, type Page, type TextOptions } from './page.js'
import { paintCode } from './paint.js'
import { ago, describeOther } from './push-diagnostic.js'
import type { PushedBranch, PushFinding, PushReport } from './push-report.js'
import { toldOnce } from './told-once.js'

export interface PushTextOptions extends TextOptions {
  /** Seconds since 1970. */
  readonly now: number
}

/** An hour: what is younger is news enough. */
const STALE = 3600
/** So many findings of one push are shown in full. */
const MOST_FINDINGS = 8

/**
 * What pre-push says to a person: nothing where all is well and the target is known to be of today; a line or two for what
 * does not stop the push; for what does, the picture, the fact that decided, one command, and last the way past. Ends with a
 * line end where it says anything.
 */
export function formatPush(report: PushReport, options: PushTextOptions): string {
  const page = createPage(options)
  const several = report.branches.length > 1
  const blocks = drawBlocking(report, several, options.now, page)
  const lines = [...report.notices.map((notice) => say('warn', 'warning', notice, page)), ...drawUntold(report, page)]
  const warnings = firstFew(
    report.branches.flatMap((branch) =>
      branch.findings.filter(({ blocks }) => !blocks).map((finding) => drawWarning(finding, branch, several, page)),
    ),
    page,
  )
  const stale = report.branches.flatMap((branch) => drawAge(branch, options.now, page))
  const small = [...new Set([...lines.flat(), ...warnings.flat(), ...stale])].join('\n')
  const parts = [...blocks, small, report.blocked ? drawEnd(report, page) : ''].filter((part) => part !== '')
  return parts.length === 0 ? '' : `${parts.join('\n\n')}\n`
}

function drawBlocking({ branches }: PushReport, several: boolean, now: number, page: Page): readonly string[] {
  const blocking = branches.flatMap((branch) => blockingOf(branch).map((finding) => ({ branch, finding })))
  const shown = blocking.slice(0, MOST_FINDINGS)
  const more = blocking.length - shown.length
  return [
    ...shown.map(({ branch, finding }) => drawFinding(finding, branch, several, now, page)),
    ...(more > 0 ? [`${page.glyphs.ellipsis} and ${count(more, 'more error')}`] : []),
  ]
}

function blockingOf({ findings }: PushedBranch): readonly PushFinding[] {
  return toldOnce(findings.filter(({ blocks }) => blocks))
}

function drawFinding(finding: PushFinding, branch: PushedBranch, several: boolean, now: number, page: Page): string {
  const { diagnostic, decided, others, verdict } = finding
  const target = branch.target?.name ?? ''
  const notes = [
    ...others.map((other) => describeOther(other, target, now)),
    `decided: ${decided}`,
    ...(verdict === 'merge' ? howPredicted(branch) : []),
    ...diagnostic.notes,
  ]
  const named = several ? { ...diagnostic, message: `${branch.branch}: ${diagnostic.message}` } : diagnostic
  return drawDiagnostic({ ...named, notes }, page, true).join('\n')
}

function howPredicted({ method, target }: PushedBranch): readonly string[] {
  if (method === 'path-level') return ['this git cannot merge without a working tree: predicted file by file']
  if (method !== 'union') return []
  return [
    `approximate: no common history with ${target?.name} is here (a shallow clone?); the files of both were taken`,
  ]
}

/** The fact, why it does not stop the push, and what repairs it all the same. */
function drawWarning(
  { diagnostic, decided }: PushFinding,
  { branch }: PushedBranch,
  several: boolean,
  page: Page,
): readonly string[] {
  const where = several ? `${diagnostic.environment}, ${branch}` : diagnostic.environment
  const command = diagnostic.fix?.command ?? null
  const repair = command === null ? '' : `; to repair it: \`${page.command(command)}\``
  return say('warn', `warning[${diagnostic.rule}]`, `${where}: ${diagnostic.message}; ${decided}${repair}`, page)
}

function firstFew(all: readonly (readonly string[])[], page: Page): readonly (readonly string[])[] {
  if (all.length <= MOST_FINDINGS) return all
  return [
    ...all.slice(0, MOST_FINDINGS),
    [`onehead: ${page.glyphs.ellipsis} and ${count(all.length - MOST_FINDINGS, 'more warning')}`],
  ]
}

function drawUntold({ branches }: PushReport, page: Page): readonly string[][] {
  return [
    ...firstFew(
      branches.flatMap(({ untold }) => untold.map((text) => say('warn', 'not judged', text, page))),
      page,
    ),
  ].map((lines) => [...lines])
}

/** Said only where revisions are pushed: nothing else is judged against the target. */
function drawAge({ target, newRevisions }: PushedBranch, now: number, page: Page): readonly string[] {
  if (target === null || target.updatedAt === null || newRevisions === 0) return []
  const age = now - target.updatedAt
  if (age < STALE || target.why === 'pushed-branch') return []
  const remote = target.name.split('/', 1)[0]!
  const text = `judged against ${target.name} as it was ${ago(age)}; \`git fetch ${remote}\` brings it up to date`
  return say('info', 'note', text, page)
}

function say(tone: 'warn' | 'info', heading: string, text: string, page: Page): readonly string[] {
  const start = `onehead: ${heading}: `
  return wrap(visible(text), page.width - 2, page.glyphs.ellipsis, page.width - start.length).map((line, index) =>
    index === 0
      ? `onehead: ${page.paint(tone, `${heading}:`)} ${paintCode(line, page.paint)}`
      : `  ${paintCode(line, page.paint)}`,
  )
}

/** What to do, in its order; the commands and edits themselves stand with each finding. */
function nextStep(blocking: readonly PushFinding[]): readonly string[] {
  const fixes = blocking.map(({ diagnostic }) => diagnostic.fix).filter((fix) => fix !== null)
  if (fixes.length === 0) return []
  const runs = fixes.some(({ command }) => command !== null)
  // Ours make the edits themselves, and commit them.
  const byHand = fixes.filter(({ command }) => command?.includes('onehead fix ') !== true)
  const edits = byHand.some((fix) => fix.edits.length > 0)
  const [command, edit] = fixes.length > 1 ? ['the commands', 'the edits'] : ['the command', 'the edit']
  const steps = [...(runs ? [`run ${command} shown`] : []), ...(edits ? [`make ${edit} shown`] : [])]
  return [`  next: ${steps.join(', then ')}${byHand.length > 0 ? ', commit,' : ''} and push again`]
}

function drawEnd({ branches, remote }: PushReport, page: Page): string {
  const blocked = branches.filter(({ findings, untold }) => findings.some(({ blocks }) => blocks) || untold.length > 0)
  const errors = blocked.reduce((sum, branch) => sum + blockingOf(branch).length, 0)
  const names = blocked.slice(0, 3).map(({ branch }) => visible(branch))
  const more = blocked.length > 3 ? ` and ${blocked.length - 3} more` : ''
  const why = errors > 0 ? count(errors, 'error') : 'onehead.strict, and not everything could be judged'
  return [
    `${page.paint('error', page.glyphs.failure)} nothing was pushed to ${visible(remote)}: ${why} in ${names.join(', ')}${more}`,
    ...nextStep(blocked.flatMap(blockingOf)),
    paintCode(
      "  to push all the same: `ONEHEAD_SKIP='why' git push …` (recorded), or `git push --no-verify …`",
      page.paint,
    ),
  ].join('\n')
}
