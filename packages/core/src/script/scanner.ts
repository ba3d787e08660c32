import { absent, Bindings } from './bindings.js'
import { characterClass, identifierPart, identifierStart } from './characters.js'
import { readIgnore } from './ignores.js'
import { isMarker, type LineListener, LogicalLines, withMarkers } from './logical-line.js'
import { couldBeMeant, identifiers } from './names.js'
import { readOrdinaryHead } from './ordinary-head.js'
import { isPython2Statement, looksLikePython2 } from './python2.js'
import type { IgnoreComment, ScriptReading, SyntaxFailure } from './reading.js'
import { openSource, type Source } from './source.js'
import { applyBlockLine, applyFunctionLine, applySimple, statementLiteral } from './statements.js'
import { stringPrefixes } from './strings.js'

/**
 * Reads the identifiers of a script without parsing it (tier 1): module-level statements are cut into tokens, everything
 * else is only walked over. Never a wrong value: what is not plainly a literal is `dynamic`. Not a validator: an error
 * inside a function is seen by the parser only. `suspicious` in the result says that the parser should have a look.
 *
 * @param bytes the file as it is on disk; not kept.
 */
export function scan(bytes: Uint8Array): ScriptReading {
  const { source, failure } = openSource(bytes)
  if (failure !== null) return failed(failure)
  if (source.encoding.kind === 'opaque' && !source.ascii && !source.encoding.asciiSafe) return undecodable(source)
  return new Scanner(source).read()
}

const noIgnores: readonly IgnoreComment[] = []

/** Compound statements other than functions and classes; `match` and `case` are told from names by their colon. */
const blockWords: ReadonlySet<string> = new Set([
  'if',
  'elif',
  'else',
  'for',
  'while',
  'try',
  'except',
  'finally',
  'with',
  'match',
  'case',
])

/** What an indented line belongs to. */
type Block = 'none' | 'function' | 'other'

class Scanner implements LineListener {
  readonly #source: Source
  readonly #text: string
  readonly #lines: LogicalLines
  readonly #bindings = new Bindings()
  /** Where the next place ends that may bind a name (`watched`); the size of the file plus one without any, 0 before anybody asked. */
  #nextWatched = 0
  readonly #lastUnusual: number
  readonly #ignores: IgnoreComment[] | null
  #at: number
  #block: Block = 'none'
  #docstring: ScriptReading['docstring'] = null
  #firstStatement = true
  #suspicious = false
  #maybePython2 = false
  #tabs = false
  #blanks = false
  #definesUpgrade = false
  #failure: SyntaxFailure | null = null
  #lineCounted = 1
  #countedTo = 0

  constructor(source: Source) {
    this.#source = source
    this.#text = source.text
    this.#lines = new LogicalLines(source, this)
    this.#at = source.start
    this.#lastUnusual = source.ascii ? -1 : lastUnusual(this.#text)
    this.#ignores = this.#text.includes('head:') && this.#text.includes('onehead:') ? [] : null
  }

  read(): ScriptReading {
    const size = this.#text.length
    if (this.#source.unixLines && this.#ignores === null) this.#ordinaryHead()
    while (this.#at < size && this.#failure === null) this.#line()
    this.#failure ??= this.#lines.failure
    if (this.#failure !== null) this.#failure = withMarkers(this.#text, this.#failure)
    return this.#result()
  }

  #ordinaryHead(): void {
    const { end, hasStatements, docstring } = readOrdinaryHead(this.#source, this.#bindings)
    this.#at = end
    this.#firstStatement = !hasStatements
    this.#docstring = docstring
  }

  /** One line from its first byte. */
  #line(): void {
    const text = this.#text
    let column = 0
    let code = text.charCodeAt(this.#at)
    while (code === 0x20 || code === 0x09 || code === 0x0c || code === 0x5c) {
      if (code === 0x5c) {
        const next = this.#lines.continuation(this.#at)
        if (next === -1) {
          this.#stop()
          return
        }
        this.#at = next - 1
      } else column = code === 0x0c ? 0 : column + 1
      code = text.charCodeAt(++this.#at)
    }
    if (this.#at >= text.length) return
    if (code === 0x0a || code === 0x0d) this.#at++
    else if (code === 0x23) this.#comment()
    else if (column > 0) this.#indented(column)
    else this.#statement(code)
    if (this.#lines.failure !== null) this.#stop()
  }

  #stop(): void {
    this.#failure ??= this.#lines.failure
  }

  #comment(): void {
    const from = this.#at
    if (this.#source.unixLines) {
      const end = this.#text.indexOf('\n', from)
      this.#at = end === -1 ? this.#text.length : end
    } else {
      while (this.#at < this.#text.length && this.#text[this.#at] !== '\n' && this.#text[this.#at] !== '\r') this.#at++
    }
    if (this.#ignores !== null) this.comment(from, this.#at)
  }

  #indented(column: number): void {
    const start = this.#at
    // Mixed tabs and blanks may or may not be consistent.
    const before = this.#text.charCodeAt(start - 1)
    if (before === 0x09) this.#tabs = true
    else this.#blanks = true
    if (this.#block === 'none') {
      const span = { start: start - Math.min(column, start), end: start }
      this.#failure = { kind: 'IndentationError', cause: 'syntax', message: 'unexpected indent', span }
      return
    }
    const end = this.#lines.end(start, false)
    this.#at = end
    if (this.#lines.failure !== null) return
    if (this.#block === 'function') {
      if (this.#mentions(start, end)) applyFunctionLine(this.#source, start, end, false, this.#bindings)
    } else if (this.#mentions(start, end)) applyBlockLine(this.#source, start, end, this.#bindings)
  }

  /** A statement that begins at the start of a line. */
  #statement(code: number): void {
    if ((characterClass[code]! & identifierStart) === 0) {
      if (code === 0x40) this.#function(this.#at)
      else if ((code === 0x3c || code === 0x3d || code === 0x3e || code === 0x7c) && isMarker(this.#text, this.#at)) {
        const span = { start: this.#at, end: this.#at + 7 }
        this.#failure = { kind: 'SyntaxError', cause: 'merge-markers', message: 'invalid syntax', span }
      } else this.#simple('')
      return
    }
    const word = this.#word()
    if (word === 'def' || word === 'class' || word === 'async') this.#function(this.#at)
    else if (blockWords.has(word)) this.#compound(word)
    else this.#simple(word)
  }

  /** The identifier at the current place; an empty one where it is the prefix of a string. */
  #word(): string {
    let end = this.#at + 1
    while ((characterClass[this.#text.charCodeAt(end)]! & identifierPart) !== 0) end++
    const next = this.#text.charCodeAt(end)
    const word = this.#text.slice(this.#at, end)
    return (next === 0x22 || next === 0x27) && end - this.#at <= 2 && stringPrefixes.has(word.toLowerCase()) ? '' : word
  }

  #function(start: number): void {
    this.#firstStatement = false
    this.#block = 'function'
    if (this.#nothingFollows(start)) {
      this.#definesUpgrade ||= definesUpgrade(this.#text, start)
      this.#at = this.#text.length
      return
    }
    const end = this.#lines.end(start, false)
    this.#at = end
    if (this.#lines.failure !== null) return
    if (this.#text.startsWith('def upgrade', start) && !isPart(this.#text, start + 11)) this.#definesUpgrade = true
    if (this.#mentions(start, end)) applyFunctionLine(this.#source, start, end, true, this.#bindings)
  }

  #compound(word: string): void {
    const start = this.#at
    const end = this.#lines.end(start, false)
    if (this.#lines.failure !== null) {
      this.#at = end
      return
    }
    const soft = word === 'match' || word === 'case'
    if (soft && !this.#lines.endsWithColon) {
      this.#simple(word)
      return
    }
    this.#firstStatement = false
    this.#block = 'other'
    this.#at = end
    this.#maybePython2 = true
    if (this.#mentions(start, end)) applyBlockLine(this.#source, start, end, this.#bindings)
  }

  /** Simple statements up to the end of the logical line. */
  #simple(firstWord: string): void {
    this.#block = 'none'
    let word = firstWord
    while (true) {
      const start = this.#at
      const end = this.#lines.end(start, true)
      this.#at = end
      if (this.#lines.failure !== null) return
      this.#apply(start, end, word)
      if (this.#text.charCodeAt(end) !== 0x3b) return
      this.#at = this.#skipBlanks(end + 1)
      const code = this.#text.charCodeAt(this.#at)
      if (!(code > 0x20) || code === 0x23) return
      word = (characterClass[code]! & identifierStart) === 0 ? '' : this.#word()
    }
  }

  #skipBlanks(from: number): number {
    let at = from
    while (this.#text[at] === ' ' || this.#text[at] === '\t' || this.#text[at] === '\f') at++
    return at
  }

  #apply(start: number, end: number, word: string): void {
    if (end === start) {
      this.#suspicious = true
      return
    }
    if (this.#firstStatement) {
      this.#firstStatement = false
      if (word === '' && this.#readDocstring(start, end)) return
    }
    if (this.#mentions(start, end) || word === 'type' || (word !== '' && couldBeMeant(word))) {
      if (applySimple(this.#source, start, end, this.#bindings)) this.#suspicious = true
    }
  }

  /** Whether the first statement is a string (or another literal that binds nothing). */
  #readDocstring(start: number, end: number): boolean {
    const literal = statementLiteral(this.#source, start, end)
    if (literal === null) return false
    if (literal.type === 'string') this.#docstring = { value: literal.value, span: literal.span }
    return true
  }

  /** Whether something between two places may bind a name that Alembic reads. */
  #mentions(start: number, end: number): boolean {
    if (this.#nextWatched <= start) this.#nextWatched = nextWatched(this.#text, start)
    return this.#nextWatched <= end
  }

  /** Whether nothing from `start` to the end of the file can change what is known: then the file need not be read on. */
  #nothingFollows(start: number): boolean {
    const text = this.#text
    this.#maybePython2 = true
    if (this.#ignores !== null || this.#lastUnusual >= start) return false
    let next = this.#mentions(start, text.length) ? this.#nextWatched : text.length + 1
    while (next <= text.length) {
      if (text.charCodeAt(next - 1) !== 0x20) return false
      if (isPython2Statement(text, next)) this.#suspicious = true
      next = nextWatched(text, next)
    }
    this.#maybePython2 = false
    return true
  }

  comment(start: number, end: number): void {
    if (this.#ignores === null) return
    const ignore = readIgnore(this.#source, start, end, this.#lineOf(start))
    // The head of `match x:` is walked over twice.
    if (ignore !== null && this.#ignores.at(-1)?.span.start !== start) this.#ignores.push(ignore)
  }

  unusualName(start: number, end: number, name: string | null): void {
    this.#suspicious = true
    const span = { start, end }
    const reason = 'written with letters outside ASCII'
    if (name === null) this.#bindings.pinAll(span, reason)
    const index = (identifiers as readonly (string | null)[]).indexOf(name)
    if (index !== -1) this.#bindings.pin(index, span, reason)
  }

  nestedQuotes(): void {
    this.#suspicious = true
  }

  #lineOf(offset: number): number {
    for (; this.#countedTo < offset; this.#countedTo++) {
      const code = this.#text.charCodeAt(this.#countedTo)
      if (code === 0x0a || (code === 0x0d && this.#text.charCodeAt(this.#countedTo + 1) !== 0x0a)) this.#lineCounted++
    }
    return this.#lineCounted
  }

  #result(): ScriptReading {
    const bindings = this.#bindings
    const revision = bindings.get(0)
    const downRevision = bindings.get(1)
    const branchLabels = bindings.get(2)
    const dependsOn = bindings.get(3)
    const suspicious =
      this.#suspicious ||
      (this.#tabs && this.#blanks) ||
      this.#failure !== null ||
      revision.kind !== 'value' ||
      downRevision.kind !== 'value' ||
      branchLabels.kind === 'dynamic' ||
      dependsOn.kind === 'dynamic' ||
      this.#source.encoding.kind === 'opaque' ||
      (this.#maybePython2 && looksLikePython2(this.#text))
    return {
      tier: 'scanned',
      failure: this.#failure,
      docstring: this.#docstring,
      revision,
      downRevision,
      branchLabels,
      dependsOn,
      otherNames: bindings.others,
      ignores: this.#ignores ?? noIgnores,
      definesUpgrade: this.#definesUpgrade,
      suspicious,
      empty: this.#firstStatement && this.#failure === null,
    }
  }
}

/**
 * Everything that may bind one of the names, replace the docstring or break the file in a way that is seen from afar, in one
 * native pass. Words of Python 2 end with their blank.
 */
const watched =
  /revision|branch_labels|depends_on|import[ \t\f]*[*\\]|doc__|<<<<<<<|>>>>>>>|(?:print|exec|raise|except) /g

function nextWatched(text: string, from: number): number {
  watched.lastIndex = from
  return watched.test(text) ? watched.lastIndex : text.length + 1
}

function definesUpgrade(text: string, from: number): boolean {
  for (let at = text.indexOf('def upgrade', from); at !== -1; at = text.indexOf('def upgrade', at + 11)) {
    const before = text.charCodeAt(at - 1)
    if (isPart(text, at + 11)) continue
    if (at === 0 || before === 0x0a || before === 0x0d || text.startsWith('async ', at - 6)) return true
  }
  return false
}

const isPart = (text: string, at: number): boolean => (characterClass[text.charCodeAt(at)]! & identifierPart) !== 0

function lastUnusual(text: string): number {
  for (let at = text.length - 1; at >= 0; at--) if (text.charCodeAt(at) > 0x7f) return at
  return -1
}

/** The reading of a file that cannot be read at all. */
export function failed(failure: SyntaxFailure): ScriptReading {
  return { ...nothingRead, failure }
}

function undecodable(source: Source): ScriptReading {
  const span = { start: source.start, end: source.start }
  const dynamic = { kind: 'dynamic', span, reason: 'in an encoding that only Python can decode' } as const
  return { ...nothingRead, revision: dynamic, downRevision: dynamic, branchLabels: dynamic, dependsOn: dynamic }
}

const nothingRead: ScriptReading = {
  tier: 'scanned',
  failure: null,
  docstring: null,
  revision: absent,
  downRevision: absent,
  branchLabels: absent,
  dependsOn: absent,
  otherNames: [],
  ignores: noIgnores,
  definesUpgrade: false,
  suspicious: true,
}
