import { cleanLines, evened } from './clean-lines.js'

/** One error, warning or complaint in a pasted text. */
export interface PrintedMessage {
  /** `exception`: a class and what it says; `words`: told by Alembic, Flask or argparse; `log`: a line of a log or a warning. */
  readonly form: 'exception' | 'words' | 'log'
  /** The exception's class as printed; null for other forms. */
  readonly type: string | null
  /** In one line: with the class in front, without statement and links. */
  readonly text: string
  /** As SQLAlchemy prints it behind `[SQL: `. */
  readonly statement: string | null
  /** Where it was raised, innermost last. */
  readonly frames: readonly Frame[]
  /** The next message was raised because of this one, or while it was handled. */
  readonly leadsToNext: boolean
  /** The step that Alembic had announced last. */
  readonly step: RunningStep | null
}

export interface Frame {
  readonly path: string
  readonly line: number
  readonly inside: string | null
}

/** The step that Alembic announced last: where its logging is on, the one that failed. */
export interface RunningStep {
  readonly direction: 'upgrade' | 'downgrade'
  /** The script whose function was called. */
  readonly revision: string
}

/** Nobody pastes more errors than that; of a longer log the first and the last are kept. */
const MOST_MESSAGES = 200
const LONGEST_MESSAGE = 12_000
const MOST_MESSAGE_LINES = 400
const MOST_FRAMES = 500

const TRACEBACK = /^(?:\+ |\| ){0,3}(?:Exception Group )?Traceback \(most recent call last\):$/
const FRAME = /^File "([^"]{1,1000})", line (\d{1,9})(?:, in (.{1,200}))?$/
const PYTEST_FRAME = /^((?:[\w.@~-]{1,200}\/){1,60}[\w.-]{1,200}\.py):(\d{1,9}): ?(?:in (\w{1,200})|\w{0,200})$/
const NAMED = /^([A-Za-z_][\w.]{0,300})(?::(?= |$)|$)/
/** How the names of exceptions end, or begin with PostgreSQL's drivers. */
const EXCEPTION_NAME =
  /(?:Error|Exception|Detected|Abort|Heads|Interrupt|SystemExit|Violation|NotAvailable|Truncation|Mismatch|Exist|Ancestor|Warning)$|\berrors\.\w{1,60}$/
const WORDS =
  /^(?:(?:ERROR|CRITICAL) {0,3}\[flask_migrate\] )?(?:FAILED: |Error: |[\w.-]{1,60}(?: [\w.-]{1,60})?: error: )(.*)$/
const LOG =
  /^(?:(?:ERROR|CRITICAL|FATAL|WARN|WARNING)\b {0,3}(?:\[[\w.]{1,200}\] |:[\w.]{1,100}:|:? )|(?:FEHLER|ERREUR|ERRORE|ERRO|ОШИБКА|エラー|错误|錯誤|오류|HATA|BŁĄD|FEL|CHYBA): )/
const BECAUSE =
  /^(?:The above exception was the direct cause of the following exception|During handling of the above exception, another exception occurred):$/
const STEP = /Running (upgrade|downgrade) ([^\n>]{0,400}?) ?-> ?([^\s,]{0,200})/
/** Nothing of a message any more, whatever its indentation. */
const OTHER =
  /^(?:(?:INFO|DEBUG|WARNING|WARN|ERROR|CRITICAL)\b|Traceback \(most recent|FAILED: |Error: |make(?:\[\d{1,5}\])?: |npm (?:ERR|error)|\$ |[\w.-]{1,60}@[\w.-]{1,60}:|={5}|-{10}|_{10})/
/** What SQLAlchemy and PostgreSQL add behind an empty line. */
const ADDED = /^(?:\[SQL:|\[parameters: |\(Background on|DETAIL: |HINT: |LINE \d)/

/** What was found in a text: its messages in order, and the last step even where nothing failed. */
export interface PrintedText {
  readonly messages: readonly PrintedMessage[]
  readonly frames: readonly Frame[]
  readonly step: RunningStep | null
  /** Lines that belong to no message and no traceback. */
  readonly loose: readonly string[]
}

/** Finds what complains in a pasted text. Never throws; takes time by its length only. */
export function readPrintedText(text: string): PrintedText {
  return new Reader(cleanLines(text)).read()
}

type Open = { -readonly [Key in keyof PrintedMessage]: PrintedMessage[Key] }

class Reader {
  readonly #lines: readonly string[]
  readonly #messages: Open[] = []
  #at = 0
  #step: RunningStep | null = null
  /** Of the exception that is being read. */
  #frames: Frame[] = []
  readonly #all: Frame[] = []
  readonly #loose: string[] = []

  constructor(lines: readonly string[]) {
    this.#lines = lines
  }

  read(): PrintedText {
    while (this.#at < this.#lines.length) {
      const body = this.#lines[this.#at]!.trimStart()
      this.#step = stepIn(body) ?? this.#step
      const frame = frameIn(body)
      if (frame !== null) this.#takeFrame(frame)
      else if (!this.#takeMessage(body)) this.#loose.push(this.#lines[this.#at++]!)
    }
    return { messages: this.#kept(), frames: this.#all, step: this.#step, loose: this.#loose }
  }

  /** True where a message began here, and was read to its end. */
  #takeMessage(body: string): boolean {
    if (body === '') return false
    if (TRACEBACK.test(body)) return this.#takeTraceback()
    if (BECAUSE.test(body)) {
      const last = this.#messages.at(-1)
      if (last !== undefined) last.leadsToNext = true
      this.#at++
      return true
    }
    const words = WORDS.exec(body)?.[1]
    if (words !== undefined) return this.#takeWords(words)
    const type = exceptionIn(body)
    if (type !== null) return this.#takeException(type)
    if (!LOG.test(body) && !isWarning(body)) return false
    this.#add({ form: 'log', type: null, text: evened(body), statement: null })
    this.#at++
    return true
  }

  /** Its frames are indented deeper than its heading, the exception is not. */
  #takeTraceback(): boolean {
    const indent = this.#indent()
    this.#frames = []
    for (this.#at++; this.#at < this.#lines.length; this.#at++) {
      const body = this.#lines[this.#at]!.trimStart()
      const frame = frameIn(body)
      if (frame !== null) this.#noteFrame(frame)
      if (frame !== null || body === '' || this.#indent() > indent) continue
      if (TRACEBACK.test(body) || OTHER.test(body)) return true
      return this.#takeException(NAMED.exec(body)?.[1] ?? null)
    }
    return true
  }

  /** To the end of what it says: several lines, a statement, its parameters, a link. */
  #takeException(type: string | null): boolean {
    const start = this.#at++
    let inStatement = this.#lines[start]!.includes('[SQL:')
    for (; this.#at < this.#lines.length && this.#at - start < MOST_MESSAGE_LINES; this.#at++) {
      const body = this.#lines[this.#at]!.trimStart()
      if (BECAUSE.test(body) || TRACEBACK.test(body)) break
      if (body.startsWith('(Background on this error at:')) {
        this.#at++
        break
      }
      if (body.startsWith('[SQL:')) inStatement = true
      else if (/^\[(?:parameters|cached since|generated in)\b/.test(body)) inStatement = false
      else if (!inStatement && this.#isOver(body)) break
    }
    const whole = this.#lines.slice(start, this.#at).join('\n').slice(0, LONGEST_MESSAGE)
    this.#add({ form: 'exception', type, ...splitStatement(whole) })
    return true
  }

  /** Behind an exception: another message, or an empty line with no more of SQLAlchemy's brackets behind it. */
  #isOver(body: string): boolean {
    if (OTHER.test(body) || exceptionIn(body) !== null) return true
    return body === '' && !ADDED.test(this.#lines[this.#at + 1]?.trimStart() ?? '')
  }

  /** On a terminal Alembic breaks and indents what it says. */
  #takeWords(first: string): boolean {
    const indent = Math.max(1, this.#indent())
    const said = [first]
    for (this.#at++; this.#at < this.#lines.length && said.length < 40; this.#at++) {
      const body = this.#lines[this.#at]!.trimStart()
      if (body === '' || this.#indent() < indent || OTHER.test(body)) break
      said.push(body)
    }
    // Long words are broken behind a hyphen.
    const text = evened(said.join('\n').replace(/(?<=\S-)\n(?=\w)/g, ''))
    this.#add({ form: 'words', type: null, text: text.slice(0, LONGEST_MESSAGE), statement: null })
    return true
  }

  /** With the line of code below it. */
  #takeFrame(frame: Frame): void {
    const indent = this.#indent()
    this.#noteFrame(frame)
    this.#at++
    if (this.#at < this.#lines.length && this.#indent() > indent) this.#at++
  }

  #noteFrame(frame: Frame): void {
    if (this.#frames.length >= MOST_FRAMES) this.#frames.shift()
    this.#frames.push(frame)
    if (this.#all.length < MOST_FRAMES * 10) this.#all.push(frame)
  }

  #indent(): number {
    const line = this.#lines[this.#at]!
    return line.length - line.trimStart().length
  }

  #add(message: Pick<PrintedMessage, 'form' | 'type' | 'text' | 'statement'>): void {
    const frames = message.form === 'exception' ? this.#frames : []
    this.#messages.push({ ...message, frames, leadsToNext: false, step: this.#step })
    this.#frames = []
    if (this.#messages.length > 2 * MOST_MESSAGES) this.#messages.splice(MOST_MESSAGES / 2, MOST_MESSAGES)
  }

  #kept(): readonly PrintedMessage[] {
    const all = this.#messages
    return all.length <= MOST_MESSAGES ? all : [...all.slice(0, MOST_MESSAGES / 2), ...all.slice(-MOST_MESSAGES / 2)]
  }
}

function exceptionIn(body: string): string | null {
  const name = NAMED.exec(body)?.[1]
  return name !== undefined && EXCEPTION_NAME.test(name) ? name : null
}

/** `versions/aa01.py:3: UserWarning: Revision …`; Python prints the line of code below it. */
function isWarning(body: string): boolean {
  return body.includes('Warning: ') && /(?:^|[:\s])\w{1,60}Warning: /.test(body)
}

function frameIn(body: string): Frame | null {
  const isPython = body.startsWith('File "')
  if (!isPython && !body.includes('.py:')) return null
  const found = isPython ? FRAME.exec(body) : PYTEST_FRAME.exec(body)
  if (found === null) return null
  return { path: found[1]!.replaceAll('\\', '/'), line: Number(found[2]), inside: found[3] ?? null }
}

function stepIn(body: string): RunningStep | null {
  const found = body.includes('Running ') ? STEP.exec(body) : null
  if (found === null) return null
  const [, direction, from = '', to = ''] = found
  return direction === 'upgrade' ? { direction, revision: to } : { direction: 'downgrade', revision: from }
}

/** What stands in SQLAlchemy's brackets is no part of what it says. */
function splitStatement(whole: string): Pick<PrintedMessage, 'text' | 'statement'> {
  const start = whole.indexOf('[SQL:')
  const said = start === -1 ? whole : whole.slice(0, start)
  const text = evened(said.split('(Background on this error at')[0]!)
  if (start === -1) return { text, statement: null }
  const rest = whole.slice(start + '[SQL:'.length)
  const end = rest.search(/\](?:$|\n\s{0,200}(?:\[|\(Background)| ?\(Background| \[parameters: |\s*$)/)
  const statement = rest.slice(0, end === -1 ? undefined : end).trim()
  return { text, statement: statement === '' ? null : statement }
}
