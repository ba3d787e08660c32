import { describe, expect, it } from 'vitest'
import { loadParser } from './parse.js'

const parser = await loadParser()
const failureOf = (text: string) => parser.read(new TextEncoder().encode(text)).failure

describe('what the library lets pass and no Python does', () => {
  it.each([
    ['try:\n    pass\n', "expected 'except' or 'finally' block"],
    ['def f():\n    try:\n        pass\n    return\n', "expected 'except' or 'finally' block"],
    ['try: pass\nelse: pass\nfinally: pass\n', "expected 'except' or 'finally' block"],
    ['from import op\n', 'invalid syntax'],
    ['from alembic import op,\n', 'trailing comma not allowed without surrounding parentheses'],
    ['a = 1; from alembic import op,\n', 'trailing comma not allowed without surrounding parentheses'],
    ['a, b: int\n', 'only one name can have an annotation'],
    ["a = f'{b}}'\n", "f-string: single '}' is not allowed"],
    ["a = f'b}'\n", "f-string: single '}' is not allowed"],
    ["a = f'{b:}}'\n", "f-string: single '}' is not allowed"],
    ["a = f'''{{b}'''\n", "f-string: single '}' is not allowed"],
    ["a = 'b' rf'\\d}'\n", "f-string: single '}' is not allowed"],
  ])('refuses %j', (text, message) => expect(failureOf(text)).toMatchObject({ kind: 'SyntaxError', message }))

  it.each([
    'try:\n    pass\nfinally:\n    pass\n',
    'try: pass\nexcept* E: pass\nelse: pass\n',
    'from . import a\n',
    'from . import (a,)\n',
    'a = b,\n',
    'from alembic import op; a = b,\n',
    'a.b: int\n',
    "a = f'{{}}' f'{b}' '}'\n",
    "a = f'{b:{c}}}}'\n",
    "a = f'\\N{EM DASH}'\n",
    "a = rf'\\{b}' f'' f'{ {1: 2}[1] }'\n",
    "a = f'{b['c']}' f'{\"}\"}'\n",
  ])('reads %j', (text) => expect(failureOf(text)).toBeNull())

  it('tells of the line where a statement begins, and of the brace itself', () => {
    expect(failureOf('a\ntry:  # later\n    pass\n')?.span).toEqual({ start: 2, end: 15 })
    expect(failureOf("a = f'{b}}'\n")?.span).toEqual({ start: 9, end: 10 })
  })
})
