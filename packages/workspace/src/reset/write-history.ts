import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FileChange, History, NewScript } from '@onehead/core'
import type { Runner } from '../alembic/runner.js'
import { ApplyRefused, applyChanges } from '../apply/index.js'
import { BackupFailed } from '../database/failure.js'
import { autogenerate } from '../new-script/autogenerate.js'
import { newRevisionId } from '../new-script/revision-id.js'
import { openWorkspace } from '../use-cases/open-workspace.js'
import { readHistories } from '../use-cases/read-workspace.js'
import type { ResetOptions } from './options.js'

/** Takes scripts out of the tree, or puts others in: all or nothing, and recorded so that it can be undone. */
export class HistoryWriter {
  readonly #runner: Runner
  readonly #options: ResetOptions
  #removed: readonly FileChange[] = []

  constructor(runner: Runner, options: ResetOptions) {
    this.#runner = runner
    this.#options = options
  }

  /** @throws BackupFailed where it is refused; nothing has changed then */
  async remove(paths: readonly string[]): Promise<void> {
    const { root } = this.#options
    this.#removed = paths.map((path) => ({ path, before: readFileSync(join(root, path)), after: null }))
    await this.#apply(this.#removed)
  }

  /** Puts back what was removed. */
  async putBack(): Promise<void> {
    await this.#apply(this.#removed.map(({ path, before }) => ({ path, before: null, after: before })))
    this.#removed = []
  }

  /**
   * One initial revision of all that the models declare, by the project's own Alembic, from a database that is empty.
   *
   * @throws BackupFailed
   */
  async generate(): Promise<{ readonly revision: string; readonly path: string }> {
    const history = await this.readHistory()
    const revision = newRevisionId()
    const [location, ...others] = history.environment.versionLocations
    const versionPath =
      others.length === 0 || location === undefined ? {} : { versionPath: join(this.#options.root, location) }
    const wanted: NewScript = { revision, message: 'initial', parents: [], versionLocation: location ?? '' }
    const made = await autogenerate(this.#runner, history, wanted, {
      message: 'initial',
      revisionId: revision,
      ...versionPath,
    })
    if ('refusal' in made) {
      const { message, help } = made.refusal
      throw new BackupFailed('failed', message, help)
    }
    if ('noChanges' in made) {
      const help = 'let env.py import every module with models, and set target_metadata'
      throw new BackupFailed('failed', 'the models declare no table, so there is nothing to generate', help)
    }
    const { path, bytes } = made.script
    await this.#apply([{ path, before: null, after: bytes }])
    return { revision, path }
  }

  /** As the scripts are now. */
  async readHistory(): Promise<History> {
    const workspace = await openWorkspace(this.#options)
    for await (const { history } of readHistories(workspace, { full: false })) return history
    throw new BackupFailed('failed', 'the environment is not found any more')
  }

  async #apply(changes: readonly FileChange[]): Promise<void> {
    const { root, command, now } = this.#options
    const environments = [this.#runner.environment.name]
    const at = new Date(now()).toISOString()
    try {
      await applyChanges(root, changes, { kind: 'reset', command, at, environments, git: null, moves: [] })
    } catch (error) {
      if (!(error instanceof ApplyRefused)) throw error
      const { message, help } = error.refusals[0]!
      throw new BackupFailed('place', message, help)
    }
  }
}
