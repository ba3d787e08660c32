/** What a template may name: ids and texts of the script to be written. */
export type TemplateValue = 'up_revision' | 'down_revision' | 'branch_labels' | 'depends_on' | 'create_date' | 'message'

/** What autogenerate fills in, and what is empty without it. */
export type TemplateBody = 'imports' | 'upgrades' | 'downgrades'

export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly name: TemplateValue; readonly as: 'text' | 'repr' | 'comma' }
  | { readonly kind: 'body'; readonly name: TemplateBody; readonly otherwise: string }

/** A template of which every construct is understood exactly; or the first that is not, in words, without a full stop. */
export type TemplateReading = { readonly parts: readonly TemplatePart[] } | { readonly notPlain: string }

/** Mako throws this line away and takes the encoding from it. */
const CODING_LINE = /^#[^\n]*coding[:=]\s*([-\w.]+)[^\n]*\r?\n/
const COMMENT_LINE = /[\t ]*##(?:\\\r?\n|[^\r\n])*(?:\r?\n|$)/y
const CONTROL_LINE = /[\t ]*%/y
const JOINED_LINE = /\\\r?\n/y
const EXPRESSION = /\$\{([^{}#\r\n]*)\}/y
const PLAIN_TEXT = /[^$<\\\n]+/y

/**
 * Reads a `script.py.mako` as Mako does, as long as it keeps to text, comments, joined lines and the expressions that
 * Alembic's own templates have. Whatever else stands in it may do anything: then it is not plain.
 */
export function readTemplate(bytes: Uint8Array): TemplateReading {
  const decoded = decode(bytes)
  return 'notPlain' in decoded ? decoded : new TemplateReader(decoded.text).read()
}

function decode(bytes: Uint8Array): { readonly text: string } | { readonly notPlain: string } {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return { notPlain: 'it is not UTF-8' }
  }
  const hasMark = text.startsWith('\ufeff')
  const body = hasMark ? text.slice(1) : text
  const coding = CODING_LINE.exec(body)
  if (coding === null) return { text: body }
  const isUtf8 = hasMark ? coding[1] === 'utf-8' : /^utf[-_]?8$/i.test(coding[1]!)
  return isUtf8 ? { text: body.slice(coding[0].length) } : { notPlain: `it declares the encoding ${coding[1]}` }
}

class TemplateReader {
  readonly #text: string
  readonly #parts: TemplatePart[] = []
  #at = 0
  #pending = ''

  constructor(text: string) {
    this.#text = text
  }

  read(): TemplateReading {
    if (/\r(?!\n)/.test(this.#text)) return { notPlain: 'it has a carriage return without a line feed' }
    while (this.#at < this.#text.length) {
      const reason = this.#step()
      if (reason !== null) return { notPlain: `${reason} (line ${this.#line()})` }
    }
    this.#flush()
    return { parts: this.#parts }
  }

  /** Takes one construct; gives the reason where it is none of ours. */
  #step(): string | null {
    const isLineStart = this.#at === 0 || this.#text[this.#at - 1] === '\n'
    if (isLineStart && this.#take(COMMENT_LINE) !== null) return null
    if (isLineStart && this.#matches(CONTROL_LINE)) return 'it has a control line'
    if (this.#text.startsWith('${', this.#at)) return this.#expression()
    if (this.#text.startsWith('<%', this.#at) || this.#text.startsWith('</%', this.#at)) return 'it has a Mako tag'
    if (this.#take(JOINED_LINE) !== null) return null
    this.#pending += this.#take(PLAIN_TEXT)?.[0] ?? this.#text[this.#at++]!
    return null
  }

  #expression(): string | null {
    const match = this.#take(EXPRESSION)
    const part = match === null ? null : readExpression(match[1]!.trim())
    if (part === null) return 'it has an expression of its own'
    this.#flush()
    this.#parts.push(part)
    return null
  }

  #flush(): void {
    if (this.#pending !== '') this.#parts.push({ kind: 'text', text: this.#pending })
    this.#pending = ''
  }

  #matches(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    return pattern.test(this.#text)
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match !== null) this.#at += match[0].length
    return match
  }

  #line(): number {
    return this.#text.slice(0, this.#at).split('\n').length
  }
}

const ANY_VALUE = '(up_revision|down_revision|branch_labels|depends_on|message)'
const BODY = '(imports|upgrades|downgrades)'
/** A Python text without escapes. */
const LITERAL = `(?:"([^"'\\\\|]*)"|'([^"'\\\\|]*)')`
const TEXT_FORM = /^(up_revision|down_revision|branch_labels|depends_on|create_date|message)$/
const REPR_FORM = new RegExp(`^repr\\(\\s*${ANY_VALUE}\\s*\\)$`)
const COMMA_FORM = /^(up_revision|down_revision|branch_labels|depends_on)\s*\|\s*comma\s*,\s*n$/
const BODY_FORM = new RegExp(`^${BODY}\\s+(?:if\\s+\\1\\s+else|or)\\s+${LITERAL}$`)

function readExpression(text: string): TemplatePart | null {
  for (const [as, form] of [
    ['text', TEXT_FORM],
    ['repr', REPR_FORM],
    ['comma', COMMA_FORM],
  ] as const) {
    const name = form.exec(text)?.[1]
    if (name !== undefined) return { kind: 'value', name: name as TemplateValue, as }
  }
  const body = BODY_FORM.exec(text)
  if (body === null) return null
  return { kind: 'body', name: body[1] as TemplateBody, otherwise: body[2] ?? body[3] ?? '' }
}
