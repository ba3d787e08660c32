import {
  adviseDatabase,
  type DatabaseStatus,
  type Environment,
  type EnvironmentStatus,
  type Fact,
  type FactPlace,
  firstLine,
  type History,
  LineIndex,
  nearest,
  type Script,
  sayWhereabouts,
  shellWord,
  type UnknownRevision,
} from '@onehead/core'
import type { Configuration } from '../configuration/index.js'
import { reportAnswers } from '../status/report-answers.js'
import { findWhereabouts } from '../status/whereabouts.js'
import type { SourceReader } from '../use-cases/sources.js'
import { type Found, type Look, NOTHING, type Surroundings } from './found.js'

/** So many scripts with one id, or with an id that begins so, are shown. */
const MOST_SCRIPTS = 4

/** Where the revisions that a text names are declared; where git has those that are not here. */
export const lookAtRevisions: Look = async (surroundings, { error, concerned }) => {
  const { revision, other } = error.subject
  // Else it is a script that names it.
  const isInDatabase = error.known.kind !== 'missing-down-revision'
  const found: Found[] = []
  for (const id of new Set([revision, other])) {
    if (id !== undefined) found.push(await lookAtOne(id, surroundings, concerned, isInDatabase))
  }
  const leading = found.find(({ command }) => command) ?? found[0] ?? NOTHING
  return { ...leading, facts: found.flatMap(({ facts }) => facts) }
}

async function lookAtOne(
  id: string,
  surroundings: Surroundings,
  concerned: readonly History[],
  isInDatabase: boolean,
): Promise<Found> {
  const { histories, reader } = surroundings
  const declared = await declaredIn(histories, id, reader)
  const named = await namedBy(concerned, id, reader)
  if (declared.length > 0) return { facts: [...declared, ...named] }
  const labelled = await labelledIn(histories, id, reader)
  if (labelled.length > 0) return { facts: [...labelled, ...named] }
  const begun = await begunIn(concerned, id, reader)
  if (begun.length > 0) return { facts: [...begun, ...named] }
  const sought = await seek(id, surroundings, concerned, isInDatabase)
  return { ...sought, facts: [...named, ...sought.facts] }
}

async function declaredIn(histories: readonly History[], id: string, reader: SourceReader): Promise<readonly Fact[]> {
  const facts: Fact[] = []
  for (const { environment, scripts } of histories) {
    const own = scripts.filter(({ revision }) => revision === id)
    if (own.length === 0) continue
    const places = await Promise.all(
      own.slice(0, MOST_SCRIPTS).map((script) => placeOf(reader, script, script.spans.revision, said(script))),
    )
    const how = own.length === 1 ? 'is declared here' : `is declared by ${own.length} scripts`
    facts.push({ environment: environment.name, message: `${id} ${how}`, places })
  }
  return facts
}

/** Scripts that revise it, or depend on it. */
async function namedBy(histories: readonly History[], id: string, reader: SourceReader): Promise<readonly Fact[]> {
  const facts: Fact[] = []
  for (const { environment, scripts, map } of histories) {
    if (map.has(id)) continue
    const places: FactPlace[] = []
    for (const script of scripts) {
      const { downRevisions, dependsOn, spans } = script
      const [down, depends] = [downRevisions.indexOf(id), dependsOn.indexOf(id)]
      const span = down !== -1 ? spans.downRevisions[down] : depends !== -1 ? spans.dependsOn[depends] : undefined
      if (down === -1 && depends === -1) continue
      const how = down !== -1 ? 'revises it' : 'depends on it'
      if (places.length < MOST_SCRIPTS)
        places.push(await placeOf(reader, script, span ?? null, `${script.revision} ${how}`))
    }
    if (places.length > 0)
      facts.push({ environment: environment.name, message: `no script here declares ${id}`, places })
  }
  return facts
}

async function labelledIn(histories: readonly History[], id: string, reader: SourceReader): Promise<readonly Fact[]> {
  const facts: Fact[] = []
  for (const { environment, scripts } of histories) {
    for (const script of scripts) {
      const index = script.branchLabels.indexOf(id)
      if (index === -1) continue
      const place = await placeOf(
        reader,
        script,
        script.spans.branchLabels[index] ?? null,
        `a label of ${script.revision}`,
      )
      facts.push({
        environment: environment.name,
        message: `${id} is a branch label, and no revision id`,
        places: [place],
      })
    }
  }
  return facts
}

/** The beginning of an id, as Alembic's command line takes it. */
async function begunIn(histories: readonly History[], id: string, reader: SourceReader): Promise<readonly Fact[]> {
  const facts: Fact[] = []
  for (const { environment, scripts } of histories) {
    const own = scripts.filter(({ revision }) => revision.startsWith(id))
    if (own.length === 0) continue
    const places = await Promise.all(
      own.slice(0, MOST_SCRIPTS).map((script) => placeOf(reader, script, script.spans.revision, said(script))),
    )
    const message =
      own.length === 1 ? `one revision begins with ${id}` : `${own.length} revisions begin with ${id}: give more of it`
    facts.push({ environment: environment.name, message, places })
  }
  return facts
}

/** In git, and in what our own repairs have noted: as if a database stood there. */
async function seek(
  id: string,
  { options, workspace }: Surroundings,
  concerned: readonly History[],
  isInDatabase: boolean,
): Promise<Found> {
  const asked = concerned.map((history) => {
    const { environment } = history
    const database = { ...NO_DATABASE, currentRevisions: [id] }
    const runner = { kind: 'missing', environment, attempts: [], message: '', help: '', command: null } as const
    return { history, runner, answer: { databases: [database], failure: null, run: NO_RUN } }
  })
  const reports = await reportAnswers(options.root, asked, workspace.configuration)
  const stood = reports.flatMap((status) => status.databases.map((database) => ({ status, database })))
  const best = stood.find(isFound) ?? stood[0]
  if (best === undefined) return NOTHING
  // A history that Alembic refuses to load says nothing of where a database stands in it.
  const unknown =
    best.database.unknown.find(({ revision }) => revision === id) ??
    (await searchFor(id, concerned, options.root, workspace.configuration))
  const database: DatabaseStatus = {
    ...best.database,
    standing: { kind: 'unknown', unknown: [id] },
    unknown: [unknown],
  }
  const advice = isInDatabase ? adviseDatabase(best.status, database) : adviseScript(unknown)
  const isHere = unknown.whereabouts !== null || best.database.moved.length > 0
  const near = isHere
    ? null
    : nearest(
        id,
        concerned.flatMap(({ scripts }) => scripts.map(({ revision }) => revision)),
      )
  const facts: Fact[] = [
    {
      environment: isHere && concerned.length > 1 ? best.status.name : null,
      message: `${id}: ${sayWhereabouts(unknown)}`,
      places: [],
    },
    ...(near === null ? [] : [{ environment: null, message: `the nearest id here is ${near}`, places: [] }]),
  ]
  return { facts, help: isHere ? (advice?.help ?? null) : null, command: isHere ? (advice?.command ?? null) : null }
}

function isFound({
  status,
  database,
}: {
  readonly status: EnvironmentStatus
  readonly database: DatabaseStatus
}): boolean {
  if (database.moved.some(({ formerly }) => database.currentRevisions.includes(formerly))) return true
  return database.unknown.some(
    ({ whereabouts }) => whereabouts !== null && liesIn(status.environment, whereabouts.path),
  )
}

async function searchFor(
  revision: string,
  concerned: readonly History[],
  root: string,
  configuration: Configuration,
): Promise<UnknownRevision> {
  const sought = concerned.map((history) => ({ revision, history }))
  const found = await findWhereabouts(root, sought, configuration)
  return { revision, searched: found.has(revision), whereabouts: found.get(revision) ?? null }
}

/** A script that others need: no database has to have run it. */
function adviseScript({ whereabouts }: UnknownRevision): { readonly help: string; readonly command: string } | null {
  if (whereabouts === null) return null
  const { refs, added, removed, missing } = whereabouts
  const [ref] = refs
  const from = removed !== null ? `${removed.commit.slice(0, 12)}~1` : (ref?.name ?? added?.commit.slice(0, 12))
  if (from === undefined) return null
  const what = missing.length === 1 ? 'the script' : `the ${missing.length} scripts`
  const other = removed === null && ref !== undefined ? `, or merge ${ref.name}` : ''
  return {
    help: `bring ${what} back from ${removed === null && ref !== undefined ? ref.name : 'that commit'}${other}`,
    command: `git restore --source=${shellWord(from)} -- ${missing.map(shellWord).join(' ')}`,
  }
}

function liesIn(environment: Environment | null, path: string): boolean {
  return environment?.versionLocations.some((folder) => folder === '' || path.startsWith(`${folder}/`)) === true
}

const said = ({ revision, message }: Script): string => `${revision}${message === '' ? '' : `, ${firstLine(message)}`}`

async function placeOf(
  reader: SourceReader,
  { path }: Script,
  span: { readonly start: number } | null,
  text: string,
): Promise<FactPlace> {
  if (span === null) return { path, line: null, column: null, text }
  const bytes = await reader.complete(() => reader.bytes(path))
  const { line, column } = new LineIndex(bytes).position(span.start)
  return { path, line, column, text }
}

/** A database of which nothing is known but where it stands. */
const NO_DATABASE = {
  ...{ name: null, dialect: '', driver: null, isMariaDB: false, serverVersion: null, isOffline: false, address: null },
  ...{ user: null, host: null, port: null, database: null, exists: true, versionTable: '', versionTableSchema: null },
  ...{ hasVersionTable: true, leftovers: [], columns: {}, connection: null },
} as const

const NO_RUN = {
  ...{ code: 0, signal: null, stdout: '', stderr: '', stopped: null, notStarted: null },
  ...{ typed: '', cwd: '', timedOut: false, failure: null },
} as const
