import { buildHistory } from '../history/build-history.js'
import type { History } from '../history/history.js'
import { compareCodePoints } from '../revision/python-text.js'
import { baseName, folderOf } from '../rules/support/words.js'
import { toScript } from '../script/load.js'
import type { Script, UnreadableScript } from '../script/script.js'
import { applyEdits } from '../text/apply-edits.js'
import type { Edit } from '../text/span.js'
import type { PlanContext } from './context.js'
import type { FileChange } from './plan.js'

/**
 * A history while it is being repaired: what its files will be, and what Alembic will make of them. Every step is read
 * again from the bytes it leaves, so that a plan is proven by what will be on disk and not by what it meant to do.
 */
export class Draft {
  history: History
  readonly #context: Pick<PlanContext, 'source' | 'read'>
  readonly #files = new Map<string, { before: Uint8Array | null; after: Uint8Array | null }>()

  constructor(context: Pick<PlanContext, 'history' | 'source' | 'read'>) {
    this.#context = context
    this.history = context.history
  }

  /** The same state once more, so that a step can be tried. */
  copy(): Draft {
    const copy = new Draft({ ...this.#context, history: this.history })
    for (const [path, change] of this.#files) copy.#files.set(path, { ...change })
    return copy
  }

  /** Bytes of a script as the plan leaves it; empty where there is none. */
  readonly source = (path: string): Uint8Array => {
    const changed = this.#files.get(path)
    return changed === undefined ? this.#context.source(path) : (changed.after ?? NOTHING)
  }

  /** Files that end up different, in the order in which they were first touched. */
  get changes(): readonly FileChange[] {
    return [...this.#files]
      .map(([path, change]) => ({ path, ...change }))
      .filter(({ before, after }) => !sameBytes(before, after))
  }

  edit(edits: readonly Edit[]): void {
    const paths = [...new Set(edits.map(({ path }) => path))]
    for (const path of paths) {
      const own = edits.filter((edit) => edit.path === path)
      this.#put(path, applyEdits(this.source(path), own))
    }
    if (paths.length > 0) this.#rebuild(new Set(paths))
  }

  add(path: string, bytes: Uint8Array): void {
    this.#put(path, bytes)
    this.#rebuild(new Set([path]))
  }

  remove(path: string): void {
    this.#put(path, null)
    this.#rebuild(new Set([path]))
  }

  rename(path: string, to: string): void {
    const bytes = this.source(path)
    this.#put(path, null)
    this.#put(to, bytes)
    this.#rebuild(new Set([path, to]))
  }

  #put(path: string, after: Uint8Array | null): void {
    const known = this.#files.get(path)
    if (known !== undefined) known.after = after
    else {
      const before = this.history.scripts.some((script) => script.path === path) || this.#isUnreadable(path)
      this.#files.set(path, { before: before ? this.#context.source(path) : null, after })
    }
  }

  #isUnreadable(path: string): boolean {
    return this.history.unreadable.some((file) => file.path === path)
  }

  #rebuild(paths: ReadonlySet<string>): void {
    const { environment, loadedTwice } = this.history
    const kept = filesOf(this.history).map((file) => (paths.has(file.path) ? this.#read(file.path) : file))
    const files = kept.filter((file) => file !== null)
    const known = new Set(files.map(({ path }) => path))
    for (const path of paths) {
      const file = known.has(path) ? null : this.#read(path)
      if (file !== null) insert(files, file)
    }
    this.history = buildHistory(environment, files, loadedTwice)
  }

  #read(path: string): Script | UnreadableScript | null {
    const after = this.#files.get(path)?.after ?? null
    return after === null ? null : toScript(path, this.#context.read(after))
  }
}

const NOTHING = new Uint8Array(0)

/** In load order: Alembic's own is kept for those that are there. */
function filesOf({ scripts, unreadable }: History): (Script | UnreadableScript)[] {
  const files: (Script | UnreadableScript)[] = [...scripts]
  for (const file of unreadable) insert(files, file)
  return files
}

/** Among the files of its folder by name, where Alembic would load it. */
function insert(files: (Script | UnreadableScript)[], file: Script | UnreadableScript): void {
  const folder = folderOf(file.path)
  let last = -1
  for (const [index, other] of files.entries()) {
    if (folderOf(other.path) !== folder) continue
    if (compareCodePoints(baseName(other.path), baseName(file.path)) > 0) {
      files.splice(index, 0, file)
      return
    }
    last = index
  }
  files.splice(last === -1 ? files.length : last + 1, 0, file)
}

function sameBytes(one: Uint8Array | null, other: Uint8Array | null): boolean {
  if (one === null || other === null) return one === other
  return one.length === other.length && one.every((byte, index) => byte === other[index])
}
