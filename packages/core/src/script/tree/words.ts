import { asciiRange, type Source } from '../source.js'
import { type TokenList, token } from '../tokens.js'

/** Thrown where a file is not written in the part of Python that is read here; without a stack, and always caught. */
export const notRead = Symbol('not read here')

const signs = {
  openRound: 0x28,
  closeRound: 0x29,
  openSquare: 0x5b,
  closeSquare: 0x5d,
  openCurly: 0x7b,
  closeCurly: 0x7d,
  comma: 0x2c,
  colon: 0x3a,
  semicolon: 0x3b,
  dot: 0x2e,
  equals: 0x3d,
  star: 0x2a,
  slash: 0x2f,
  at: 0x40,
  plus: 0x2b,
  minus: 0x2d,
  tilde: 0x7e,
  less: 0x3c,
  greater: 0x3e,
}

/** Kinds of the tokens of one character: as numbers, or comparing them one after the other would look wrong to the compiler. */
export const sign: Readonly<Record<keyof typeof signs, number>> = signs

/** Kinds that the tokens of Python's reserved words get; all above those of `token`. */
export const keyword = {
  False: 300,
  None: 301,
  True: 302,
  and: 303,
  as: 304,
  assert: 305,
  async: 306,
  await: 307,
  break: 308,
  class: 309,
  continue: 310,
  def: 311,
  del: 312,
  elif: 313,
  else: 314,
  except: 315,
  finally: 316,
  for: 317,
  from: 318,
  global: 319,
  if: 320,
  import: 321,
  in: 322,
  is: 323,
  lambda: 324,
  nonlocal: 325,
  not: 326,
  or: 327,
  pass: 328,
  raise: 329,
  return: 330,
  try: 331,
  while: 332,
  with: 333,
  yield: 334,
} as const

export const isKeyword = (kind: number): boolean => kind >= keyword.False

interface Word {
  readonly text: string
  readonly kind: number
}

/** More different words than this are forgotten: nothing of a large file with generated names stays. */
const maxWords = 20_000

const known = new Map<string, Word>()

function forgetWords(): void {
  known.clear()
  for (const [text, kind] of Object.entries(keyword)) known.set(text, { text, kind })
}
forgetWords()

/**
 * Puts the text of each name of a line into `words`, by token, and gives the reserved words their own kind. The texts are
 * shared between files and keep none of them alive.
 */
export function readWords(source: Source, tokens: TokenList, words: string[]): void {
  const { text } = source
  for (let i = 0; i < tokens.count; i++) {
    if (tokens.kind[i] !== token.name) continue
    const start = tokens.start[i]!
    const end = tokens.end[i]!
    const word = known.get(text.slice(start, end)) ?? learn(source, start, end)
    words[i] = word.text
    tokens.kind[i] = word.kind
  }
}

function learn(source: Source, start: number, end: number): Word {
  // Python normalises names outside ASCII.
  if (!source.ascii && !asciiRange(source.text, start, end)) throw notRead
  if (known.size >= maxWords) forgetWords()
  // A copy: a slice of the text would keep the whole of it.
  const text = source.bytes.latin1Slice(start, end)
  const word = { text, kind: token.name }
  known.set(text, word)
  return word
}
