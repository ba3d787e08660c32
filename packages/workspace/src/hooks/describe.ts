import { createPaint, type Paint, visible } from '@onehead/core'
import type { Diagnosis, HookVerdict } from './diagnose.js'
import { diffLines } from './diff.js'
import { hookPurposes } from './hook-names.js'
import type { Manager } from './manager.js'
import type { FileEdit, HookChange, InstallationPlan } from './plan.js'

/** How the text is to look; the command line's own `Look` fits. */
export interface TextOptions {
  readonly color: boolean
  readonly unicode: boolean
}

export interface InstallationText extends TextOptions {
  /** Show what would be written instead of saying that it was. */
  readonly dryRun: boolean
  readonly uninstall: boolean
}

/** What `init` prints: what was done (or would be, as a diff), what to paste, what comes next. */
export function formatInstallation(plan: InstallationPlan, options: InstallationText): string {
  const paint = createPaint(options.color)
  const lines = [
    ...plan.warnings.map((text) => `${paint('warn', 'warning:')} ${visible(text)}`),
    ...(options.dryRun ? drawDiff(plan.edits, paint) : []),
    ...headline(plan, options, paint),
    ...hookLines(plan),
    ...settingLines(plan, options),
    ...snippetLines(plan, paint),
    ...nextSteps(plan).map((text, index) => `${index === 0 ? 'next: ' : '      '}${visible(text)}`),
  ]
  return `${lines.join('\n')}\n`
}

function nextSteps({ install, next }: InstallationPlan): readonly string[] {
  return install === null ? next : [`\`${install}\`: installs and prepares husky, for everybody who runs it`, ...next]
}

/** Why nothing was written. */
export function formatRefusals(plan: InstallationPlan, { color }: TextOptions): string {
  const paint = createPaint(color)
  return plan.refusals
    .map(
      ({ message, help }) =>
        `${paint('error', 'error:')} ${visible(message)}\n  ${paint('strong', 'help:')} ${visible(help)}\n`,
    )
    .concat('nothing was written\n')
    .join('')
}

/** The edits as a diff that `git apply` takes. */
export function drawDiff(edits: readonly FileEdit[], paint: Paint): readonly string[] {
  return edits.flatMap((edit) =>
    diffLines(edit).map((line) => {
      const tone = /^(diff|---|\+\+\+|new|deleted)/.test(line) ? 'strong' : diffTones[line[0] ?? '']
      // Tabs stay, or `git apply` would not take it.
      const shown = line.split('\t').map(visible).join('\t')
      return tone === undefined ? shown : paint(tone, shown)
    }),
  )
}

const diffTones: Readonly<Record<string, 'added' | 'removed' | 'code'>> = { '+': 'added', '-': 'removed', '@': 'code' }

function headline(plan: InstallationPlan, options: InstallationText, paint: Paint): readonly string[] {
  const { edits, hooks, settings, prepareHusky, snippet } = plan
  if (options.uninstall) {
    if (edits.length === 0) return ['there is no onehead block in the hooks of this repository']
    return [
      options.dryRun
        ? `would take onehead out of ${count(edits.length, 'file')}`
        : `took onehead out of ${count(edits.length, 'file')}`,
    ]
  }
  const through = throughManager(plan.manager)
  const isDone = edits.length === 0 && settings.length === 0 && prepareHusky === null && snippet === null
  if (isDone) return [`${paint('success', tick(options))} ${count(hooks.length, 'hook')} ${through}: nothing to do`]
  if (snippet !== null) return [`${count(hooks.length, 'hook')} ${through}, which keeps its own configuration`]
  if (options.dryRun) return [`would install ${count(hooks.length, 'hook')} ${through}`]
  return [`${paint('success', tick(options))} ${count(hooks.length, 'hook')} ${through}`]
}

const tick = ({ unicode }: TextOptions): string => (unicode ? '✔' : 'ok:')

function throughManager(manager: Manager): string {
  switch (manager.kind) {
    case 'plain':
      return `in ${visible(manager.directory)}${manager.why === null ? '' : ` (no husky: ${visible(manager.why)})`}`
    case 'husky':
      return `through husky in ${visible(manager.directory)}`
    default:
      return `through ${manager.kind}`
  }
}

const CHANGES: Readonly<Record<HookChange, string>> = {
  added: 'added',
  updated: 'updated',
  unchanged: 'as it was',
  own: 'calls onehead already',
  pasted: '',
  removed: 'removed',
}

function hookLines(plan: InstallationPlan): readonly string[] {
  const width = Math.max(0, ...plan.hooks.map(({ name }) => name.length))
  return plan.hooks.map(({ name, path, change }) => {
    const says = change === 'removed' ? visible(path) : [hookPurposes[name], CHANGES[change]].filter(Boolean).join('; ')
    return `  ${name.padEnd(width)}  ${says}`
  })
}

function settingLines(plan: InstallationPlan, { dryRun }: InstallationText): readonly string[] {
  return [
    ...(plan.prepareHusky === null
      ? []
      : [dryRun ? 'would prepare husky' : 'husky is prepared: git runs it from now on']),
    ...plan.settings.map(({ key, value }) => `${dryRun ? 'would set' : 'set'}: git config ${key} ${visible(value)}`),
  ]
}

function snippetLines({ snippet }: InstallationPlan, paint: Paint): readonly string[] {
  if (snippet === null) return []
  return [
    '',
    `${paint('strong', visible(snippet.file))} (${snippet.why}):`,
    '',
    ...snippet.text.split('\n').map(visible),
    '',
  ]
}

/** What `doctor` prints. */
export function formatDiagnosis(diagnosis: Diagnosis, options: TextOptions): string {
  const paint = createPaint(options.color)
  const width = Math.max(...diagnosis.hooks.map(({ name }) => name.length))
  const { unicode } = options
  const signs: Readonly<Record<HookVerdict['status'], string>> = {
    runs: paint('success', unicode ? '✔' : 'ok'),
    'would not run': paint('error', unicode ? '✖' : 'x '),
    'not installed': paint('faint', unicode ? '·' : '- '),
  }
  const heading = diagnosis.manager === 'refused' ? 'hooks' : `hooks (${diagnosis.manager})`
  const lines = [
    heading,
    ...diagnosis.hooks.flatMap(({ name, status, reason, cure }, index) => {
      const above = diagnosis.hooks[index - 1]
      const isSame = reason !== null && above?.reason === reason && above.cure === cure
      const why = isSame ? ', as above' : reason === null ? '' : `: ${visible(reason)}`
      const isSaid = isSame || cure === null || (status === 'not installed' && reason === null && name !== 'pre-push')
      return [
        `  ${signs[status]} ${name.padEnd(width)}  ${status}${why}`,
        ...(isSaid ? [] : [`${' '.repeat(width + 6)}cure: ${visible(cure)}`]),
      ]
    }),
    ...(diagnosis.target === null ? [] : [`work lands on ${visible(diagnosis.target)}`]),
    ...diagnosis.findings.flatMap(({ severity, message, cure }) => [
      `${paint(severity, severity === 'warn' ? 'warning:' : 'note:')} ${visible(message)}`,
      `  cure: ${visible(cure)}`,
    ]),
  ]
  return `${lines.join('\n')}\n`
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
