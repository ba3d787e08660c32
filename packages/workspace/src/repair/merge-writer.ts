import {
  describeMerge,
  type Environment,
  type MergedSide,
  type PlanContext,
  renderNewScript,
  type Script,
  type Standing,
} from '@onehead/core'
import { loadNewScriptSettings, newRevisionId } from '../new-script/index.js'
import type { OpenWorkspace } from '../use-cases/open-workspace.js'

export interface MergeWriting {
  readonly workspace: OpenWorkspace
  /** Absolute. */
  readonly root: string
  /** Microseconds since 1970. */
  readonly now: number
  /** The branch checked out, for the message; null where there is none. */
  readonly branch: string | null
  /** Null: a message that names both sides. */
  readonly message: string | null
}

/** How this environment's merge revisions are written: read once, then pure. */
export async function mergeWriter(
  { workspace, root, now, branch, message }: MergeWriting,
  environment: Environment,
  standing: Standing,
): Promise<PlanContext['writeMerge']> {
  const settings = await loadNewScriptSettings({ ...workspace, root }, environment, now)
  const revision = newRevisionId()
  return (parents) => {
    const sides = parents.map((script) => sideOf(script, standing, branch))
    const rendered = renderNewScript(settings, {
      revision,
      message: message ?? describeMerge(sides, environment.name),
      parents: parents.map((script) => script.revision),
      versionLocation: locationOf(environment, settings.versionLocations, parents[0]),
    })
    return 'viaAlembic' in rendered ? { refusal: rendered.viaAlembic } : { revision, ...rendered }
  }
}

function sideOf({ revision, message }: Script, standing: Standing, branch: string | null): MergedSide {
  const where = standing.publishedIn(revision)
  return { revision, message, from: where === null ? branch : standing.target === null ? null : where }
}

/** Alembic puts a merge where its first parent lies. */
function locationOf(environment: Environment, locations: readonly string[], first: Script | undefined): string {
  const containing = locations
    .filter((location) => location === '' || first?.path.startsWith(`${location}/`))
    .sort((a, b) => b.length - a.length)
  return containing[0] ?? locations[0] ?? `${environment.path}/versions`
}
