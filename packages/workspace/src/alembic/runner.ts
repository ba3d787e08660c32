import type { Environment } from '@onehead/core'
import { joinWords } from '../processes/words.js'
import type { Way } from './candidates.js'
import type { PythonFacts } from './probe.js'

/** One place where the project's Python was looked for. */
export interface Attempt {
  readonly way: Way
  /** What spoke for it: `services/billing/uv.lock`, `$VIRTUAL_ENV`. */
  readonly because: string
  /** What was wrong with it, lower case; null for the one taken. */
  readonly trouble: string | null
  /** One command that mends it, or null. */
  readonly command: string | null
}

/** How one environment's Alembic is run. Holds nothing secret: printing it is safe. */
export interface Runner {
  readonly kind: 'runner'
  readonly environment: Environment
  /** Absolute: the workspace. */
  readonly root: string
  /** `alembic …`, or `flask db …` of Flask-Migrate. */
  readonly form: 'alembic' | 'flask'
  /** The directory it is run in; absolute. */
  readonly cwd: string
  readonly way: Way
  readonly because: string
  /** The words that start Python. */
  readonly command: readonly string[]
  /** The words in front of `alembic` or `flask` as a person would type them; the last one is completed by the name. */
  readonly typed: readonly string[]
  readonly facts: PythonFacts
  /** Everything that was tried, the one taken last. */
  readonly attempts: readonly Attempt[]
  /** `app` of onehead.json. */
  readonly app: string | null
  /** `databaseUrlEnv` of onehead.json. */
  readonly databaseUrlEnv: string | null
  /** The names of the variables that onehead.json sets. */
  readonly configuredVariables: readonly string[]
  /** The whole environment of the child: a function, so that nobody prints it by accident. */
  readonly childEnvironment: () => NodeJS.ProcessEnv
}

/** No Python with what the environment needs. */
export interface RunnerMissing {
  readonly kind: 'missing'
  readonly environment: Environment
  readonly attempts: readonly Attempt[]
  /** Lower case, no full stop. */
  readonly message: string
  /** Starts with a verb. */
  readonly help: string
  /** One runnable command, or null. */
  readonly command: string | null
}

/** The words of one call, as a person would type them in `runner.cwd`: `uv run alembic -c db.ini upgrade head`. */
export function typedCommand(runner: Runner, words: readonly string[]): string {
  const program = runner.form === 'flask' ? 'flask' : 'alembic'
  const start = [...runner.typed.slice(0, -1), `${runner.typed.at(-1)}${program}`]
  const inner = runner.form === 'flask' ? [...(runner.app === null ? [] : ['--app', runner.app]), 'db'] : []
  return joinWords([...start, ...inner, ...words])
}
