import { relative } from 'node:path'
import { createPaint, visible } from '@onehead/core'
import type { Attempt, Runner, RunnerMissing } from './runner.js'

/** How the text is to look; the command line's own `Look` fits. */
export interface RunnerTextOptions {
  readonly color: boolean
  readonly unicode: boolean
}

/** The Python of one environment, for JSON. Paths are workspace-relative; nothing in it is secret. */
export interface RunnerReport {
  readonly environment: string
  readonly config: string
  /** Null where no Python has what is needed. */
  readonly runner: {
    readonly form: Runner['form']
    readonly way: Runner['way']
    readonly because: string
    /** The directory in which it is run; `.` is the root. */
    readonly cwd: string
    readonly python: string
    readonly alembic: string | null
    readonly flaskMigrate: string | null
    readonly sqlalchemy: string | null
  } | null
  readonly attempts: readonly Attempt[]
}

export function reportRunner(found: Runner | RunnerMissing): RunnerReport {
  const { environment, attempts } = found
  const about = { environment: environment.name, config: environment.config, attempts }
  if (found.kind === 'missing') return { ...about, runner: null }
  const { form, way, because, facts } = found
  const { python, alembic, flaskMigrate, sqlalchemy } = facts
  return { ...about, runner: { form, way, because, cwd: cwdOf(found), python, alembic, flaskMigrate, sqlalchemy } }
}

const cwdOf = ({ root, cwd }: Runner): string => relative(root, cwd).replaceAll('\\', '/') || '.'

/** So many names stand in one line. */
const NAMED = 3

/**
 * What `doctor` says about Python: a line for the environments that are run alike, and for those without one what was tried. Empty
 * where there is no environment.
 */
export function formatRunners(found: readonly (Runner | RunnerMissing)[], options: RunnerTextOptions): string {
  if (found.length === 0) return ''
  const paint = createPaint(options.color)
  const yes = paint('success', options.unicode ? '✔' : 'ok')
  const no = paint('faint', options.unicode ? '·' : '- ')
  const groups = new Map<string, (Runner | RunnerMissing)[]>()
  for (const one of found) {
    const says = one.kind === 'runner' ? `${yes} \0${describe(one)}` : `${no} \0${lines(one).join('\n')}`
    groups.set(says, [...(groups.get(says) ?? []), one])
  }
  const blocks = [...groups].map(([says, members]) => {
    const [sign, text = ''] = says.split('\0')
    const said = [...text.split('\n'), ...cureOf(members)]
    return `  ${sign}${visible(names(members))}: ${said.map(visible).join('\n      ')}\n`
  })
  return `Python (only for commands that reach a database)\n${blocks.join('')}`
}

function names(members: readonly (Runner | RunnerMissing)[]): string {
  const all = members.map(({ environment }) => environment.name)
  return all.length <= NAMED
    ? all.join(', ')
    : `${all.slice(0, NAMED - 1).join(', ')} and ${all.length - NAMED + 1} more`
}

function describe(runner: Runner): string {
  const { form, facts, because, way, environment, attempts } = runner
  const what =
    form === 'flask' ? `Flask-Migrate ${facts.flaskMigrate} with Alembic ${facts.alembic}` : `Alembic ${facts.alembic}`
  const how = WAYS[way] === null ? because : `${WAYS[way]} (${because})`
  const usual = environment.config.includes('/')
    ? environment.config.slice(0, environment.config.lastIndexOf('/'))
    : '.'
  const cwd = cwdOf(runner)
  const place = form === 'alembic' && cwd === usual ? '' : `, run in ${cwd}`
  const passedOver = attempts
    .filter(({ trouble }) => trouble !== null)
    .map((one) => `not by ${one.because}: ${one.trouble}${one.command === null ? '' : ` (cure: ${one.command})`}`)
  return [`${what} on Python ${facts.python}, by ${how}${place}`, ...passedOver].join('\n')
}

/** What starts it, where that is not said by what was found. */
const WAYS: Readonly<Record<Runner['way'], string | null>> = {
  configured: null,
  uv: 'uv',
  poetry: 'poetry',
  pipenv: 'pipenv',
  pdm: 'PDM',
  venv: null,
  active: null,
  system: null,
}

/** The same trouble may have a folder of its own in each cure. */
function cureOf(members: readonly (Runner | RunnerMissing)[]): readonly string[] {
  const cures = new Set(members.flatMap((one) => (one.kind === 'missing' ? [one.help] : [])))
  const [first] = cures
  if (first === undefined) return []
  return [`cure: ${first}${cures.size > 1 ? '; likewise for the others' : ''}`]
}

function lines({ message, attempts }: RunnerMissing): readonly string[] {
  const tried = attempts.map(({ because, trouble }) => `${because}: ${trouble}`)
  // The name stands in front already.
  const said = message.replace(/ was found for [^:]*/, ' was found')
  return [said, ...(tried.length > 1 ? tried : [])]
}
