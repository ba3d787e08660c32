import {
  type History,
  judgeRehearsal,
  LineIndex,
  type RehearsalRefusal,
  type RehearsedEnvironment,
  reportEnvironment,
  type ScriptFacts,
  type SeenRehearsal,
} from '@onehead/core'
import { askDatabase, type DatabaseAnswer } from '../alembic/ask-database.js'
import type { Runner } from '../alembic/runner.js'
import type { OpenWorkspace } from '../use-cases/open-workspace.js'
import { type SourceReader, sourceReader } from '../use-cases/sources.js'
import type { Collector } from './collect.js'
import { dropLeftovers } from './drop-leftovers.js'
import type { RehearsalNote } from './notes.js'
import type { RehearseOptions } from './options.js'
import { type BroughtScripts, bringScripts } from './other-branch.js'
import { type RunEnd, runRehearsal } from './run-rehearsal.js'
import { checkSchemaFile, writeSchemaFile } from './schema-file.js'
import { findChanges } from './untouched.js'
import { inWorkFolder } from './work-folder.js'

export interface Rehearsed {
  readonly environment: RehearsedEnvironment
  /** The signal that ended it, or null. */
  readonly stopped: string | null
}

/** An environment that is not rehearsed. */
export function refused(
  { environment }: Pick<History, 'environment'>,
  options: RehearseOptions,
  refusal: RehearsalRefusal,
): RehearsedEnvironment {
  const { name, path, config, section } = environment
  return {
    ...{ name, path: path || '.', config, section, source: sourceOf(options), because: null, databases: [] },
    ...{ revisions: [], findings: [], branches: [], models: 'unasked', schemas: [], notes: [], isUntouched: null },
    refusal,
  }
}

function sourceOf({ from, empty }: RehearseOptions): RehearsedEnvironment['source'] {
  return from != null ? 'dump' : empty ? 'empty' : 'copy'
}

/** Rehearses one environment, whatever happens in it. Throws `UsageError` for what `mergeWith` names. */
export async function rehearseEnvironment(
  history: History,
  runner: Runner,
  workspace: OpenWorkspace,
  options: RehearseOptions,
): Promise<Rehearsed> {
  const { error } = reportEnvironment(history)
  if (error !== null) {
    const command = `onehead check ${history.environment.name}`
    const refusal = { kind: 'scripts' as const, message: error.message || error.kind, notes: [], command }
    return done(refused(history, options, { ...refusal, help: 'see what is wrong with the scripts first' }))
  }
  return inWorkFolder(options.shell ?? process.env, async (work) => {
    const { mergeWith = null } = options
    const brought = mergeWith === null ? null : await bringScripts(options.root, mergeWith, history, workspace, work)
    const before = await askDatabase(runner, askOptions(options))
    if (before.run.stopped?.startsWith('SIG')) return stoppedBefore(history, options, before)
    if (before.run.timedOut)
      return done(refused(history, options, tooSlow(null, history.environment.name, options, 60)))
    const end = await runRehearsal(runner, planOf(history, options, work, brought), options)
    if (!end.collector.isDropped) await dropLeftovers(runner, end.collector, options)
    const environment = await judge(history, workspace, options, brought, end)
    const changes = await findChanges(runner, before, askOptions(options))
    const notes = [...environment.notes, ...noteOfBranch(mergeWith, brought)]
    const findings = [...environment.findings, ...(changes ?? [])]
    const isUntouched = changes === null ? null : changes.length === 0
    const told = { ...environment, notes, findings, isUntouched }
    const stopped = end.run.stopped?.startsWith('SIG') ? end.run.stopped : null
    return { environment: withSchemaFile(told, options), stopped }
  })
}

const done = (environment: RehearsedEnvironment): Rehearsed => ({ environment, stopped: null })

function stoppedBefore(history: History, options: RehearseOptions, { run }: DatabaseAnswer): Rehearsed {
  const refusal = { kind: 'stopped' as const, message: `it was stopped (${run.stopped})`, notes: [] }
  return { environment: refused(history, options, { ...refusal, help: null, command: null }), stopped: run.stopped }
}

function askOptions({ x = [], timeoutSeconds }: RehearseOptions) {
  return { x, ...(timeoutSeconds === undefined ? {} : { timeoutMs: timeoutSeconds * 1000 }) }
}

function noteOfBranch(mergeWith: string | null, brought: BroughtScripts | null): readonly string[] {
  return mergeWith !== null && brought === null ? [`${mergeWith} brings no revision that is not here`] : []
}

function planOf({ environment }: History, options: RehearseOptions, work: string, brought: BroughtScripts | null) {
  const { onProgress } = options
  const onNote = (note: RehearsalNote, collector: Collector) => {
    if (note.note === 'copying') onProgress?.({ kind: 'copy', environment: environment.name, original: note.original })
    if (note.note === 'other-order') onProgress?.({ kind: 'other-order', environment: environment.name })
    if (note.note !== 'begin' || (note.step !== 'up' && note.step !== 'down' && note.step !== 'up-again')) return
    const { revision, step } = note
    const place = { number: collector.numberOf(revision), of: collector.length }
    onProgress?.({ kind: 'step', environment: environment.name, revision, step, ...place })
  }
  return { source: sourceOf(options), work, extra: brought?.folder ?? null, onNote }
}

async function judge(
  history: History,
  { snapshot }: OpenWorkspace,
  options: RehearseOptions,
  brought: BroughtScripts | null,
  end: RunEnd,
): Promise<RehearsedEnvironment> {
  const { collector } = end
  const seen = collector.seen()
  const reader = sourceReader(snapshot)
  const script = (revision: string) => factsOf(revision, history, brought, reader)
  const mergedWith = brought === null ? null : (options.mergeWith ?? null)
  const judged = await reader.complete(() => judgeRehearsal(seen, { script, mergedWith }))
  const databases = seen.databases.map((one) => ({
    ...one,
    isKept: options.keep === true || collector.left.has(one.copy),
  }))
  const { name, path, config, section } = history.environment
  const refusal = refusalOf(end, history, options)
  return {
    ...{ name, path: path || '.', config, section, source: sourceOf(options), because: collector.because, databases },
    ...judged,
    models: refusal === null || seen.models.some((one) => one !== null) ? judged.models : 'unasked',
    schemas: schemasOf(seen),
    notes: collector.notes,
    isUntouched: null,
    refusal,
  }
}

function schemasOf({ databases, ends }: SeenRehearsal): RehearsedEnvironment['schemas'] {
  return databases.flatMap(({ name }, index) => (ends[index] == null ? [] : [{ database: name, items: ends[index] }]))
}

function factsOf(
  revision: string,
  { map }: History,
  brought: BroughtScripts | null,
  reader: SourceReader,
): ScriptFacts | null {
  const script = map.get(revision)
  if (script === undefined) {
    const message = brought?.messages.get(revision)
    return message === undefined ? null : { message, path: null, operations: null, lineOf: () => 1 }
  }
  const { path, message } = script
  const operations = reader.operations(path)
  const lines = new LineIndex(reader.bytes(path))
  return { message, path, operations, lineOf: ({ start }) => lines.position(start).line }
}

/** Why it did not come to its end; null where it did, whatever it found. */
function refusalOf(end: RunEnd, { environment }: History, options: RehearseOptions): RehearsalRefusal | null {
  const { collector, run, isTooSlow } = end
  const { name } = environment
  if (isTooSlow) return tooSlow(collector.current, name, options, 600)
  if (run.stopped !== null) {
    return { kind: 'stopped', message: `it was stopped (${run.stopped})`, notes: [], help: null, command: null }
  }
  const { refusal, isEnded } = collector
  if (refusal === null && isEnded) return null
  if (refusal === null) {
    const { message = 'it ended before its end', cause = null, help = null } = run.failure ?? {}
    return { kind: 'environment', message, notes: cause === null ? [] : [cause], help, command: null }
  }
  if (refusal.kind === 'remote') return { ...refusal, command: `onehead rehearse ${name} --remote` }
  if (/Can't locate revision/.test(refusal.message)) {
    const help = 'see where the database stands, or rehearse on an empty one with --empty'
    return { ...refusal, kind: 'database', help, command: `onehead status ${name}` }
  }
  return refusal
}

/** @param usual what counts where nobody has said `--timeout` */
function tooSlow(
  current: Collector['current'],
  name: string,
  { timeoutSeconds }: RehearseOptions,
  usual: number,
): RehearsalRefusal {
  const seconds = timeoutSeconds ?? usual
  const step = current?.step === 'down' || current?.step === 'back' ? 'downgrade()' : 'upgrade()'
  const what = current === null ? 'env.py' : `${step} of ${current.revision}`
  return {
    kind: 'timeout',
    message: `${what} did not end within ${seconds} seconds and was stopped`,
    notes: [],
    help: 'see what it waits for, or give it more time',
    command: `onehead rehearse ${name} --timeout ${seconds * 4}`,
  }
}

function withSchemaFile(environment: RehearsedEnvironment, options: RehearseOptions): RehearsedEnvironment {
  const { writeSchema = null, checkSchema = null } = options
  if (environment.schemas.length === 0) return environment
  if (writeSchema !== null)
    return { ...environment, notes: [...environment.notes, ...writeSchemaFile(writeSchema, environment, options.root)] }
  if (checkSchema === null) return environment
  const { findings, notes } = checkSchemaFile(checkSchema, environment, options.root)
  return { ...environment, findings: [...environment.findings, ...findings], notes: [...environment.notes, ...notes] }
}
