import {
  describeMerge,
  type History,
  loadParser,
  type MergedSide,
  type NewMerge,
  type NewScriptSettings,
  type PlanContext,
  type Refusal,
  renderMerge,
  type Script,
  type Standing,
  trueHeads,
} from '@onehead/core'
import { runGit } from '../git/process.js'
import { loadNewScriptSettings, newRevisionId } from '../new-script/index.js'
import { whyNotWritten } from '../new-script/prove.js'
import type { OpenWorkspace } from '../use-cases/open-workspace.js'
import type { LandingPlace } from './landing-place.js'
import { nameSides } from './name-sides.js'

/** What somebody has said about a merge revision. */
export interface MergeDetails {
  /** Null: a message that names both sides. */
  readonly message: string | null
  /** Null: by chance. */
  readonly revision: string | null
  readonly branchLabel: string | null
}

export interface MergeWriting {
  readonly workspace: OpenWorkspace
  /** Absolute. */
  readonly root: string
  /** Microseconds since 1970. */
  readonly now: number
  /** Null outside git. */
  readonly landing: LandingPlace | null
  readonly details?: MergeDetails
}

/** How merge revisions of one history are written. Everything is read already: the rest is pure. */
export interface MergeWriter {
  readonly settings: NewScriptSettings
  /** What a merge of these is to be. */
  readonly describe: (parents: readonly Script[]) => NewMerge
  readonly write: PlanContext['writeMerge']
  /** Why a script is not such a merge, or must not be written; null where it is good. */
  readonly prove: (
    script: { readonly path: string; readonly bytes: Uint8Array },
    parents: readonly Script[],
  ) => Refusal | null
}

/** Reads what it takes to write merge revisions of the heads of this history. */
export async function mergeWriter(
  { workspace, root, now, landing, details }: MergeWriting,
  history: History,
  standing: Standing,
): Promise<MergeWriter> {
  const { environment, map } = history
  const settings = await loadNewScriptSettings({ ...workspace, root }, environment, now)
  const heads = trueHeads(history).flatMap((id) => map.get(id) ?? [])
  const branch = landing === null ? null : await branchOf(root)
  const sides = new Map((await nameSides(landing, heads, standing, branch)).map((side) => [side.revision, side]))
  const parser = await loadParser()
  const ids = new Map<string, string>()
  const label = details?.branchLabel == null ? {} : { branchLabel: details.branchLabel }
  const describe = (parents: readonly Script[]): NewMerge => {
    const named = parents.map((script) => sides.get(script.revision) ?? sideOf(script))
    const message = details?.message ?? describeMerge(named, environment.name)
    // The same merge has the same id, however often it is asked for.
    const key = parents.map(({ revision }) => revision).join(' ')
    const revision = ids.get(key) ?? details?.revision ?? newRevisionId()
    ids.set(key, revision)
    return { revision, message, parents, ...label }
  }
  const prove: MergeWriter['prove'] = (script, parents) => {
    const wanted = { ...describe(parents), parents: parents.map((parent) => parent.revision) }
    return whyNotWritten(root, parser, script, wanted, settings)
  }
  const write: MergeWriter['write'] = (parents) => {
    const merge = describe(parents)
    const rendered = renderMerge(settings, merge)
    if ('viaAlembic' in rendered) return { refusal: rendered.viaAlembic }
    const refusal = prove(rendered, parents)
    return refusal === null ? { revision: merge.revision, ...rendered } : { refusal }
  }
  return { settings, describe, write, prove }
}

function sideOf({ revision, message }: Script): MergedSide {
  return { revision, message, from: null }
}

async function branchOf(root: string): Promise<string | null> {
  const { code, stdout } = await runGit(root, ['symbolic-ref', '--quiet', '--short', 'HEAD'])
  return code === 0 ? stdout.toString('utf8').trim() : null
}
