import type { Span } from '@onehead/core'
import type { Node, ParseError } from 'jsonc-parser'
import { UsageError } from '../errors.js'

/** A JSON file with the places of everything in it. */
export interface JsonText {
  readonly path: string
  /** As `JSON.parse` would give it. */
  readonly value: unknown
  /** `path:line:column` of the value at a JSON path (of its key, where it has one). */
  placeOf(location: readonly (string | number)[]): string
  /** The bytes of the key at a JSON path. */
  keySpan(location: readonly (string | number)[]): Span
}

const REASONS: ReadonlyMap<number, string> = new Map([
  [1, 'this is not a JSON value'],
  [2, 'this is not a number'],
  [3, 'a key is expected here, in double quotes'],
  [4, 'a value is expected here'],
  [5, 'a ":" is expected here'],
  [6, 'a "," is expected here'],
  [7, 'a "}" is missing'],
  [8, 'a "]" is missing'],
  [9, 'the file goes on after its end'],
  [10, 'comments are not allowed'],
  [11, 'a comment does not end'],
  [12, 'a text does not end'],
  [13, 'a number does not end'],
  [14, 'this is not a Unicode escape'],
  [15, 'this is not an escape'],
  [16, 'this character is not allowed'],
])

/**
 * Parses strict JSON: no comments, no trailing commas, no key twice, no `__proto__`.
 * Throws `UsageError` with the place (`path:line:column`).
 */
export async function parseJson(path: string, bytes: Uint8Array): Promise<JsonText> {
  const text = decodeJson(path, bytes)
  const markLength = bytes[0] === 0xef ? bytes.length - Buffer.byteLength(text) : 0
  const { parseTree } = await import('jsonc-parser')
  const errors: ParseError[] = []
  let tree: Node | undefined
  try {
    tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false })
    const first = errors[0]
    if (first !== undefined || tree === undefined) {
      const reason = REASONS.get(first?.error ?? 4) ?? 'this is not JSON'
      throw new UsageError(`${path} is not JSON: ${reason}`, { place: placeAt(path, text, first?.offset ?? 0) })
    }
    return new ReadJson(path, text, tree, markLength)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new UsageError(`${path} is nested too deeply`, { place: `${path}:1:1` })
  }
}

function decodeJson(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageError(`${path} is not UTF-8`, { place: `${path}:1:1`, help: 'save the file as UTF-8' })
  }
}

class ReadJson implements JsonText {
  readonly path: string
  readonly value: unknown
  readonly #text: string
  readonly #tree: Node
  /** Bytes of a byte order mark, which `text` is without. */
  readonly #markLength: number
  /** The properties of objects that were looked into, by key. */
  readonly #properties = new WeakMap<Node, ReadonlyMap<unknown, Node>>()
  /** How many bytes the text has up to an offset: the last answer, to go on from. */
  #counted = { offset: 0, bytes: 0 }

  constructor(path: string, text: string, tree: Node, markLength: number) {
    this.path = path
    this.#text = text
    this.#tree = tree
    this.#markLength = markLength
    this.value = plainValue(path, text, tree)
  }

  placeOf(location: readonly (string | number)[]): string {
    return placeAt(this.path, this.#text, this.#nodeAt(location).offset)
  }

  keySpan(location: readonly (string | number)[]): Span {
    const { offset, length } = this.#nodeAt(location)
    const start = this.#markLength + this.#bytesUpTo(offset)
    return { start, end: this.#markLength + this.#bytesUpTo(offset + length) }
  }

  #bytesUpTo(offset: number): number {
    const from = this.#counted.offset <= offset ? this.#counted : { offset: 0, bytes: 0 }
    this.#counted = { offset, bytes: from.bytes + Buffer.byteLength(this.#text.slice(from.offset, offset)) }
    return this.#counted.bytes
  }

  #property(object: Node, key: string | number): Node | undefined {
    let known = this.#properties.get(object)
    if (known === undefined) {
      known = new Map(object.children?.map((child) => [child.children?.[0]?.value, child]))
      this.#properties.set(object, known)
    }
    return known.get(key)
  }

  #nodeAt(location: readonly (string | number)[]): Node {
    let value = this.#tree
    let shown = this.#tree
    for (const step of location) {
      if (value.type === 'array') {
        const item = value.children?.[Number(step)]
        if (item === undefined) return shown
        value = item
        shown = item
        continue
      }
      const property = this.#property(value, step)
      if (property === undefined) return shown
      shown = property.children![0]!
      value = property.children![1] ?? shown
    }
    return shown
  }
}

function plainValue(path: string, text: string, node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map((child) => plainValue(path, text, child))
  if (node.type !== 'object') return node.value
  const value: Record<string, unknown> = {}
  for (const property of node.children ?? []) {
    const [key, child] = property.children!
    const name = key!.value as string
    if (Object.hasOwn(value, name) || name === '__proto__') {
      const message = name === '__proto__' ? `unknown key "${name}"` : `the key "${name}" stands here a second time`
      throw new UsageError(message, { place: placeAt(path, text, key!.offset) })
    }
    value[name] = plainValue(path, text, child!)
  }
  return value
}

/** Columns count code points, as in every place that onehead prints. */
export function placeAt(path: string, text: string, offset: number): string {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  const line = before.split('\n').length
  return `${path}:${line}:${[...before.slice(lineStart)].length + 1}`
}

/**
 * The text with one value of a JSON file set, every other byte as it was: indentation and line ends are the file's own.
 * In an object whose keys are sorted the new key takes its place among them. Comments stay.
 */
export async function setJsonValue(text: string, path: readonly string[], value: unknown): Promise<string> {
  const { applyEdits, modify } = await import('jsonc-parser')
  const indentation = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  '
  return applyEdits(
    text,
    modify(text, [...path], value, {
      formattingOptions: {
        insertSpaces: !indentation.startsWith('\t'),
        tabSize: indentation.startsWith('\t') ? 1 : indentation.length,
        eol: text.includes('\r\n') ? '\r\n' : '\n',
      },
      getInsertionIndex: (keys) => {
        const sorted = keys.every((key, index) => index === 0 || keys[index - 1]! <= key)
        const after = keys.findIndex((key) => key > path.at(-1)!)
        return sorted && after >= 0 ? after : keys.length
      },
    }),
  )
}
