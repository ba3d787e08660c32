import { beforeAll, describe, expect, it } from 'vitest'
import { isSyntaxFailure, loadParser, type Parser } from './parse.js'
import { scan } from './scanner.js'

const bytes = (text: string) => new TextEncoder().encode(text)
const head = "revision = 'r1'\ndown_revision = 'd1'\n"

describe('scan', () => {
  it('gives spans as bytes of the file on disk, after a byte order mark and accents', () => {
    const text = "\ufeff'''é'''\r\nrevision = 'aé'\r\ndown_revision = ('b')\r\n"
    const { revision, downRevision } = scan(bytes(text))
    const cut = (span: { start: number; end: number }) => Buffer.from(text).subarray(span.start, span.end).toString()
    if (revision.kind !== 'value' || downRevision.kind !== 'value') throw new Error('not read')
    expect([cut(revision.literal.span), cut(revision.nameSpan), cut(downRevision.literal.span)]).toEqual([
      "'aé'",
      'revision',
      "'b'",
    ])
  })

  it('collects ignore comments, and nothing that only looks like one', () => {
    const text = `# onehead: ignore-file file-name -- names are older\n'''# onehead: ignore a'''\n${head}x = '# onehead: ignore b'\ndepends_on = None  # onehead: ignore stale-docstring, multiple-heads — Ümlaut\ndef f():\n    # onehead: ignore c - why not\n    pass\n    # onehead: ignored d\n`
    expect(scan(bytes(text)).ignores).toMatchObject([
      { scope: 'file', rules: ['file-name'], reason: 'names are older', line: 1, alone: true },
      { scope: 'line', rules: ['stale-docstring', 'multiple-heads'], reason: 'Ümlaut', line: 6, alone: false },
      { scope: 'line', rules: ['c'], reason: 'why not', line: 8, alone: true },
    ])
  })

  it('keeps names that could be meant for one of the four', () => {
    const text = `revison = 'a'\n${head}down_revisions = ('b',)\nlogger = 'c'\nDEPENDS = None\nbranch_label = call()\n`
    expect(scan(bytes(text)).otherNames.map(({ name }) => name)).toEqual(['revison', 'down_revisions', 'DEPENDS'])
  })

  it('sees a plain script as plain, and stops reading at its first function', () => {
    const reading = scan(bytes(`'''doc'''\n${head}\ndef upgrade():\n    op.f((((\n`))
    expect(reading).toMatchObject({ suspicious: false, failure: null, definesUpgrade: true, empty: false })
  })

  it.each([
    ['a call', `${head}revision = f()\n`],
    ['no down_revision', "revision = 'r1'\n"],
    ['Python 2 in a function', `${head}def upgrade():\n    print 'x'\n`],
    ['Python 2 exceptions', `${head}def upgrade():\n    try:\n        pass\n    except Error, e:\n        pass\n`],
    ['letters outside ASCII in a name', `${head}é = 1\n`],
    ['a star import after the assignments', `${head}def f(): pass\nfrom models import *\n`],
    ['quotes that only Python 3.12 nests', `${head}x = f'{a['b']}'\n`],
  ])('hands over: %s', (_, text) => expect(scan(bytes(text)).suspicious).toBe(true))

  it('finds merge markers below the identifiers and inside calls, but not in texts', () => {
    const marked = `${head}def upgrade():\n    f(\n<<<<<<< HEAD\n    1)\n=======\n    2)\n>>>>>>> x\n`
    expect(scan(bytes(marked)).failure).toMatchObject({
      cause: 'merge-markers',
      span: { start: marked.indexOf('<<<') },
    })
    expect(scan(bytes(`${head}def f():\n    '''\n<<<<<<< HEAD\n    '''\n`)).failure).toBeNull()
  })

  it('knows what a list can suffer after it was assigned', () => {
    const reading = scan(bytes("revision = 'r'\ndown_revision = ['a']\ndown_revision.append('b')\n"))
    expect(reading.downRevision.kind).toBe('dynamic')
  })
})

describe('encodings', () => {
  const latin = (cookie: string) =>
    new Uint8Array(Buffer.from(`# coding: ${cookie}\n'caf\xe9 \xa4'\n${head}`, 'latin1'))

  it.each([
    ['latin-1', 'café ¤'],
    ['iso-8859-15', 'café €'],
    ['cp1251', 'cafй ¤'],
    ['Windows_1252', 'café ¤'],
  ])('decodes %s', (cookie, expected) => expect(scan(latin(cookie)).docstring?.value).toBe(expected))

  it.each(['utf-8', 'ascii', 'no-such-encoding'])('refuses bytes or names that are none: %s', (cookie) => {
    expect(scan(latin(cookie)).failure).toMatchObject({ cause: 'encoding', kind: 'SyntaxError' })
  })

  it('does not guess at an encoding that only Python has', () => {
    const reading = scan(latin('cp437'))
    expect(reading).toMatchObject({ failure: null, docstring: null, revision: { kind: 'value' }, suspicious: true })
    expect(scan(latin('shift_jis')).revision.kind).toBe('dynamic')
  })

  it('names the first byte that is no UTF-8, also in a comment', () => {
    const file = new Uint8Array(Buffer.from(`${head}# \u00e9\n# \xff\n`, 'latin1'))
    expect(scan(file).failure?.span.start).toBe(head.length + 2)
  })
})

describe('files that are too much', () => {
  let parser: Parser
  beforeAll(async () => {
    parser = await loadParser()
  })

  const junk = Uint8Array.from({ length: 50_000 }, (_, i) => (i * 7919 + (i >> 3) * 31) % 256)
  it.each([
    ['10,000 nested parentheses', bytes(`${head}x = ${'('.repeat(10_000)}${')'.repeat(10_000)}\n`)],
    ['10,000 times not', bytes(`${head}x = ${'not '.repeat(10_000)}1\n`)],
    ['binary junk', junk],
    ['300 nested f-strings', bytes(`${head}x = ${'f"{'.repeat(300)}1${'}"'.repeat(300)}\n`)],
  ])('%s: a failure, no crash', (_, file) => {
    expect(() => scan(file)).not.toThrow()
    expect(parser.read(file).failure).not.toBeNull()
  })

  it('reads a sum of 20,000 texts as far as it can', () => {
    const file = bytes(`${head}revision = ${"'a' + ".repeat(20_000)}'b'\n`)
    expect(scan(file).revision.kind).toBe('dynamic')
    expect(parser.read(file).revision.kind).toBe('dynamic')
  })

  it('does not look for the end of a broken f-string again and again', () => {
    expect(scan(bytes(`${head}${"x = f'''{''' + revision\n".repeat(100_000)}`)).failure).not.toBeNull()
  })

  it('parses a list of 130,000 rows', () => {
    const file = bytes(`${head}rows = [\n${'    1,\n'.repeat(130_000)}]\n`)
    expect(parser.read(file)).toMatchObject({ failure: null, revision: { kind: 'value' } })
  })

  it('scans five megabytes', () => {
    const file = bytes(`${head}rows = [\n${"    {'name': 'revision', 'x': (1, 2)},\n".repeat(140_000)}]\n`)
    expect(file.length).toBeGreaterThan(5_000_000)
    expect(scan(file)).toMatchObject({ failure: null, revision: { kind: 'value', literal: { value: 'r1' } } })
  })
})

describe('the parser', () => {
  let parser: Parser
  beforeAll(async () => {
    parser = await loadParser()
  })

  it.each([
    ["X = 'a'\nrevision = X\n", 'a'],
    ["X = 'a'\nrevision = f'{X}b' + 'c'\n", 'abc'],
    ["revision = 'a'\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    revision = 'b'\n", 'a'],
    ["if True:\n    revision = 'a'\nelse:\n    revision = 'b'\n", 'a'],
    ["revision = 'a' or make()\n", 'a'],
    ["\f  \frevision = 'a'\n", 'a'],
  ])('works out %j', (text, expected) => {
    expect(parser.read(bytes(text)).revision).toMatchObject({
      kind: 'value',
      literal: { type: 'string', value: expected },
    })
  })

  it.each([
    "X = ['a']\nX.append('b')\nrevision = X\n",
    "if flag():\n    revision = 'a'\n",
    "revision = 'a'\ndef f():\n    global revision\n",
    "revision = 'a'\nglobals()['revision'] = 'b'\n",
    "exec('revis' + 'ion = 1')\n",
  ])('does not guess at %j', (text) => expect(parser.read(bytes(text)).revision.kind).toBe('dynamic'))

  it('gives the tree with places on disk', () => {
    const text = "\ufeff# é\r\nx = 'é'; op.drop_table('users')\r\n"
    const parsed = parser.parse(bytes(text))
    if (isSyntaxFailure(parsed)) throw new Error(parsed.message)
    const span = parsed.spanOf(parsed.module.body[1]!)
    expect(Buffer.from(text).subarray(span.start, span.end).toString()).toBe("op.drop_table('users')")
  })

  it('says where a file is no Python, in the bytes on disk', () => {
    const text = `\ufeff${head}def upgrade(1):\r\n    pass\r\n`
    const failure = parser.read(bytes(text)).failure
    expect(failure).toMatchObject({ kind: 'SyntaxError', cause: 'syntax' })
    expect(Buffer.from(text).subarray(failure?.span.start, failure?.span.end).toString()).toBe('1')
  })
})
