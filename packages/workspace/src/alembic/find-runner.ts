import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '@onehead/core'
import type { EnvironmentConfiguration } from '../configuration/index.js'
import { type Candidate, CONFIGURED, listCandidates } from './candidates.js'
import { type Probes, type PythonFacts, probe } from './probe.js'
import type { Attempt, Runner, RunnerMissing } from './runner.js'

/** What `onehead.json` says about running this environment, and where we run. */
export interface RunnerSettings extends Pick<EnvironmentConfiguration, 'runner' | 'app' | 'env' | 'databaseUrlEnv'> {
  /** The environment of this process by default. */
  readonly shell?: NodeJS.ProcessEnv
  /** Shared between the environments of one run, so that each Python is asked once. */
  readonly probes?: Probes
  readonly platform?: NodeJS.Platform
}

/**
 * Finds the Python that the project's people run Alembic with, and verifies that Alembic (for Flask-Migrate that too) can be imported
 * there. The first candidate that has it is taken; see `listCandidates` for their order. Starts Python, imports nothing of the
 * project, and writes nothing.
 *
 * @param root absolute path of the workspace
 */
export async function findRunner(
  root: string,
  environment: Environment,
  settings: RunnerSettings = {},
): Promise<Runner | RunnerMissing> {
  const shell = settings.shell ?? process.env
  const form = environment.kind === 'flask-migrate' || settings.app !== undefined ? 'flask' : 'alembic'
  const cwd = join(root, cwdOf(environment))
  if (!existsSync(cwd)) return nowhere(environment, cwd)
  const platform = settings.platform ?? process.platform
  const candidates = listCandidates({
    root,
    folders: foldersOf(environment),
    cwd,
    runner: settings.runner,
    shell,
    platform,
  })
  const attempts: Attempt[] = []
  for (const candidate of candidates) {
    const { way, because } = candidate
    const found = await probe(candidate, shell, settings.probes ?? new Map())
    const trouble = 'trouble' in found ? found.trouble : lacking(form, found.facts)
    attempts.push({ way, because, trouble: trouble?.message ?? null, command: trouble?.command ?? null })
    if (trouble === null && 'facts' in found) {
      const { command, typed } = candidate
      return {
        kind: 'runner',
        ...{ environment, root, form, cwd, way, because, command, typed, attempts },
        facts: found.facts,
        app: settings.app ?? null,
        databaseUrlEnv: settings.databaseUrlEnv ?? null,
        configuredVariables: Object.keys(settings.env ?? {}),
        childEnvironment: () => childEnvironment(shell, candidate, settings),
      }
    }
  }
  return missing(environment, form, attempts)
}

/** Where Alembic is run when nobody has looked: where the configuration lies; for Flask-Migrate where its folder lies. */
function cwdOf({ cwd, config, kind }: Environment): string {
  if (cwd !== undefined) return cwd
  const directory = parent(config)
  return kind === 'flask-migrate' ? parent(directory) : directory
}

/** From the configuration up to the root, then from the scripts, which may lie elsewhere; the root last. */
function foldersOf({ config, path }: Environment): readonly string[] {
  const folders = [...upwards(parent(config)), ...upwards(path)].filter((folder) => folder !== '')
  return [...new Set([...folders, ''])]
}

function upwards(folder: string): readonly string[] {
  return folder === '' ? [''] : [folder, ...upwards(parent(folder))]
}

const parent = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

function lacking(form: Runner['form'], { alembic, flaskMigrate, python }: PythonFacts) {
  const name = alembic === null ? 'Alembic' : form === 'flask' && flaskMigrate === null ? 'Flask-Migrate' : null
  return name === null ? null : { message: `${name} is not installed there (Python ${python})`, command: null }
}

/**
 * Of the surrounding environment everything stays but what would mislead. onehead.json has the last word, as `NAME=value` in front of
 * a command has. Output comes at once and in one encoding.
 */
function childEnvironment(shell: NodeJS.ProcessEnv, candidate: Candidate, settings: RunnerSettings): NodeJS.ProcessEnv {
  return {
    ...shell,
    // The configuration is named on the command line; this would add another one.
    ALEMBIC_CONFIG: undefined,
    // What `init --guard` puts into env.py is for runs that nobody has judged.
    ONEHEAD_GUARD: 'off',
    PYTHONUNBUFFERED: '1',
    PYTHONIOENCODING: 'utf-8:backslashreplace',
    ...candidate.variables,
    ...(settings.app === undefined ? {} : { FLASK_APP: settings.app }),
    ...settings.env,
  }
}

function nowhere(environment: Environment, cwd: string): RunnerMissing {
  const message = `Alembic is to be run in ${cwd}, which is not there`
  const help = 'correct "cwd" of this environment in onehead.json'
  return { kind: 'missing', environment, attempts: [], message, help, command: null }
}

function missing(environment: Environment, form: Runner['form'], attempts: readonly Attempt[]): RunnerMissing {
  const what = form === 'flask' ? 'Flask-Migrate' : 'Alembic'
  const cure = attempts.find(({ command }) => command !== null)
  const isConfigured = attempts.length === 1 && attempts[0]!.because === CONFIGURED
  const last = attempts.length === 1 ? `: ${attempts[0]!.trouble}` : ''
  return {
    kind: 'missing',
    environment,
    attempts,
    message: `no Python with ${what} was found for ${environment.name}${last}`,
    help: cure
      ? `run \`${cure.command}\`: ${cure.trouble}`
      : isConfigured
        ? 'correct "runner" of this environment in onehead.json'
        : `install the project's requirements into ${environment.cwd ? `${environment.cwd}/` : ''}.venv, or name its Python as "runner" in onehead.json`,
    command: cure?.command ?? null,
  }
}
