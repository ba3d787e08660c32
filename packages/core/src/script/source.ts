import type { SyntaxFailure } from './reading.js'

/**
 * A Python file as its bytes, and as a Latin-1 view of them: in `text` the index of a character is the offset of its byte,
 * so that everything found there is already a span of the file on disk.
 */
export interface Source {
  readonly bytes: FastBuffer
  readonly text: string
  /** Offset of the first byte after a byte order mark. */
  readonly start: number
  /** No byte above 0x7f in the whole file. */
  readonly ascii: boolean
  /** The file has no CR: every line ends with LF. */
  readonly unixLines: boolean
  /** The file has no backslash: no escapes and no continuation lines. */
  readonly plain: boolean
  readonly encoding: Encoding
}

/**
 * How the bytes above 0x7f are read. `opaque`: an encoding that Python knows and this reader does not; what is written in
 * ASCII is certain all the same, unless `asciiSafe` is false.
 */
export type Encoding =
  | { readonly kind: 'utf-8' | 'latin-1' | 'ascii' }
  | { readonly kind: 'table'; readonly label: string; readonly undefined: string }
  | { readonly kind: 'opaque'; readonly name: string; readonly asciiSafe: boolean }

const utf8: Encoding = { kind: 'utf-8' }
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Python's single-byte codecs that the Encoding Standard has under the same mapping, by normalised Python name. */
const tables: Readonly<Record<string, string>> = {
  ...Object.fromEntries([2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16].map((n) => [`iso8859_${n}`, `iso-8859-${n}`])),
  ...Object.fromEntries([2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16].map((n) => [`iso_8859_${n}`, `iso-8859-${n}`])),
  ...Object.fromEntries([2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16].map((n) => [`8859_${n}`, `iso-8859-${n}`])),
  latin2: 'iso-8859-2',
  latin_2: 'iso-8859-2',
  l2: 'iso-8859-2',
  latin_9: 'iso-8859-15',
  latin9: 'iso-8859-15',
  l9: 'iso-8859-15',
  cyrillic: 'iso-8859-5',
  greek: 'iso-8859-7',
  greek8: 'iso-8859-7',
  hebrew: 'iso-8859-8',
  ...Object.fromEntries([1250, 1251, 1252, 1253, 1254, 1257].map((n) => [`cp${n}`, `windows-${n}`])),
  ...Object.fromEntries([1250, 1251, 1252, 1253, 1254, 1257].map((n) => [`windows_${n}`, `windows-${n}`])),
  koi8_r: 'koi8-r',
}

/** Bytes that the Encoding Standard maps to C1 controls and Python's codec rejects. */
const undefinedBytes: Readonly<Record<string, string>> = {
  'windows-1250': '\x81\x83\x88\x90\x98',
  'windows-1251': '\x98',
  'windows-1252': '\x81\x8d\x8f\x90\x9d',
  'windows-1253': '\x81\x88\x8a\x8c\x8d\x8e\x8f\x90\x98\x9a\x9c\x9d\x9e\x9f\xaa',
  'windows-1254': '\x81\x8d\x8e\x8f\x90\x9d\x9e',
  'windows-1257': '\x81\x83\x88\x8a\x8c\x90\x98\x9a\x9c\x9f\xa1\xa5',
}

const utf8Names = /^(?:utf_?8|u8|utf|utf8_ucs[24]|cp65001|utf_?8_sig)$/
const latin1Names =
  /^(?:latin_?1|iso_?8859_?1|iso_8859_1_1987|iso_latin_1|8859|cp819|ibm819|iso_ir_100|csisolatin1|l1|latin)$/
const asciiNames =
  /^(?:ascii|us_ascii|646|ansi_x3\.4_1968|ansi_x3_4_1968|ansi_x3\.4_1986|cp367|csascii|ibm367|iso646_us|iso_646\.irv_1991|iso_ir_6|us)$/
/** Supersets of ASCII in which a byte below 0x80 is always that ASCII character. */
const asciiSafeNames =
  /^(?:(?:cp|ibm)?(?:437|720|737|775|85[02578]|86[0-69]|1006|874|1125|1255|1256|1258)|windows_125[568]|mac_?(?:roman|latin2|cyrillic|greek|turkish|iceland|croatian|romanian|arabic|farsi)|macintosh|koi8_[ut]|kz_?1048|ptcp154|iso_?8859_?(?:9|11)|latin_?5|l5|tis_?620|hp_?roman8|euc_?(?:jp|kr|jis_2004|jisx0213)|ujis|ks_?c_?5601|gb2312|euc_cn|euccn|eucjp|euckr|koi8_u)$/
/** Encodings in which a byte below 0x80 can be part of something else. */
const unsafeNames =
  /^(?:gbk|936|cp936|ms936|gb18030(?:_2000)?|hz(?:_?gb(?:_2312)?)?|big5(?:_?hkscs|_tw)?|csbig5|cp9(?:32|49|50)|ms932|shift_?jis(?:_2004|x0213)?|sjis|s_jis|johab|uhc|iso_?2022_?(?:jp|kr)(?:_\d|_ext|_2004)?|utf_?7|u7|unicode_escape|raw_unicode_escape|punycode|idna|mbcs|dbcs|oem|ansi)$/

/** Why a file cannot be decoded, or its source. The Latin-1 view copies the bytes: they may be reused afterwards. */
export type Opened = { readonly source: Source; readonly failure: SyntaxFailure | null }

/**
 * Opens a file as Python's tokenizer would: byte order mark, encoding cookie in the first two lines (PEP 263), bytes that
 * the encoding does not have, NUL bytes. The source is usable even beside a failure.
 */
export function openSource(bytes: Uint8Array): Opened {
  const buffer = asBuffer(bytes)
  const text = buffer.latin1Slice(0, bytes.length)
  const bom = text.charCodeAt(0) === 0xef && text.startsWith('\xef\xbb\xbf')
  const ascii = isAscii(bytes)
  const start = bom ? 3 : 0
  const cookie = findCookie(text, start)
  const encoding = cookie === null ? utf8 : encodingNamed(cookie.name)
  const source: Source = {
    bytes: buffer,
    text,
    start,
    ascii,
    unixLines: !text.includes('\r'),
    plain: !text.includes('\\'),
    encoding: encoding ?? utf8,
  }
  return { source, failure: decodingFailure(source, bom, cookie, encoding) }
}

function decodingFailure(
  source: Source,
  bom: boolean,
  cookie: Cookie | null,
  encoding: Encoding | null,
): SyntaxFailure | null {
  if (cookie !== null && encoding === null) {
    return encodingFailure(`unknown encoding: ${cookie.name}`, cookie.start, cookie.end)
  }
  if (bom && cookie !== null && encoding?.kind !== 'utf-8') {
    return encodingFailure(`encoding problem: ${cookie.name} with BOM`, cookie.start, cookie.end)
  }
  const nul = source.text.indexOf('\0')
  if (nul !== -1) {
    const span = { start: nul, end: nul + 1 }
    return { kind: 'SyntaxError', cause: 'null-byte', message: 'source code string cannot contain null bytes', span }
  }
  return source.ascii ? null : undecodableByte(source)
}

function undecodableByte(source: Source): SyntaxFailure | null {
  const { encoding, text, bytes } = source
  switch (encoding.kind) {
    case 'utf-8': {
      if (isUtf8(bytes)) return null
      const at = firstBadByte(bytes)
      return encodingFailure(
        `(unicode error) 'utf-8' codec can't decode ${hexByte(bytes, at)} in position ${at}`,
        at,
        at + 1,
      )
    }
    case 'ascii': {
      const at = text.search(/[^\x00-\x7f]/)
      return encodingFailure(`'ascii' codec can't decode ${hexByte(bytes, at)} in position ${at}`, at, at + 1)
    }
    case 'table': {
      const strict = new TextDecoder(encoding.label, { fatal: true })
      for (let i = 0; i < text.length; i++) {
        if (text.charCodeAt(i) > 0x7f && (encoding.undefined.includes(text[i]!) || !decodes(strict, bytes, i))) {
          return encodingFailure(
            `'${encoding.label}' codec can't decode ${hexByte(bytes, i)} in position ${i}`,
            i,
            i + 1,
          )
        }
      }
      return null
    }
    default:
      return null
  }
}

const hexByte = (bytes: Uint8Array, at: number) => `byte 0x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`

function encodingFailure(message: string, start: number, end: number): SyntaxFailure {
  return { kind: 'SyntaxError', cause: 'encoding', message, span: { start, end } }
}

/**
 * The bytes `start` to `end` as text, a fresh string that does not keep the file alive. `null` where the encoding is one
 * that only Python can decode.
 */
export function decodeBytes(source: Source, start: number, end: number): string | null {
  const buffer = source.bytes
  if (source.ascii) return buffer.latin1Slice(start, end)
  switch (source.encoding.kind) {
    case 'utf-8':
    case 'ascii':
      return buffer.utf8Slice(start, end)
    case 'latin-1':
      return buffer.latin1Slice(start, end)
    case 'table':
      return new TextDecoder(source.encoding.label).decode(buffer.subarray(start, end))
    case 'opaque':
      return asciiRange(source.text, start, end) ? buffer.latin1Slice(start, end) : null
  }
}

/** Whether no character between two indexes is above 0x7f. */
export function asciiRange(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

interface Cookie {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** PEP 263: a comment in line 1 or 2 (in line 2 only if line 1 holds no code). Null without one. */
function findCookie(text: string, start: number): Cookie | null {
  let at = start
  for (let line = 0; line < 2; line++) {
    let first = at
    while (text[first] === ' ' || text[first] === '\t' || text[first] === '\f') first++
    const character = text.charCodeAt(first)
    if (character === 0x23) {
      const end = lineEnd(text, first)
      const match = /coding[:=][ \t]*([-\w.]+)/.exec(text.slice(first, end))
      if (match !== null) {
        const nameAt = first + match.index + match[0].length - match[1]!.length
        return { name: match[1]!, start: nameAt, end: nameAt + match[1]!.length }
      }
      at = end
    } else if (character === 0x0a || character === 0x0d) at = first
    else return null
    if (text[at] === '\r') at++
    if (text[at] === '\n') at++
    if (at >= text.length) return null
  }
  return null
}

function lineEnd(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const character = text.charCodeAt(i)
    if (character === 0x0a || character === 0x0d) return i
  }
  return text.length
}

/** Python's name lookup: case, `-` and `_` do not matter. Null for a name that Python does not know. */
function encodingNamed(name: string): Encoding | null {
  const lower = name.toLowerCase().replaceAll('_', '-')
  if (lower === 'utf-8' || lower.startsWith('utf-8-')) return utf8
  for (const latin of ['latin-1', 'iso-8859-1', 'iso-latin-1']) {
    if (lower === latin || lower.startsWith(`${latin}-`)) return { kind: 'latin-1' }
  }
  const normal = lower.replace(/[^a-z0-9.]+/g, '_').replace(/^_|_$/g, '')
  if (utf8Names.test(normal)) return utf8
  if (latin1Names.test(normal)) return { kind: 'latin-1' }
  if (asciiNames.test(normal)) return { kind: 'ascii' }
  const label = Object.hasOwn(tables, normal) ? tables[normal] : undefined
  if (label !== undefined) return { kind: 'table', label, undefined: undefinedBytes[label] ?? '' }
  if (asciiSafeNames.test(normal)) return { kind: 'opaque', name, asciiSafe: true }
  if (unsafeNames.test(normal)) return { kind: 'opaque', name, asciiSafe: false }
  return null
}

/** Node's own decoders behind `toString`, which spend less on short pieces. */
interface FastBuffer extends Uint8Array {
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
}

const asBuffer = (bytes: Uint8Array): FastBuffer =>
  (Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) as unknown as FastBuffer

function isAscii(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const whole = bytes.byteLength & ~3
  let seen = 0
  for (let i = 0; i < whole; i += 4) seen |= view.getInt32(i, true)
  for (let i = whole; i < bytes.byteLength; i++) seen |= view.getUint8(i)
  return (seen & 0x80808080) === 0
}

function decodes(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array, at: number): boolean {
  try {
    decoder.decode(bytes.subarray(at, at + 1))
    return true
  } catch {
    return false
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strictUtf8.decode(bytes)
    return true
  } catch {
    return false
  }
}

/** The first byte of the first sequence that is no UTF-8. */
function firstBadByte(bytes: Uint8Array): number {
  let good = 0
  let bad = bytes.length
  // The prefix that ends inside a character is accepted in streaming mode, so halving finds the exact byte.
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true })
      good = middle
    } catch {
      bad = middle
    }
  }
  // What was accepted may end with the first bytes of a character that never came to its end.
  for (let back = 1; back <= 3 && back <= good; back++) {
    const byte = bytes[good - back]!
    if (byte >= 0xc0) return sequenceLength(byte) > back ? good - back : good
    if (byte < 0x80) break
  }
  return good
}

const sequenceLength = (lead: number): number => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2)
