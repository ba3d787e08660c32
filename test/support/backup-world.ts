import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  askDatabase,
  type Backup,
  type BackupFailed,
  type BackupOptions,
  backUp,
  type DatabaseFacts,
  type FileBackup,
  type Runner,
  type ShellCommand,
  typedShellCommand,
} from '@onehead/workspace'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { creates, type Script } from './database-scripts.js'
import { type DatabaseApp, type DatabaseWorld, databaseWorld, type Server } from './database-world.js'
import { pathWith } from './git-world.js'
import { runnerOf } from './runner-world.js'

const users: Script = {
  id: 'b0',
  parents: null,
  ...creates('users', "sa.Column('name', sa.String(40))", "sa.Column('photo', sa.LargeBinary())"),
}
const teams: Script = { id: 'x1', parents: 'b0', ...creates('teams') }

/** An app with a database that holds something, and what backs it up. */
export class BackupWorld {
  world!: DatabaseWorld
  app!: DatabaseApp
  runner!: Runner
  #found!: Runner
  #minute = 0

  /** The same for all tests of the group around; each begins as the first did. */
  constructor(server: Server) {
    beforeAll(async () => {
      this.world = databaseWorld()
      this.app = this.world.app({ server, scripts: [users, teams] })
      this.#found = await runnerOf(this.app, this.world.python)
    })
    afterAll(() => this.world.remove())
    beforeEach(() => {
      this.app.run({ empty: true }, 'upgrade head', { fill: 7 })
      rmSync(this.state, { recursive: true, force: true })
      this.runner = this.#found
    })
  }

  /** Where a user's programs keep their state. */
  get state(): string {
    return join(this.world.git.folder, 'state')
  }

  async facts(): Promise<DatabaseFacts> {
    const { databases, failure } = await askDatabase(this.#found, { withPassword: true })
    expect(failure).toBeNull()
    return databases[0]!
  }

  /** Each is taken a minute after the one before. */
  async any(options: Partial<BackupOptions> = {}, facts?: DatabaseFacts): Promise<Backup> {
    const now = () => Date.UTC(2026, 0, 5, 10, this.#minute++)
    return backUp(this.runner, facts ?? (await this.facts()), { now, ...options })
  }

  async take(options: Partial<BackupOptions> = {}, facts?: DatabaseFacts): Promise<FileBackup> {
    return (await this.any(options, facts)) as FileBackup
  }

  /** Why there is no backup; and nothing is left of it. */
  async refusal(options: Partial<BackupOptions> = {}, facts?: DatabaseFacts): Promise<BackupFailed> {
    const before = this.kept()
    const failure = await this.any(options, facts).then(
      () => expect.unreachable('there is a backup'),
      (error: BackupFailed) => error,
    )
    expect(failure).toMatchObject({ name: 'BackupFailed', message: expect.not.stringMatching(/^[A-Z]|\.$/) })
    expect(this.kept()).toEqual(before)
    return failure
  }

  /** The names of all files below the state's folder, but for what is written down beside each backup. */
  kept(): readonly string[] {
    if (!existsSync(this.state)) return []
    const found = readdirSync(this.state, { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile() && !entry.name.endsWith('.json'),
    )
    return found.map((entry) => entry.name).sort()
  }

  /** Runs commands as a person would, in their shell. */
  type(commands: readonly ShellCommand[]): void {
    for (const command of commands) {
      const typed = typedShellCommand(command)
      const { status, output } = this.world.git.run('sh', ['-c', typed], '/', { env: this.app.env })
      expect(output, typed).not.toMatch(/error/i)
      expect(status, `${typed}: ${output}`).toBe(0)
    }
  }

  /** Puts shell scripts of these names in front of the real programs; one called `python` is the project's Python. */
  install(programs: Readonly<Record<string, string>>): void {
    const folder = join(this.world.git.folder, 'programs')
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`)
      chmodSync(join(folder, name), 0o755)
    }
    const env = { ...this.#found.childEnvironment() }
    env.PATH = pathWith(folder, env)
    const command = 'python' in programs ? [join(folder, 'python')] : this.#found.command
    this.runner = { ...this.#found, command, childEnvironment: () => env }
  }

  /** Where a program of the machine is. */
  real(name: string): string {
    return this.world.git.run('sh', ['-c', `command -v ${name}`], '/').stdout.trim()
  }
}
