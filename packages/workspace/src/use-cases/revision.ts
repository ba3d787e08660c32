import { type Environment, type History, type NewRevisionReport, shellWord } from '@onehead/core'
import { ApplyRefused, applyChanges } from '../apply/index.js'
import { UsageError } from '../errors.js'
import { nowInMicroseconds } from '../new-script/index.js'
import { planRevision, type RevisionWish } from '../new-script/plan-revision.js'
import { findLandingPlace, type LandingPlace } from '../repair/landing-place.js'
import { check } from './check.js'
import { type OpenWorkspace, openWorkspace, type WorkspaceOptions } from './open-workspace.js'
import { readHistories } from './read-workspace.js'

export interface RevisionOptions extends WorkspaceOptions, RevisionWish {
  /** Where the user stands, workspace-relative: an app that lies there or above is the one meant, where none is named. */
  readonly here?: string
  /** True: the remote is not asked what the target is today. */
  readonly offline: boolean
  /** As it was typed, for the record. */
  readonly command: string
}

/**
 * Writes a new revision on the head that will still be one after the merge with the target (`onehead revision`): refuses
 * where the target has revisions that are not here, and where there are several heads. Throws `UsageError` as
 * `openWorkspace` does, and where it is not said which of several environments is meant.
 */
export async function newRevision(options: RevisionOptions): Promise<NewRevisionReport> {
  const { root, offline, dryRun } = options
  const now = nowInMicroseconds()
  const workspace = await openWorkspace(options)
  const history = await onlyHistory(workspace, options)
  const landing = await findLandingPlace({ root, offline, now: Math.floor(now / 1e6) })
  try {
    const planned = await planRevision({ root, workspace, history, landing, now }, options)
    return dryRun || planned.script?.bytes == null ? planned : await write(planned, options, landing, now)
  } finally {
    landing?.objects.close()
  }
}

/** The command as it was typed, with an environment. */
function naming(command: string, name: string): string {
  return command.replace(/^onehead revision\b/, () => `onehead revision ${shellWord(name)}`)
}

async function onlyHistory(workspace: OpenWorkspace, { here = '', command }: RevisionOptions): Promise<History> {
  const { broken } = workspace
  const environments = workspace.selected ? workspace.environments : nearest(workspace.environments, here)
  const names = [...environments, ...(environments.length === 1 ? [] : broken)].map(({ name }) => name)
  if (names.length > 1) {
    throw new UsageError('a revision belongs to one environment', {
      help: `name one of ${names.slice(0, 8).join(', ')}${workspace.selected ? '' : `, such as: ${naming(command, names[0]!)}`}`,
    })
  }
  for await (const { history } of readHistories({ ...workspace, environments }, { full: false })) return history
  const { name, message, help } = broken[0]!
  throw new UsageError(`${name} cannot be used: ${message}`, help === null ? {} : { help })
}

/** Those whose folder the user stands in, the innermost; all where there is none. */
function nearest(environments: readonly Environment[], here: string): readonly Environment[] {
  const depths = environments.map(({ config, path, kind }) => {
    const folder = (kind === 'flask-migrate' ? path : config).replace(/\/?[^/]*$/, '')
    return folder !== '' && (here === folder || here.startsWith(`${folder}/`)) ? folder.length : 0
  })
  const deepest = Math.max(0, ...depths)
  return deepest === 0 ? environments : environments.filter((_, index) => depths[index] === deepest)
}

async function write(
  planned: NewRevisionReport,
  { root, configs = [], command }: RevisionOptions,
  landing: LandingPlace | null,
  now: number,
): Promise<NewRevisionReport> {
  const { environment, script } = planned
  const { path, bytes } = script!
  const git = landing && { kind: null, headBefore: landing.head, target: null, committed: null }
  const at = new Date(now / 1000).toISOString()
  const record = { kind: 'revision', command, at, environments: [environment.name], git, moves: [] }
  try {
    await applyChanges(root, [{ path: path!, before: null, after: bytes }], record)
  } catch (error) {
    if (!(error instanceof ApplyRefused)) throw error
    return { ...planned, refusals: error.refusals }
  }
  const { report } = await check({ root, environments: [environment.path || '.'], configs, scripts: 'new' })
  const left = report.diagnostics.filter(
    ({ rule, severity, labels }) =>
      // It is empty because somebody wants to fill it.
      rule !== 'empty-upgrade' && (severity === 'error' || labels.some((label) => label.path === path)),
  )
  return { ...planned, applied: true, left }
}
