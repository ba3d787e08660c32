import type { Environment, Parser } from '@onehead/core'
import { type Bytes, endOfLine, findBlock } from '../hooks/hook-file.js'
import type { FileEdit } from '../hooks/plan.js'
import { joinWords } from '../processes/words.js'
import { GUARD_MARKS, guardBlock, judgeBlock } from './block.js'
import { type EnvFile, readEnvFile, type Snippet } from './env-file.js'
import type { GuardedFile } from './load-files.js'

/** `replaced`: the snippet of a guide went, and the guard came. */
export type GuardChange = 'added' | 'replaced' | 'updated' | 'unchanged' | 'removed'

export interface PlannedGuard {
  readonly path: string
  readonly environments: readonly string[]
  readonly change: GuardChange
}

/** Why nothing is written at all, and the way out. */
export interface GuardRefusal {
  /** `snippet`: somebody has to agree that it goes. */
  readonly kind: 'snippet' | 'file'
  readonly path: string
  readonly message: string
  readonly help: string
  /** Lines to put in by hand, where that is the way out. */
  readonly paste: readonly string[] | null
}

/** Everything that would be done, as data. With refusals there are no edits. */
export interface GuardPlan {
  readonly guards: readonly PlannedGuard[]
  readonly edits: readonly FileEdit[]
  readonly refusals: readonly GuardRefusal[]
  /** Sentences about what was left out. */
  readonly warnings: readonly string[]
}

export interface GuardChoice {
  /** Take the snippet of a guide out where there is one. */
  readonly replaceSnippet: boolean
}

/** Plans the guard for each env.py. Pure. Applied, planning again finds nothing to do, and every other byte is as it was. */
export function planGuard(files: readonly GuardedFile[], parser: Parser, choice: GuardChoice): GuardPlan {
  return together(files.map((file) => planFile(file, parser, choice)))
}

/** Plans to take the guard out of each env.py that has one. Pure. */
export function planGuardRemoval(files: readonly GuardedFile[]): GuardPlan {
  return together(
    files.flatMap((file): readonly Planned[] => {
      const place = findBlock(file.text ?? '', GUARD_MARKS)
      if (file.text === null || place.kind === 'none') return []
      const torn = refuseTorn(file, 'delete what is left of it by hand') ?? refuseWriting(file)
      if (torn !== null || place.kind === 'torn') return [{ refusal: torn! }]
      return [says(file, 'removed', takeGuard(file.text))]
    }),
  )
}

type Planned =
  | { readonly refusal: GuardRefusal }
  | { readonly guard: PlannedGuard; readonly edit: FileEdit | null; readonly refusal?: undefined }

function together(planned: readonly Planned[]): GuardPlan {
  const refusals = planned.flatMap(({ refusal }) => refusal ?? [])
  if (refusals.length > 0) return { guards: [], edits: [], refusals, warnings: [] }
  const done = planned.flatMap((one) => ('guard' in one ? [one] : []))
  const edits = done.flatMap(({ edit }) => edit ?? [])
  return { guards: done.map(({ guard }) => guard), edits, refusals, warnings: [] }
}

function says({ path, environments, text }: GuardedFile, change: GuardChange, after: Bytes | null): Planned {
  const guard = { path, environments: environments.map(({ name }) => name), change }
  return { guard, edit: after === null ? null : { path, before: text, after, executable: false } }
}

function planFile(file: GuardedFile, parser: Parser, { replaceSnippet }: GuardChoice): Planned {
  const { text } = file
  const wanted = wantedBlock(file)
  if (text === null) return { refusal: missing(file) }
  if ('refusal' in wanted) return wanted
  const refused = refuseTorn(file, 'mend the marks or delete what is left of it by hand, then run it again')
  if (refused !== null) return { refusal: refused }
  const read = readEnvFile(parser, text)
  const snippet = refuseSnippet(file, read.snippet, replaceSnippet)
  if (snippet !== null) return { refusal: snippet }
  const place = findBlock(text, GUARD_MARKS)
  if (place.kind === 'one') {
    const worth = judgeBlock(text.slice(place.start, place.end), wanted.lines)
    if (worth === 'edited') return { refusal: editedByHand(file) }
    if (worth === 'current' && read.snippet === null) return says(file, 'unchanged', null)
  } else if (read.kind === 'unusual')
    return { refusal: { ...byHand(file, `${file.path} ${read.reason}`), paste: wanted.lines } }
  const change = place.kind === 'one' ? 'updated' : read.snippet === null ? 'added' : 'replaced'
  return finish(file, change, put(text, read, wanted.lines))
}

function finish(file: GuardedFile, change: GuardChange, after: Bytes): Planned {
  const refusal = refuseWriting(file)
  return refusal === null ? says(file, change, after) : { refusal }
}

/** The block in its place, without the snippet. */
function put(text: Bytes, read: EnvFile, lines: readonly string[]): Bytes {
  const eol = endOfLine(text)
  const place = findBlock(text, GUARD_MARKS)
  const cuts = (read.snippet?.ranges ?? []).map((range) => ({ ...range, by: '' }))
  if (place.kind === 'one') {
    const hadLineEnd = text[place.end - 1] === '\n'
    cuts.push({ start: place.start, end: place.end, by: lines.join(eol) + (hadLineEnd ? eol : '') })
  } else if (read.kind === 'usual')
    cuts.push({ start: read.place, end: read.place, by: `${lines.join(eol)}${eol}${eol}` })
  const fromBehind = cuts.sort((one, other) => other.start - one.start)
  return fromBehind.reduce((after, { start, end, by }) => after.slice(0, start) + by + after.slice(end), text)
}

/** The text without the block, and without the empty line that came with it: what it was before `planGuard`. */
function takeGuard(text: Bytes): Bytes {
  const place = findBlock(text, GUARD_MARKS)
  if (place.kind !== 'one') return text
  const rest = text.slice(place.end)
  return text.slice(0, place.start) + rest.replace(/^\r?\n/, '')
}

/** The lines that belong into a file, or why nobody can say. */
export function wantedBlock(file: GuardedFile): { readonly lines: readonly string[] } | { refusal: GuardRefusal } {
  const { environments, path } = file
  const [first] = environments
  const expected = new Set(environments.map(({ settings }) => JSON.stringify(settings.expectedHeads)))
  if (expected.size > 1 || first === undefined) {
    const names = environments.map(({ name }) => name).join(', ')
    const message = `${path} serves ${names}, which expect different numbers of heads`
    const help = 'give them the same `expectedHeads` in onehead.json, or an env.py of their own'
    return { refusal: { kind: 'file', path, message, help, paste: null } }
  }
  const indent = /^\t/m.test(file.text ?? '') && !/^ {2}/m.test(file.text ?? '') ? '\t' : '    '
  const environment = environments.length === 1 ? first.name : null
  return { lines: guardBlock({ expectedHeads: first.settings.expectedHeads, environment, indent }) }
}

/** The command for these environments alone. */
export function guardCommand(environments: readonly Pick<Environment, 'name'>[], ...flags: readonly string[]): string {
  return joinWords(['onehead', 'init', '--guard', ...flags, ...environments.map(({ name }) => name)])
}

function refuseTorn({ path, text }: GuardedFile, help: string): GuardRefusal | null {
  const place = findBlock(text ?? '', GUARD_MARKS)
  if (place.kind !== 'torn') return null
  return { kind: 'file', path, message: `${path} ${place.reason}`, help, paste: null }
}

function refuseSnippet(
  { path, environments }: GuardedFile,
  snippet: Snippet | null,
  mayReplace: boolean,
): GuardRefusal | null {
  if (snippet === null) return null
  const { line, usedElsewhere } = snippet
  const message = `${path}:${line} opens a second EnvironmentContext, as guides advise: Alembic then ends in a KeyError`
  if (usedElsewhere.length > 0) {
    const help = `take these lines out by hand; the rest of the file uses ${usedElsewhere.join(', ')}`
    return { kind: 'file', path, message, help, paste: null }
  }
  if (mayReplace) return null
  const help = `\`${guardCommand(environments, '--replace-snippet')}\` puts the guard in its place`
  return { kind: 'snippet', path, message, help, paste: null }
}

function refuseWriting({ path, leadsOutside, isReadOnly }: GuardedFile): GuardRefusal | null {
  if (leadsOutside) {
    const message = `${path} is a link that leads out of the workspace`
    return { kind: 'file', path, message, help: 'make it a file of its own', paste: null }
  }
  if (!isReadOnly) return null
  const help = `run \`${joinWords(['chmod', 'u+w', path])}\``
  return { kind: 'file', path, message: `${path} is read-only`, help, paste: null }
}

function missing({ path, environments }: GuardedFile): GuardRefusal {
  const message = `there is no ${path}`
  const help = `restore it from git: without it Alembic runs nothing of ${environments.map(({ name }) => name).join(', ')}`
  return { kind: 'file', path, message, help, paste: null }
}

function editedByHand({ path, environments }: GuardedFile): GuardRefusal {
  const message = `the guard in ${path} was changed by hand`
  const help = `keep it, or take it out with \`${guardCommand(environments, '--uninstall')}\` and put it in again`
  return { kind: 'file', path, message, help, paste: null }
}

function byHand({ path }: GuardedFile, message: string): GuardRefusal {
  return {
    kind: 'file',
    path,
    message,
    help: 'put these lines where env.py has its `config` and nothing has run yet',
    paste: null,
  }
}
