import { knownErrors } from './catalogue/index.js'
import { evened } from './clean-lines.js'
import type { ErrorWeight, KnownError, Subject } from './known-error.js'
import {
  type Frame,
  type PrintedMessage,
  type PrintedText,
  type RunningStep,
  readPrintedText,
} from './printed-messages.js'
import { readStatement, type StatementSubject } from './statement-subject.js'

/** A known error in a text, with what the text says about it. */
export interface RecognisedError {
  readonly known: KnownError
  /** The part of the text that was recognised; a class name or a number where the text is in another language. */
  readonly matched: string
  /** Names in the text, or else in the statement. */
  readonly subject: Subject
  readonly statement: string | null
  readonly frames: readonly Frame[]
  readonly step: RunningStep | null
}

/** What is to be said about a text. */
export interface ErrorRecognition {
  /** The root first; each kind once for each thing that it is about. */
  readonly errors: readonly RecognisedError[]
  /** Errors of which nothing is known, in one line each, as they were printed; none where something else led to them. */
  readonly unknown: readonly string[]
  readonly printed: PrintedText
}

/** Texts without any form are matched as a whole up to this length: longer ones by their lines that complain. */
const MOST_WHOLE = 100_000
const LONGEST_HEADING = 160
const MOST_ERRORS = 12
const COMPLAINS =
  /already exists|does not exist|doesn't exist|no such|fail|error|can't|cannot|denied|refused|invalid|unknown|duplicate|violat|multiple|not up to date|not present|present more|detected|not a |must |locked|timeout/i

/**
 * What is known about a pasted text: an error, a traceback, a log, a heading of a guide. Pure, never throws, takes time by the length of
 * the text only.
 */
export function recogniseErrors(text: string): ErrorRecognition {
  const printed = readPrintedText(text)
  const messages = withStatements(printed.messages)
  const found = messages.map((message) => ({ message, error: recogniseMessage(message) }))
  const chained = orderChains(found)
  const errors = chained.length > 0 ? byWeight(chained) : recogniseWhole(printed)
  const known = errors.length > 0 || messages.length > 0 ? errors : recogniseHeading(text)
  return { errors: distinct(known).slice(0, MOST_ERRORS), unknown: unknownIn(found), printed }
}

/** What is known about one sentence, such as a program's last word. */
export function recogniseSentence(sentence: string): RecognisedError | null {
  return recogniseMessage({
    form: 'words',
    type: null,
    text: evened(sentence).slice(0, MOST_WHOLE),
    statement: null,
    frames: [],
    leadsToNext: false,
    step: null,
  })
}

interface Found {
  readonly message: PrintedMessage
  readonly error: RecognisedError | null
}

function recogniseMessage(message: PrintedMessage): RecognisedError | null {
  const codes = codesIn(message.text)
  const statement = message.statement === null ? null : evened(message.statement).slice(0, 4000)
  const named = statement === null ? null : readStatement(statement)
  const words = { message, codes, statement, named }
  // What is said is more than its number.
  for (const known of knownErrors) {
    const error = matchWords(known, words)
    if (error !== null) return error
  }
  for (const known of knownErrors) {
    const error = matchCode(known, words)
    if (error !== null) return error
  }
  return null
}

interface Words {
  readonly message: PrintedMessage
  readonly codes: ReadonlySet<string>
  /** Evened. */
  readonly statement: string | null
  readonly named: StatementSubject | null
}

function matchWords(known: KnownError, words: Words): RecognisedError | null {
  if (!mayBe(known, words)) return null
  const { message, named } = words
  for (const pattern of known.patterns) {
    const found = pattern.exec(message.text)
    if (found === null) continue
    const matched = clipped(withQuote(found[0], message.text, found.index))
    return { ...placeOf(message), known, matched, subject: { ...named, ...given(found.groups ?? {}) } }
  }
  return null
}

/** Patterns end where they know enough; people are shown the quote that closes. */
function withQuote(matched: string, text: string, at: number): string {
  const next = text[at + matched.length] ?? ''
  const isOpen = [...matched].filter((character) => character === next).length % 2 === 1
  return isOpen && /["'`]/.test(next) ? matched + next : matched
}

function matchCode(known: KnownError, words: Words): RecognisedError | null {
  const { message, codes, statement, named } = words
  if (known.codes?.some((code) => codes.has(code)) !== true || !mayBe(known, words)) return null
  if (known.statement && statement === null) return null
  return { ...placeOf(message), known, matched: clipped(message.text), subject: named ?? {} }
}

const placeOf = ({ statement, frames, step }: PrintedMessage) => ({ statement, frames, step })

function mayBe(known: KnownError, { message, statement }: Words): boolean {
  if (statement === null ? known.onlyInStatement === true : known.statement?.test(statement) === false) return false
  return known.frames === undefined || wasRaisedIn(message.frames, known)
}

function wasRaisedIn(raised: readonly Frame[], { frames, inside, alsoWithoutFrames }: KnownError): boolean {
  if (raised.length === 0) return alsoWithoutFrames === true
  return raised.slice(-2).some((frame) => frames!.test(frame.path) && (!inside || frame.inside === inside))
}

/** SQLSTATEs, numbers of MySQL, and names of the classes that PostgreSQL's drivers make of SQLSTATEs. */
function codesIn(text: string): ReadonlySet<string> {
  const codes = new Set<string>()
  const part = text.slice(0, 6000)
  const add = (pattern: RegExp, prefix = '') => {
    for (const [, code] of part.matchAll(pattern)) codes.add(prefix + code)
  }
  add(/\b(?:errors|exceptions)\.([A-Z]\w{2,60}?)(?:Error)?\b/g)
  add(/(?:SQLSTATE|SQL ?[Ss]tate|sqlstate)['"]?\s?(?:[:=[(]|is)?\s?['"]?([0-9A-Z]{5})\b/g)
  add(/'C': '([0-9A-Z]{5})'/g)
  add(/\b(?:ERROR|FATAL|FEHLER|ERREUR|ОШИБКА): {1,2}([0-9A-Z]{5}):/g)
  add(/(?:\(|"|: )(\d{4})(?:, ["']| \([0-9A-Z]{5}\))/g, 'mysql:')
  add(/\bERROR (\d{4}) \([0-9A-Z]{5}\)/g, 'mysql:')
  add(/\bn?errno[:=] ?(\d{4})\b/g, 'mysql:')
  add(/\b(ORA-\d{5})\b/g)
  return codes
}

function given(groups: Readonly<Record<string, string | undefined>>): Subject {
  return Object.fromEntries(Object.entries(groups).filter(([, value]) => value !== undefined))
}

function clipped(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}…` : text
}

/** SQLAlchemy says again what the driver said, and adds the statement. */
function withStatements(messages: readonly PrintedMessage[]): readonly PrintedMessage[] {
  const filled = [...messages]
  for (let index = filled.length - 2; index >= 0; index--) {
    const [message, next] = [filled[index]!, filled[index + 1]!]
    if (!message.leadsToNext || message.statement !== null || next.statement === null) continue
    const said = message.text.slice(message.text.indexOf(': ') + 2, 300)
    if (next.text.includes(said)) filled[index] = { ...message, statement: next.statement }
  }
  return filled
}

/**
 * Of exceptions that led to each other the first that says something of its own is the root: the driver's, which SQLAlchemy only wraps.
 * What follows from it is left out.
 */
function orderChains(found: readonly Found[]): readonly RecognisedError[] {
  const errors: RecognisedError[] = []
  let chain: RecognisedError[] = []
  for (const { message, error } of found) {
    if (error !== null) chain.push(error)
    if (message.leadsToNext) continue
    const own = chain.filter(({ known }) => weightOf(known) !== 'consequence')
    // What Alembic sums up says more than what led it there.
    const root = message.type === 'alembic.util.exc.CommandError' && error !== null ? error : (own[0] ?? chain[0])
    if (root !== undefined) errors.push(enriched(root, chain))
    chain = []
  }
  return chain.length > 0 ? [...errors, ...chain] : errors
}

/** The driver says what, SQLAlchemy which statement. */
function enriched(root: RecognisedError, chain: readonly RecognisedError[]): RecognisedError {
  const same = chain.filter(({ known }) => known === root.known || known.kind === root.known.kind)
  const statement = root.statement ?? same.find((one) => one.statement !== null)?.statement ?? null
  const subject = Object.assign({}, ...same.map((one) => one.subject), root.subject)
  const frames = [...new Set(chain.flatMap((one) => one.frames))]
  return { ...root, statement, subject, frames }
}

/**
 * In the order of the text, but consequences behind causes, and what waiting may have overcome behind what came after it.
 */
function byWeight(errors: readonly RecognisedError[]): readonly RecognisedError[] {
  const last = errors.findLastIndex(({ known }) => weightOf(known) === 'cause')
  const rank = (error: RecognisedError, index: number) => {
    const weight = weightOf(error.known)
    if (weight === 'consequence') return 2
    return weight === 'passing' && index < last ? 1 : 0
  }
  return errors
    .map((error, index) => ({ error, index, rank: rank(error, index) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ error }) => error)
}

const weightOf = ({ weight = 'cause' }: KnownError): ErrorWeight => weight

/** A text in no form that is known: part of a message, a line that was copied out of a window. */
function recogniseWhole({ loose, step }: PrintedText): readonly RecognisedError[] {
  const whole = loose.join('\n')
  const part = whole.length <= MOST_WHOLE ? whole : loose.filter((line) => COMPLAINS.test(line)).join('\n')
  const text = evened(part.slice(-MOST_WHOLE).replace(/(?<=\S-)\n(?=\w)/g, ''))
  const statement = /\[SQL: ?([^\]]{1,4000})/.exec(text)?.[1] ?? null
  const message = { form: 'words', type: null, text, statement, frames: [], leadsToNext: false, step } as const
  const codes = codesIn(text)
  const named = statement === null ? null : readStatement(statement)
  const words = { message, codes, statement, named }
  const said = knownErrors.flatMap((known) => matchWords(known, words) ?? [])
  return said.length > 0 ? said : knownErrors.flatMap((known) => matchCode(known, words) ?? []).slice(0, 1)
}

/** `### "Database is not up to date"` → the error that is meant. */
function recogniseHeading(text: string): readonly RecognisedError[] {
  const plain = text
    .slice(0, 2 * LONGEST_HEADING)
    .replace(/[’‘]/g, "'")
    .replace(/[#*_"“”`>|]|^\s{0,9}(?:\d{1,2}|[A-Z])[.)]\s/gm, ' ')
  const heading = evened(plain).toLowerCase()
  if (heading === '' || text.trim().length > LONGEST_HEADING) return []
  const rest = { subject: {}, statement: null, frames: [], step: null }
  return knownErrors
    .filter(({ headings = [] }) => headings.some((pattern) => pattern.test(heading)))
    .map((known) => ({ ...rest, known, matched: evened(plain) }))
}

/** Several messages say one thing: a warning and the error behind it, an exception and its log line. */
function distinct(errors: readonly RecognisedError[]): readonly RecognisedError[] {
  const kept: RecognisedError[] = []
  for (const error of errors) {
    const at = kept.findIndex((one) => isSame(one, error))
    if (at === -1) kept.push(error)
    else kept[at] = merged(kept[at]!, error)
  }
  return kept
}

function isSame(one: RecognisedError, other: RecognisedError): boolean {
  if (one.known.kind !== other.known.kind) return false
  const keys = ['table', 'column', 'name', 'revision', 'module', 'path'] as const
  return keys.every((key) => {
    const [a, b] = [one.subject[key], other.subject[key]]
    return a === undefined || b === undefined || lastPart(a) === lastPart(b)
  })
}

const lastPart = (name: string): string => name.slice(name.lastIndexOf('.') + 1)

function merged(one: RecognisedError, other: RecognisedError): RecognisedError {
  return {
    ...one,
    subject: { ...other.subject, ...one.subject },
    statement: one.statement ?? other.statement,
    frames: one.frames.length > 0 ? one.frames : other.frames,
    step: one.step ?? other.step,
  }
}

/** What whoever ran the program says in the end. */
const NOISE =
  /^(?:While importing '|Process completed with exit code|Command .{0,200} (?:failed|returned non-zero)|exit status|subprocess\.CalledProcessError|SystemExit|Job failed|NX |code ELIFECYCLE|Warning: )/

/** Only where nothing of the same chain is known. */
function unknownIn(found: readonly Found[]): readonly string[] {
  const unknown: string[] = []
  let chain: Found[] = []
  for (const one of found) {
    chain.push(one)
    if (one.message.leadsToNext) continue
    const first = chain.find(({ message }) => message.form !== 'log' && !NOISE.test(message.text))
    if (first !== undefined && chain.every(({ error }) => error === null)) unknown.push(clipped(first.message.text))
    chain = []
  }
  return [...new Set(unknown)].slice(0, 5)
}
