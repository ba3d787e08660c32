import type { Environment, FactPlace, Frame, History, RecognisedError, Script } from '@onehead/core'

/** Where a file of a traceback lies in this workspace: the paths of another machine are known by their ends. */
export class PathFinder {
  readonly #root: string
  /** By file name. */
  readonly #known = new Map<string, string[]>()

  /** @param root absolute */
  constructor(root: string, histories: readonly History[]) {
    this.#root = root.replaceAll('\\', '/').replace(/\/$/, '')
    for (const { environment, scripts, unreadable } of histories) {
      for (const { path } of [...scripts, ...unreadable]) this.#add(path)
      this.#add(environment.config)
      this.#add(environment.path === '' ? 'env.py' : `${environment.path}/env.py`)
    }
  }

  /** Workspace-relative; null for a file of nobody's that is known here. */
  find(path: string): string | null {
    const given = path.replaceAll('\\', '/').replace(/^\.\//, '')
    const own = given.startsWith(`${this.#root}/`) ? given.slice(this.#root.length + 1) : null
    if (own !== null) return /(?:^|\/)(?:site-packages|dist-packages|node_modules|\.venv|venv)\//.test(own) ? null : own
    const known = this.#known.get(nameOf(given)) ?? []
    const fitting = known.filter((one) => given === one || given.endsWith(`/${one}`) || one.endsWith(`/${given}`))
    if (fitting.length > 0) return fitting.reduce((best, one) => (one.length > best.length ? one : best))
    // An ending of two folders and a name is no accident.
    const ending = given.split('/').slice(-3).join('/')
    const near = ending.includes('/') ? known.filter((one) => `/${one}`.endsWith(`/${ending}`)) : []
    return near.length === 1 ? near[0]! : null
  }

  #add(path: string): void {
    const name = nameOf(path)
    const known = this.#known.get(name)
    if (known === undefined) this.#known.set(name, [path])
    else known.push(path)
  }
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** A frame in a file of this workspace, innermost first. */
export function ownFrames(
  frames: readonly Frame[],
  paths: PathFinder,
): readonly (FactPlace & { readonly path: string })[] {
  const seen = new Set<string>()
  return frames.toReversed().flatMap(({ path, line }) => {
    const own = paths.find(path)
    if (own === null || seen.has(`${own}:${line}`)) return []
    seen.add(`${own}:${line}`)
    return [{ path: own, line, column: null, text: null }]
  })
}

/** A script and the history that it belongs to. */
export interface PlacedScript {
  readonly history: History
  readonly script: Script
}

/** The scripts that failed: named by the traceback, or by the step that was announced last. */
export function failedScripts(
  error: RecognisedError,
  histories: readonly History[],
  paths: PathFinder,
): readonly PlacedScript[] {
  const files = new Set(ownFrames(error.frames, paths).map(({ path }) => path))
  const byFile = histories.flatMap((history) =>
    history.scripts.filter(({ path }) => files.has(path)).map((script) => ({ history, script })),
  )
  if (byFile.length > 0) return byFile
  const revision = error.step?.revision
  if (revision === undefined) return []
  return histories.flatMap((history) => {
    const script = history.map.get(revision)
    return script === undefined ? [] : [{ history, script }]
  })
}

/** True for a file below the folder of an environment's scripts, or its configuration. */
function belongsTo({ path, config, versionLocations }: Environment, file: string): boolean {
  const folders = [path, ...versionLocations]
  return file === config || folders.some((folder) => folder === '' || file.startsWith(`${folder}/`))
}

/** The histories that an error is about: by its files, its step, its revisions; all of them where nothing tells. */
export function concernedHistories(
  error: RecognisedError,
  histories: readonly History[],
  paths: PathFinder,
): readonly History[] {
  if (histories.length < 2) return histories
  const { subject, frames, step } = error
  const files = ownFrames(frames, paths).map(({ path }) => path)
  const named = subject.path === undefined ? null : paths.find(subject.path)
  const hints: readonly ((history: History) => boolean)[] = [
    ({ environment }) => [...files, ...(named === null ? [] : [named])].some((file) => belongsTo(environment, file)),
    ({ map }) => step !== null && map.has(step.revision),
    ({ map }) => [subject.revision, subject.other].some((id) => id !== undefined && map.has(id)),
    ({ scripts }) =>
      subject.revision !== undefined &&
      scripts.some(({ downRevisions, dependsOn }) => [...downRevisions, ...dependsOn].includes(subject.revision!)),
  ]
  for (const hint of hints) {
    const fitting = histories.filter(hint)
    if (fitting.length > 0) return fitting
  }
  return histories
}
