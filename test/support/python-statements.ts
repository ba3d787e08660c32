import * as fc from 'fast-check'

/** Statements of every kind that Python 3.11 has, right and wrong ones; whole files in the end. */

const name = fc.constantFrom('a', 'b', 'op', 'sa', 'match', 'type', 'case', '_', 'print', 'Integer', 'x1')
const literal = fc.constantFrom(
  '1',
  '0x1F',
  '1_000',
  '2.5e3',
  '.5',
  '3j',
  '12345678901234567890',
  'None',
  'True',
  '...',
  "'t'",
  '"b\u00e9"',
  "r'\\d'",
  "'''a\nb'''",
  "b'raw'",
  "u'u'",
  "'\\x41\\n\\u00e9'",
  '\'a\' "b"',
  "b'a' rb'\\d'",
  "f'x'",
  "f'{a}'",
  "f'a{{{b!r}}}c{op.f(1)}'",
  "f'''{a\n}'''",
  "f'{a:>10}'",
  "f'{a=}'",
  'f"{\'\\n\'.join(a)}"',
  "'p' f'{a!s}' 'q'",
  "rf'\\d{a}'",
  'f\'{a != b}{"q"}\'',
  "f'{a}' b'x'",
)

const comma = (items: readonly string[]) => items.join(', ')
const trailing = fc.constantFrom('', ',', ', ')

type Forms = {
  expression: string
  element: string
  argument: string
  clause: string
  parameter: string
  target: string
}

const forms = fc.letrec<Forms>((tie) => {
  const inner = tie('expression')
  const operator = fc.constantFrom('+', '-', '*', '/', '//', '%', '@', '**', '|', '&', '^', '<<', '>>')
  const comparison = fc.constantFrom('==', '!=', '<', '>=', 'in', 'not in', 'is', 'is not', 'and', 'or', '<>')
  return {
    expression: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      name,
      literal,
      fc.tuple(inner, operator, inner).map(([a, op, b]) => `${a} ${op} ${b}`),
      fc.tuple(inner, comparison, inner).map(([a, op, b]) => `${a} ${op} ${b}`),
      fc.tuple(fc.constantFrom('-', '+', '~', 'not ', 'await '), inner).map(([op, a]) => op + a),
      fc.tuple(inner, inner, inner).map(([a, b, c]) => `${a} if ${b} else ${c}`),
      inner.map((a) => `(${a})`),
      inner.map((a) => `${a}.attr`),
      fc
        .tuple(inner, fc.array(tie('argument'), { maxLength: 3 }), trailing)
        .map(([f, args, end]) => `${f}(${comma(args)}${args.length > 0 ? end : ''})`),
      fc
        .tuple(inner, fc.array(tie('element'), { minLength: 1, maxLength: 2 }))
        .map(([a, items]) => `${a}[${comma(items)}]`),
      fc
        .tuple(inner, inner, fc.constantFrom(':', '::', ':1', ':1:2', ', 1', ':,'))
        .map(([a, b, rest]) => `${a}[${b}${rest}]`),
      fc
        .tuple(fc.constantFrom('()', '[]', '{}'), fc.array(tie('element'), { maxLength: 3 }), trailing)
        .map(([brackets, items, end]) => `${brackets[0]}${comma(items)}${items.length > 0 ? end : ''}${brackets[1]}`),
      fc
        .tuple(fc.constantFrom('()', '[]', '{}', 'f()'), tie('element'), tie('clause'))
        .map(([brackets, item, clause]) => `${brackets.slice(0, -1)}${item} ${clause}${brackets.at(-1)}`),
      fc
        .array(
          fc.oneof(
            fc.tuple(inner, inner).map(([k, v]) => `${k}: ${v}`),
            inner.map((a) => `**${a}`),
          ),
          { maxLength: 3 },
        )
        .map((items) => `{${comma(items)}}`),
      fc.tuple(inner, inner, tie('clause')).map(([k, v, clause]) => `{${k}: ${v} ${clause}}`),
      fc
        .tuple(fc.array(tie('parameter'), { maxLength: 4 }), inner)
        .map(([parameters, body]) => `lambda ${comma(parameters)}: ${body}`),
      inner.map((a) => `(yield ${a})`),
    ),
    element: fc.oneof(
      { arbitrary: inner, weight: 5 },
      inner.map((a) => `*${a}`),
      fc.tuple(name, inner).map(([a, b]) => `${a} := ${b}`),
    ),
    argument: fc.oneof(
      { arbitrary: tie('element'), weight: 3 },
      { arbitrary: fc.tuple(name, inner).map(([a, b]) => `${a}=${b}`), weight: 3 },
      inner.map((a) => `**${a}`),
    ),
    clause: fc
      .tuple(
        fc.constantFrom('for', 'for', 'async for'),
        tie('target'),
        inner,
        fc.constantFrom('', ' if a', ' if a if b', ' for c in d'),
      )
      .map(([word, target, iter, rest]) => `${word} ${target} in ${iter}${rest}`),
    parameter: fc.oneof(
      name,
      fc.tuple(name, inner).map(([a, b]) => `${a}=${b}`),
      fc.constantFrom('*', '/', '*args', '**kwargs', 'a: int', 'b: str = 1', '*args: int'),
    ),
    target: fc.oneof(
      { maxDepth: 2, depthSize: 'small' },
      name,
      fc.constantFrom(
        'a.b',
        'a[0]',
        'a, b',
        '(a, *b)',
        '[a, b]',
        'a,',
        '(a)',
        '*a, b',
        '()',
        'f()',
        '1',
        'a + b',
        '*a',
        'None',
      ),
    ),
  }
})
const { expression, element, argument, parameter, target } = forms

const expressions = fc
  .tuple(
    fc.array(fc.oneof({ arbitrary: expression, weight: 6 }, element), { minLength: 1, maxLength: 2 }),
    fc.constantFrom('', '', ','),
  )
  .map(([items, end]) => comma(items) + end)

const simple: fc.Arbitrary<string> = fc.oneof(
  expressions,
  fc.tuple(target, expressions).map(([a, b]) => `${a} = ${b}`),
  fc.tuple(target, target, expressions).map(([a, b, c]) => `${a} = ${b} = ${c}`),
  fc
    .tuple(target, fc.constantFrom('+=', '//=', '**=', '|=', '>>=', '@='), expressions)
    .map(([a, op, b]) => `${a} ${op} ${b}`),
  fc
    .tuple(
      target,
      expression,
      fc.oneof(
        fc.constant(''),
        expressions.map((b) => ` = ${b}`),
      ),
    )
    .map(([a, type, b]) => `${a}: ${type}${b}`),
  expressions.map((a) => `return ${a}`),
  target.map((a) => `del ${a}`),
  fc.tuple(expression, expression).map(([a, b]) => `assert ${a}, ${b}`),
  fc.tuple(expression, expression).map(([a, b]) => `raise ${a} from ${b}`),
  expressions.map((a) => `yield ${a}`),
  expressions.map((a) => `a = yield ${a}`),
  fc.constantFrom(
    'pass',
    'break',
    'continue',
    'return',
    'raise',
    'global a, b',
    'nonlocal a',
    'import a.b as c, d',
    'import a.b.',
    'from a import b',
    'from . import (a, b as c,)',
    'from ...a.b import *',
    'from .. import a,',
    'from a import (b)',
    'from a import ()',
    'from . a import b',
    'yield from a',
    'x = yield',
    'print "x"',
    'exec "x"',
    'type X = int',
    'match = 1',
    'pass; pass;',
    'a; b',
    ';',
    'del a, b,',
    'assert a',
    'a: int = yield',
    '(a): int = 1',
    'a = *b',
    'a = *b, c',
    '*a, = b',
    'a := 1',
  ),
)

const indent = (lines: string) => lines.replaceAll(/^(?=.)/gm, '    ')
const parameters = fc.array(parameter, { maxLength: 4 }).map(comma)

const statement = fc.letrec<{ statement: string; body: string }>((tie) => ({
  body: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    simple.map((a) => ` ${a}`),
    fc.array(tie('statement'), { minLength: 1, maxLength: 2 }).map((all) => `\n${indent(all.join('\n'))}`),
  ),
  statement: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    { arbitrary: simple, weight: 4 },
    fc
      .tuple(expression, tie('body'), tie('body'), tie('body'))
      .map(([a, b, c, d]) => `if ${a}:${b}\nelif a:${c}\nelse:${d}`),
    fc.tuple(element, tie('body')).map(([a, b]) => `while ${a}:${b}\nelse: pass`),
    fc.tuple(target, expressions, tie('body')).map(([a, b, c]) => `for ${a} in ${b}:${c}`),
    fc.tuple(target, tie('body')).map(([a, b]) => `async for ${a} in b:${b}`),
    fc.tuple(expression, target, tie('body')).map(([a, b, c]) => `with ${a} as ${b}, d:${c}`),
    fc.tuple(expression, tie('body')).map(([a, b]) => `with (${a}):${b}`),
    fc.tuple(tie('body'), tie('body')).map(([a, b]) => `try:${a}\nexcept:${b}`),
    fc
      .tuple(tie('body'), expression, tie('body'))
      .map(([a, b, c]) => `try:${a}\nexcept ${b} as e:${c}\nelse: pass\nfinally: pass`),
    tie('body').map((a) => `try:${a}\nfinally: pass`),
    fc.constantFrom(
      'try: pass',
      'try: pass\nelse: pass',
      'else: pass',
      'if a:\npass',
      'try: pass\nexcept: pass\nexcept a: pass',
      'try: pass\nexcept* a: pass',
      '@a\npass',
      'match a:\n    case 1: pass',
      'if a: if b: pass',
      'if a: pass\nelse: pass\nelse: pass',
      'for a in b: pass\nelse: pass',
    ),
    fc.tuple(parameters, expression, tie('body')).map(([a, b, c]) => `def f(${a}) -> ${b}:${c}`),
    fc.tuple(parameters, tie('body')).map(([a, b]) => `@a.b(1)\n@c\nasync def f(${a}):${b}`),
    fc.tuple(fc.array(argument, { maxLength: 2 }), tie('body')).map(([a, b]) => `class A(${comma(a)}):${b}`),
    tie('body').map((a) => `@a\nclass A:${a}`),
  ),
})).statement

/** A file of few statements, most of which are right. */
export const statements: fc.Arbitrary<string> = fc
  .array(statement, { minLength: 1, maxLength: 2 })
  .map((all) => `${all.join('\n')}\n`)
