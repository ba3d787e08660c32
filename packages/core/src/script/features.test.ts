import { expect, it } from 'vitest'
import { loadParser } from './parse.js'

const parser = await loadParser()
const requires = (text: string) => parser.read(new TextEncoder().encode(text)).requires

it.each([
  [`x = f"{'\\n'.join(rows)}"\n`, `{'\\n'.join(rows)`],
  [`x = f'''{\n  '\\t'.join(rows)}'''\n`, `{\n  '\\t'.join(rows)`],
])('a backslash inside the braces of an f-string needs Python 3.12: %j', (text, place) => {
  const needed = requires(text)
  expect(needed).toMatchObject({ python: '3.12', feature: 'a backslash inside the braces of an f-string' })
  expect(text.slice(needed!.span.start).startsWith(place)).toBe(true)
})

it.each([`x = f'{row}\\n'\n`, `x = f'{row:\\n}'\n`, `x = f'{row}' '\\n' f'\\t{row!r:>{width}}'\n`])(
  'one outside of them does not: %j',
  (text) => expect(requires(text)).toBeUndefined(),
)
