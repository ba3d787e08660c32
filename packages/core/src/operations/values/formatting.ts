import { madeText, pieceOf } from './arithmetic.js'
import { derived, hole, type PassedArguments, type SequenceValue, type Value } from './value.js'

/** One value as `{…}` or `%s` writes it. */
export function formatted(value: Value | undefined, conversion: string, spec: string): string {
  if (value === undefined || spec !== '') return hole
  if (conversion === '' || conversion === 's') return pieceOf(value)
  const isPlain = value.type === 'text' && !/['\\\n\r\t]/.test(value.text) && !value.text.includes(hole)
  return conversion === 'r' && isPlain ? `'${value.text}'` : hole
}

/** `'…'.format(…)`. */
export function formatMethod(template: string, passed: PassedArguments): Value {
  const from = [...passed.positional, ...passed.keywords.values()].map((one) => one.given)
  const pieces: string[] = []
  let next = 0
  let end = 0
  for (const field of template.matchAll(/\{\{|\}\}|\{([^{}!:]*)(?:!([rsa]))?(?::((?:[^{}]|\{[^{}]*\})*))?\}/g)) {
    pieces.push(template.slice(end, field.index))
    end = field.index + field[0].length
    if (field[0] === '{{' || field[0] === '}}') pieces.push(field[0][0]!)
    else {
      const name = field[1] ?? ''
      const given = /^\d*$/.test(name)
        ? passed.positional[name === '' ? next++ : Number(name)]
        : passed.keywords.get(name)
      const certain = passed.complete || given !== undefined
      pieces.push(certain ? formatted(given?.given, field[2] ?? '', field[3] ?? '') : hole)
    }
  }
  pieces.push(template.slice(end))
  return madeText(pieces, from)
}

/** `'…' % values`. */
export function percentFormat(template: string, values: Value): Value {
  const positional = values.type === 'sequence' && values.form === 'tuple' ? values.items : [values]
  const named = values.type === 'mapping' ? values.entries : null
  const pieces: string[] = []
  let next = 0
  let end = 0
  for (const field of template.matchAll(/%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.\d+)?([%a-zA-Z])/g)) {
    pieces.push(template.slice(end, field.index))
    end = field.index + field[0].length
    const [, name, flags, width, kind] = field
    if (kind === '%') pieces.push('%')
    else {
      const given = name === undefined ? positional?.[next++] : named?.get(name)
      const spec = `${flags ?? ''}${width ?? ''}`
      const isPlain = 'sdir'.includes(kind!)
      pieces.push(isPlain ? formatted(given, kind === 'r' ? 'r' : '', spec) : hole)
    }
  }
  pieces.push(template.slice(end))
  return madeText(pieces, [values])
}

/** `', '.join(items)`. */
export function joinMethod(separator: string, items: SequenceValue['items']): Value | null {
  if (items === null || items.some((item) => item.type !== 'text')) return null
  return madeText([items.map(pieceOf).join(separator)], items)
}

/** A method of a text; null where it is not one that is known. */
export function textMethod(receiver: string, name: string, passed: PassedArguments): Value | null {
  const given = passed.positional.map((one) => one.given)
  const texts = given.map((value) => (value.type === 'text' ? value.text : null))
  const [first, second] = texts
  switch (name) {
    case 'format':
      return formatMethod(receiver, passed)
    case 'join':
      return given[0]?.type === 'sequence' ? joinMethod(receiver, given[0].items) : null
    case 'encode':
    case 'decode':
    case '__str__':
      return { type: 'text', text: receiver }
    case 'replace':
      if (first == null || second == null || first === '' || given.length > 2) return null
      return madeText([receiver.replaceAll(first, () => second)], given)
    default:
      return receiver.includes(hole) || !passed.complete ? null : knownTextMethod(receiver, name, first, given.length)
  }
}

function knownTextMethod(
  receiver: string,
  name: string,
  first: string | null | undefined,
  count: number,
): Value | null {
  if (count === 0) {
    // How other alphabets change is Python's business.
    const changed = /^[\x00-\x7f]*$/.test(receiver) ? changes.get(name)?.(receiver) : undefined
    if (changed !== undefined) return { type: 'text', text: changed }
    if (name === 'split') return listOf(receiver.split(/\s+/).filter((part) => part !== ''))
    return name === 'splitlines' ? listOf(receiver.split(/\r\n?|\n/)) : null
  }
  if (first == null || count > 1) return null
  switch (name) {
    case 'startswith':
      return { type: 'boolean', value: receiver.startsWith(first) }
    case 'endswith':
      return { type: 'boolean', value: receiver.endsWith(first) }
    case 'removeprefix':
      return { type: 'text', text: receiver.startsWith(first) ? receiver.slice(first.length) : receiver }
    case 'removesuffix':
      return { type: 'text', text: receiver.endsWith(first) ? receiver.slice(0, -first.length || undefined) : receiver }
    case 'split':
      return first === '' ? null : listOf(receiver.split(first))
    default:
      return null
  }
}

const changes: ReadonlyMap<string, (receiver: string) => string> = new Map([
  ['strip', (receiver: string) => receiver.trim()],
  ['lstrip', (receiver: string) => receiver.trimStart()],
  ['rstrip', (receiver: string) => receiver.trimEnd()],
  ['lower', (receiver: string) => receiver.toLowerCase()],
  ['upper', (receiver: string) => receiver.toUpperCase()],
  [
    'title',
    (receiver: string) =>
      receiver.replace(/[A-Za-z]+/g, (word) => word[0]!.toUpperCase() + word.slice(1).toLowerCase()),
  ],
  ['capitalize', (receiver: string) => receiver.slice(0, 1).toUpperCase() + receiver.slice(1).toLowerCase()],
])

const listOf = (parts: readonly string[]): Value => ({
  type: 'sequence',
  form: 'list',
  items: parts.map((part): Value => ({ type: 'text', text: part })),
  madeIn: -1,
})

/** `textwrap.dedent(…)`: only spaces that all lines share go, so that what the text says stays. */
export function dedented(value: Value | undefined): Value {
  if (value?.type !== 'text') return derived(...(value === undefined ? [] : [value]))
  const indents = [...value.text.matchAll(/^([ \t]*)[^ \t\n]/gm)].map((line) => line[1]!.length)
  const width = indents.length === 0 ? 0 : indents.reduce((a, b) => Math.min(a, b))
  return {
    type: 'text',
    text: value.text.replace(/^[ \t]*(?=\n|$)/gm, '').replaceAll(new RegExp(`^[ \\t]{${width}}`, 'gm'), ''),
  }
}
