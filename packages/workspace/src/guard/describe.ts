import { createPaint, visible } from '@onehead/core'
import { drawDiff, type InstallationText, type TextOptions } from '../hooks/describe.js'
import type { GuardVerdict } from './diagnose.js'
import type { GuardChange, GuardPlan } from './plan.js'

const CHANGES: Readonly<Record<GuardChange, string>> = {
  added: 'added',
  replaced: 'put in the place of the snippet',
  updated: 'brought up to date',
  unchanged: 'as it was',
  removed: 'taken out',
}

/** What `init --guard` prints: what was done (or would be, as a diff), and what comes next. */
export function formatGuard({ guards, edits, warnings }: GuardPlan, options: InstallationText): string {
  const paint = createPaint(options.color)
  const tick = paint('success', options.unicode ? '✔' : 'ok:')
  const files = `${guards.length} env.py${guards.length === 1 ? '' : ' files'}`
  const would = options.dryRun ? 'would be ' : ''
  const headline = options.uninstall
    ? guards.length === 0
      ? 'there is no guard of onehead in any env.py'
      : `the guard ${would || 'is '}taken out of ${files}`
    : edits.length === 0
      ? `${tick} the guard is in ${files}: nothing to do`
      : `${options.dryRun ? '' : `${tick} `}the guard ${would || 'is '}in ${files}`
  const next = options.dryRun
    ? 'nothing is written yet; without --dry-run it is'
    : `commit ${edits.length === 1 ? visible(edits[0]!.path) : 'these files'}`
  const lines = [
    ...warnings.map((text) => `${paint('warn', 'warning:')} ${visible(text)}`),
    ...(options.dryRun ? drawDiff(edits, paint) : []),
    headline,
    ...guards.map(({ path, change }) => `  ${visible(path)}: ${CHANGES[change]}`),
    ...(edits.length === 0 ? [] : [`next: ${next}`]),
  ]
  return `${lines.join('\n')}\n`
}

/** The plan for programs: what is written, not the bytes. */
export function reportGuard({ guards, edits, refusals, warnings }: GuardPlan): object {
  const files = edits.map(({ path }) => ({ path, change: 'edit' }))
  return { guards, files, refusals, warnings }
}

/** Why nothing was written, with what is to be put in by hand. */
export function formatGuardRefusals({ refusals }: GuardPlan, { color }: TextOptions): string {
  const paint = createPaint(color)
  const told = refusals.map(({ message, help, paste }) => {
    const lines = paste === null ? '' : `\n${paste.map((line) => (line === '' ? '' : `    ${line}`)).join('\n')}\n\n`
    return `${paint('error', 'error:')} ${visible(message)}\n  ${paint('strong', 'help:')} ${visible(help)}\n${lines}`
  })
  return `${told.join('')}nothing was written\n`
}

/** What `doctor` says of guards; nothing where there is none. */
export function formatGuardVerdicts(verdicts: readonly GuardVerdict[], { color, unicode }: TextOptions): string {
  if (verdicts.length === 0) return ''
  const paint = createPaint(color)
  const good = paint('success', unicode ? '✔' : 'ok')
  const bad = paint('warn', unicode ? '!' : '! ')
  const lines = verdicts.flatMap(({ path, status, reason, cure }) => [
    `  ${status === 'stops' ? good : bad} ${visible(path)}${reason === null ? '' : `: ${visible(reason)}`}`,
    ...(cure === null ? [] : [`      cure: ${visible(cure)}`]),
  ])
  return `${['guard (stops a plain upgrade while there are several heads)', ...lines].join('\n')}\n`
}
