import { existsSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Environment } from '@onehead/core'
import {
  defaultConfiguration,
  findRunner,
  loadEnvironments,
  type Runner,
  type RunnerSettings,
  workingTree,
} from '@onehead/workspace'
import type { DatabaseApp } from './database-world.js'

/** The environment of an app, by its configuration file; `config` is relative to the app. */
export async function environmentOf({ repository, folder }: DatabaseApp, config = 'alembic.ini'): Promise<Environment> {
  const path = join(relative(repository.root, folder), config)
  const options = { root: repository.root }
  const { environments } = await loadEnvironments(
    workingTree(repository.root),
    [{ config: path, explicit: true }],
    defaultConfiguration,
    options,
  )
  if (environments[0] === undefined) throw new Error(`no environment in ${path}`)
  return environments[0]
}

/** The runner of an app: the Python of its world, as the app's own virtual environment. */
export async function runnerOf(
  app: DatabaseApp,
  python: string,
  settings: RunnerSettings & { readonly config?: string } = {},
): Promise<Runner> {
  const home = join(app.folder, '.venv')
  if (!existsSync(home)) symlinkSync(dirname(dirname(python)), home)
  const { config, ...others } = settings
  const runner = await findRunner(app.repository.root, await environmentOf(app, config), { shell: app.env, ...others })
  if (runner.kind === 'missing') throw new Error(`${runner.message}: ${JSON.stringify(runner.attempts)}`)
  return runner
}
