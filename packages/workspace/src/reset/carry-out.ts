import { join } from 'node:path'
import { type BackupNote, hasReached, type ResetOutcome, type RestoreFailure } from '@onehead/core'
import { askDatabase } from '../alembic/ask-database.js'
import { upgrade } from '../alembic/commands.js'
import { type Configuration, environmentConfigurationFor } from '../configuration/index.js'
import { backUp } from '../database/backup.js'
import { backupFolder } from '../database/backup-folder.js'
import { emptyDatabase } from '../database/empty.js'
import { BackupFailed } from '../database/failure.js'
import { noteOf } from '../database/note.js'
import { restoreCommand, shortName } from '../restore/restore-command.js'
import { HeldTraceback } from '../upgrade/held-traceback.js'
import { compareModels } from './compare-models.js'
import { keepScripts, putBackCommand } from './keep-scripts.js'
import type { ResetOptions } from './options.js'
import type { ReadyReset } from './plan-reset.js'
import { HistoryWriter } from './write-history.js'

type Ended = Omit<ResetOutcome, 'plan'>
type Initial = NonNullable<ResetOutcome['initial']>

/** One reset, step by step; knows at any time what was done, and the way back. */
export class Reset {
  readonly #ready: ReadyReset
  readonly #configuration: Configuration
  readonly #options: ResetOptions
  readonly #writer: HistoryWriter
  readonly #backups: BackupNote[] = []
  #scriptsBackup: string | null = null
  #initial: Initial | null = null
  #state = 'nothing was changed'
  #isEmptied = false
  #areScriptsGone = false

  constructor(ready: ReadyReset, configuration: Configuration, options: ResetOptions) {
    this.#ready = ready
    this.#configuration = configuration
    this.#options = options
    this.#writer = new HistoryWriter(ready.runner, options)
  }

  async run(): Promise<Ended> {
    const { plan, runner } = this.#ready
    const { x = [] } = this.#options
    try {
      if (!this.#options.noBackup) await this.#backUp()
      if (plan.history) await this.#removeScripts()
      await this.#empty()
      if (plan.history) await this.#generate()
      await this.#upgrade()
    } catch (error) {
      if (!(error instanceof BackupFailed)) throw error
      const { kind, message, help } = error
      return this.#end('failed', await this.#standing(), null, { kind, message, help, ...this.#wayBack() })
    }
    const standing = await this.#standing()
    const history = await this.#writer.readHistory()
    const heads = history.map.resolvedHeads
    const isThere = standing?.every((rows) => hasReached(history, rows, heads)) === true
    this.#step('comparing the models with the schema')
    const modelsAgree = await compareModels(runner, x)
    if (isThere) return this.#end('reset', standing, modelsAgree, null)
    const message = 'everything said that it went well, and yet the database does not stand at the heads'
    const help = 'see whether env.py commits, and which database it connects to: `onehead status`'
    return this.#end('failed', standing, modelsAgree, { kind: 'astray', message, help, ...this.#wayBack() })
  }

  async #backUp(): Promise<void> {
    const { runner, facts, plan } = this.#ready
    const { backup: settings } = environmentConfigurationFor(this.#configuration, runner.environment)
    const wish = settings === undefined || settings === false ? {} : { settings }
    const { now, onProgress } = this.#options
    const onOutput = (line: string) => onProgress?.({ kind: 'output', line })
    for (const [index, database] of facts.entries()) {
      this.#step(`backing up ${plan.databases[index]!.typedName}`)
      const backup = noteOf(await backUp(runner, database, { ...wish, now, before: 'reset', onOutput }))
      this.#backups.push(backup)
      onProgress?.({ kind: 'backed-up', backup })
    }
    if (!plan.history) return
    const configured = typeof settings === 'object' ? settings.directory : undefined
    const time = new Date(now()).toISOString().replaceAll(':', '-')
    const folder = join(backupFolder(runner, runner.childEnvironment(), configured), `${time}_before-reset_scripts`)
    keepScripts(this.#options.root, plan.scripts, folder)
    this.#scriptsBackup = folder
    onProgress?.({ kind: 'scripts-kept', folder })
  }

  async #removeScripts(): Promise<void> {
    const { scripts } = this.#ready.plan
    this.#step('taking the scripts out of the tree')
    await this.#writer.remove(scripts)
    this.#areScriptsGone = true
    this.#state = 'the scripts are out of the tree, the database is as it was'
  }

  async #empty(): Promise<void> {
    const { runner, facts, plan } = this.#ready
    for (const [index, database] of facts.entries()) {
      const { typedName } = plan.databases[index]!
      this.#step(`dropping everything in ${typedName}`)
      try {
        await emptyDatabase(runner, database)
      } catch (error) {
        // MySQL takes nothing back.
        this.#isEmptied ||= index > 0 || database.dialect === 'mysql' || database.dialect === 'mariadb'
        if (this.#isEmptied) this.#state = `a part of what was in ${typedName} is dropped, or may be`
        else if (this.#areScriptsGone) await this.#putScriptsBack('the database is as it was')
        throw error
      }
      this.#isEmptied = true
      this.#state = `${typedName} is empty`
    }
  }

  async #generate(): Promise<void> {
    this.#step('generating the initial revision')
    try {
      this.#initial = await this.#writer.generate()
    } catch (error) {
      await this.#putScriptsBack('the database is empty')
      throw error
    }
  }

  async #putScriptsBack(state: string): Promise<void> {
    await this.#writer.putBack()
    this.#areScriptsGone = false
    this.#state = `${state}, and the scripts are as they were`
  }

  async #upgrade(): Promise<void> {
    const { runner, plan } = this.#ready
    const { x = [], onProgress } = this.#options
    this.#step('upgrading to the heads')
    this.#state = `${plan.databases[0]!.typedName} is empty, or upgraded in part`
    const output = new HeldTraceback((line) => onProgress?.({ kind: 'output', line }))
    const onOutput = (line: string, stream: 'stdout' | 'stderr') => output.take(line, stream)
    const { failure } = await upgrade(runner, 'heads', { x, onOutput })
    if (failure?.printed == null || runner.childEnvironment().ONEHEAD_DEBUG === '1') output.release()
    if (failure !== null) throw new BackupFailed('failed', failure.message, failure.help ?? failure.cause)
    this.#state = 'everything is upgraded'
  }

  /** Null where nobody can tell. */
  async #standing(): Promise<Ended['standing']> {
    const { databases, failure } = await askDatabase(this.#ready.runner, { x: this.#options.x ?? [] })
    return failure === null ? databases.map(({ currentRevisions }) => currentRevisions) : null
  }

  /** Only what is gone is brought back, the scripts first: where a database stands is told by them. */
  #wayBack(): Pick<RestoreFailure, 'stands' | 'wayBack'> {
    const { runner, plan } = this.#ready
    const scripts = this.#areScriptsGone && this.#scriptsBackup !== null ? [putBackCommand(this.#scriptsBackup)] : []
    const made = this.#areScriptsGone && this.#initial !== null ? [`rm ${this.#initial.path}`] : []
    const databases = this.#backups.flatMap((backup, index) => {
      if (!this.#isEmptied || backup.kind !== 'file') return []
      const { name, typedName } = plan.databases[index]!
      const where = { inPlace: typedName, database: name, x: this.#options.x }
      return [restoreCommand(runner.environment.name, shortName(backup.path), where)]
    })
    return { stands: this.#state, wayBack: [...made, ...scripts, ...databases] }
  }

  #step(text: string): void {
    this.#options.onProgress?.({ kind: 'step', text })
  }

  #end(
    kind: Ended['kind'],
    standing: Ended['standing'],
    modelsAgree: Ended['modelsAgree'],
    failure: Ended['failure'],
  ): Ended {
    const [backups, scriptsBackup, initial] = [this.#backups, this.#scriptsBackup, this.#initial]
    return { kind, backups, scriptsBackup, initial, standing, modelsAgree, undo: this.#wayBack().wayBack, failure }
  }
}
