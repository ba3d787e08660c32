import {
  chooseParent,
  firstLine,
  guardedBody,
  type History,
  loadParser,
  type MadeScript,
  type NewRevisionReport,
  type NewScript,
  type NewScriptSettings,
  placeOf,
  type Refusal,
  refusal,
  renderNewScript,
  type Script,
  underConvention,
  whyBadId,
  whyBadLabel,
  withGuards,
} from '@onehead/core'
import { revisionWithAlembic } from '../alembic/index.js'
import type { LandingPlace } from '../repair/landing-place.js'
import type { OpenWorkspace } from '../use-cases/open-workspace.js'
import { behindTarget, findAhead } from './ahead.js'
import { autogenerate } from './autogenerate.js'
import { openAlembic, type TakenScript, takeFromAlembic } from './by-alembic.js'
import { whyNotWritten } from './prove.js'
import { newRevisionId } from './revision-id.js'
import { loadNewScriptSettings } from './settings.js'

/** What a new revision is to be. */
export interface RevisionWish {
  readonly message: string
  /** An id, the beginning of one, a label, `label@head`; null: the only head. */
  readonly head: string | null
  readonly revisionId: string | null
  readonly branchLabel: string | null
  /** Workspace-relative; null: as Alembic chooses. */
  readonly versionPath: string | null
  /** With existence checks in its functions. */
  readonly guarded: boolean
  /** Filled by comparing the models with the database. */
  readonly autogenerate: boolean
  /** Go on although the target has revisions that are not here. */
  readonly allowBehind: boolean
  /** True: nothing of the project's is run. */
  readonly dryRun: boolean
}

/** Where it is to be. */
export interface RevisionPlace {
  readonly root: string
  readonly workspace: OpenWorkspace
  readonly history: History
  /** Null outside git. */
  readonly landing: LandingPlace | null
  /** Microseconds since 1970. */
  readonly now: number
}

/**
 * Everything but the writing: what the script is, or why there is none. Runs the project's Alembic where only that can tell,
 * and leaves nothing behind then.
 */
export async function planRevision(place: RevisionPlace, wish: RevisionWish): Promise<NewRevisionReport> {
  const { history, landing, workspace } = place
  const blank = blankReport(place)
  const chosen = chooseParent(history, wish.head)
  if ('refusal' in chosen) return { ...blank, refusals: [chosen.refusal] }
  const ahead = await findAhead(landing, history)
  const behind = ahead && behindTarget(ahead)
  if (behind !== null && !wish.allowBehind) return { ...blank, refusals: [behind] }
  const notices = behind === null ? blank.notices : [...blank.notices, behind.message]
  const settings = await loadNewScriptSettings({ ...workspace, root: place.root }, history.environment, place.now)
  const wanted = describe(history, settings, chosen.heads, wish)
  if ('refusal' in wanted) return { ...blank, notices, refusals: [wanted.refusal] }
  const made = await make(place, settings, wanted, wish)
  if ('refusal' in made) return { ...blank, notices, refusals: [made.refusal] }
  if ('noChanges' in made) return { ...blank, notices, noChanges: true, notes: made.notes }
  const { script, notes } = made
  const wrong = script === null ? null : whyNotWritten(place.root, await loadParser(), script, wanted, settings)
  if (wrong !== null) return { ...blank, notices, refusals: [wrong] }
  const heads = blank.heads.filter((id) => !wanted.parents.includes(id)).concat(wanted.revision)
  return { ...blank, notices, notes, heads, script: { ...madeOf(wanted, chosen.heads, wish), ...script } }
}

function blankReport({ history, landing }: RevisionPlace): NewRevisionReport {
  return {
    environment: history.environment,
    applied: false,
    script: null,
    noChanges: false,
    heads: history.map.heads,
    notes: [],
    // Without a target there is nothing that could be stale.
    notices: landing?.target == null ? [] : landing.notices,
    refusals: [],
    left: [],
  }
}

function madeOf({ revision }: NewScript, parents: readonly Script[], wish: RevisionWish): MadeScript {
  return {
    revision,
    parents: parents.map((parent) => ({ revision: parent.revision, message: firstLine(parent.message) })),
    path: null,
    bytes: null,
    isGenerated: wish.autogenerate,
  }
}

function describe(
  history: History,
  settings: NewScriptSettings,
  heads: readonly Script[],
  { message, revisionId, branchLabel, versionPath }: RevisionWish,
): NewScript | { readonly refusal: Refusal } {
  const bad =
    (revisionId === null ? null : whyBadId(history, revisionId)) ??
    (branchLabel === null ? null : whyBadLabel(history, branchLabel))
  if (bad !== null) return { refusal: bad }
  const { versionLocations } = settings
  if (versionPath !== null && !versionLocations.includes(versionPath)) {
    const help = `name one of ${versionLocations.join(', ')}`
    return { refusal: refusal('not-a-version-location', `${versionPath} is no version location`, { help }) }
  }
  const versionLocation = versionPath ?? placeOf(settings, heads[0]?.path ?? null)
  if (versionLocation === null) {
    const help = `say which with --version-path: ${versionLocations.join(', ')}`
    return { refusal: refusal('which-version-location', 'there are several version locations', { help }) }
  }
  const parents = heads.map(({ revision }) => revision)
  const own = { revision: revisionId ?? newRevisionId(), message, parents, versionLocation }
  return branchLabel === null ? own : { ...own, branchLabel }
}

type Made =
  | { readonly refusal: Refusal }
  | { readonly noChanges: true; readonly notes: readonly string[] }
  /** Null: it would be made by the project's Alembic, which is not run now. */
  | { readonly script: TakenScript | null; readonly notes: readonly string[] }

async function make(
  place: RevisionPlace,
  settings: NewScriptSettings,
  wanted: NewScript,
  wish: RevisionWish,
): Promise<Made> {
  if (wish.autogenerate) return throughAlembic(place, settings, wanted, wish, 'autogenerate compares with the database')
  const rendered = renderNewScript(settings, wish.guarded ? { ...wanted, body: guardedBody } : wanted)
  if ('viaAlembic' in rendered) {
    return wish.guarded
      ? { refusal: notGuarded(rendered.viaAlembic) }
      : throughAlembic(place, settings, wanted, wish, rendered.viaAlembic)
  }
  const bytes = wish.guarded ? withGuards(rendered.bytes) : rendered.bytes
  if (bytes === null) return { refusal: notGuarded('script.py.mako does not import `op` and `sa`') }
  return { script: { path: rendered.path, bytes }, notes: [] }
}

function notGuarded(why: string): Refusal {
  return refusal('not-guarded', `the existence checks need a plain script.py.mako: ${why}`, {
    help: 'leave --guarded out, and write the checks into the script',
  })
}

async function throughAlembic(
  { root, workspace, history }: RevisionPlace,
  settings: NewScriptSettings,
  wanted: NewScript,
  wish: RevisionWish,
  why: string,
): Promise<Made> {
  const runner = await openAlembic(root, history, workspace.configuration)
  if ('message' in runner) return { refusal: { ...runner, message: `${why}, and ${runner.message}` } }
  if (wish.dryRun) return { script: null, notes: [`the project's own Alembic writes it, because ${why}`] }
  const asked = askedOfAlembic(root, wanted, wish)
  const made = wish.autogenerate
    ? await autogenerate(runner, history, wanted, asked)
    : await takeFromAlembic(runner, history, wanted.revision, () => revisionWithAlembic(runner, asked))
  if ('refusal' in made) return made
  const notes = [`\`${made.typed}\` wrote it: ${why}`]
  if ('noChanges' in made) return { noChanges: true, notes: [`\`${made.typed}\` was run`] }
  const script = 'script' in made ? made.script : made.scripts[0]
  if (script === undefined) return { refusal: refusal('nothing-written', `\`${made.typed}\` wrote no script`) }
  const { revision, message } = wanted
  return { script: { ...script, path: underConvention(settings, { path: script.path, revision, message }) }, notes }
}

/** Where it goes is Alembic's own choice, unless somebody has said. */
function askedOfAlembic(
  root: string,
  { message, revision, parents, branchLabel }: NewScript,
  { versionPath }: RevisionWish,
) {
  return {
    message,
    revisionId: revision,
    ...(parents.length === 0 ? {} : { head: parents[0]! }),
    ...(branchLabel === undefined ? {} : { branchLabel }),
    ...(versionPath === null ? {} : { versionPath: versionPath === '' ? root : `${root}/${versionPath}` }),
  }
}
