import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { knownErrors } from './catalogue/index.js'
import { recogniseErrors } from './recognise.js'

/** Pieces that texts of the trade are made of: what comes out of them is nearer to an error than any noise. */
const pieces = fc.oneof(
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.constantFrom(
    ...[
      'Traceback (most recent call last):\n',
      '  File "a.py", line 3, in upgrade\n',
      'KeyError: ',
      "'aa01'",
      '[SQL: ',
    ],
    ...[
      'CREATE TABLE ',
      'ALTER TABLE ',
      ']\n',
      '(Background on this error at: x)',
      'FAILED: ',
      'Error: ',
      'UserWarning: ',
    ],
    ...[
      '\x1b[31m',
      '\r\n',
      '\n',
      '  ',
      '2026-01-05T10:00:00Z ',
      'web-1  | ',
      'Revision ',
      ' already exists',
      'relation "',
    ],
    ...[
      '(1050, "',
      'psycopg2.errors.DuplicateTable',
      'During handling of the above exception, another exception occurred:\n',
    ],
    ...[
      'Multiple heads are present',
      'Running upgrade  -> aa01, x\n',
      "Can't locate revision identified by ",
      '"',
      "'",
      '(',
    ],
  ),
)
const texts = fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join(''))

/** As long as a log of CI, and as hard on patterns as can be: nothing ends, everything might begin. */
const hostile = [
  'a',
  ' ',
  '\n',
  '(',
  '"',
  '.',
  'Error: ',
  'Revision x ',
  "KeyError: '",
  '[SQL: ',
  '\x1b[',
  '\x1b]8;;',
  '  File "',
  'Traceback (most recent call last):\n',
  'relation "',
  "Can't DROP `",
  'a.b/',
  'Running upgrade ',
  '1234 ',
  'x -\n',
]

describe('any text', () => {
  it('is answered, and its answer holds nothing that is not known', () => {
    const known = new Set(knownErrors)
    fc.assert(
      fc.property(texts, (text) => {
        const { errors, unknown } = recogniseErrors(text)
        for (const error of errors) expect(known.has(error.known)).toBe(true)
        for (const one of unknown) expect(one.length).toBeLessThanOrEqual(401)
      }),
      { numRuns: 500 },
    )
  })

  it.each(hostile)('of megabytes is read to its end: %j', (piece) => {
    const text = `${piece.repeat(Math.ceil((5 << 20) / piece.length))}\nFAILED: Multiple heads are present\n`
    expect(() => recogniseErrors(text)).not.toThrow()
  })

  it('of megabytes still says what stands in the middle of it', () => {
    const noise = 'test_billing.py::test_total PASSED                                          [ 12%]\n'.repeat(30_000)
    const text = `${noise}FAILED: Multiple heads are present; please specify a single target revision\n${noise}`
    expect(recogniseErrors(text).errors.map(({ known }) => known.kind)).toEqual(['multiple-heads'])
  })
})
