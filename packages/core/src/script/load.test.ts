import { describe, expect, it } from 'vitest'
import { toScript } from './load.js'
import { scan } from './scanner.js'

const load = (text: string, path = 'versions/1_billing.py', resolved?: string) =>
  toScript(path, scan(new TextEncoder().encode(text)), resolved)

const withDown = (value: string) => load(`revision = 'bbbb'\ndown_revision = ${value}\n`)

describe('toScript', () => {
  it('reads a script as Alembic does, with the bytes of every id', () => {
    const text = `"""add invoices\nand more\n\nRevises: x\n"""\nrevision = 'bbbb'\ndown_revision = ('aaaa', "cccc")\nbranch_labels = 'billing'\ndepends_on = ['dddd']\n`
    const script = load(text)
    expect(script).toMatchObject({
      revision: 'bbbb',
      downRevisions: ['aaaa', 'cccc'],
      branchLabels: ['billing'],
      dependsOn: ['dddd'],
      message: 'add invoices\nand more',
      longdoc: 'add invoices\nand more\n\nRevises: x',
      unknown: [],
    })
    if ('error' in script) throw new Error('not a script')
    const cut = (span: { start: number; end: number } | null) => text.slice(span?.start, span?.end)
    expect(script.spans.downRevisions.map(cut)).toEqual(["'aaaa'", '"cccc"'])
    expect(cut(script.spans.downRevision)).toBe(`('aaaa', "cccc")`)
    expect(cut(script.spans.revision)).toBe("'bbbb'")
  })

  // Every row was run with Alembic 1.20.0.
  it.each([
    ['()', []],
    ['[]', []],
    ['(None,)', []],
    ["b''", []],
    ["''", ['']],
    ["['aaaa']", ['aaaa']],
    ["('aaaa')", ['aaaa']],
    ["{'aaaa': 1}", ['aaaa']],
    ["('aaaa', 'aaaa')", ['aaaa', 'aaaa']],
    ["(('aaaa',),)", ['aaaa']],
    ["(['aaaa', 'cccc'],)", ['aaaa', 'cccc']],
    ["'None'", ['None']],
  ])('down_revision = %s gives %j', (value, expected) => {
    expect(withDown(value)).toMatchObject({ downRevisions: expected })
  })

  it.each([
    ["('aaaa', None)", 'TypeError', 'sequence item 1: expected str instance, NoneType found'],
    ['(None, None)', 'TypeError', 'sequence item 0: expected str instance, NoneType found'],
    ['5', 'TypeError', 'sequence item 0: expected str instance, int found'],
    ['1.5', 'TypeError', 'sequence item 0: expected str instance, float found'],
    ['1j', 'TypeError', 'sequence item 0: expected str instance, complex found'],
    ['...', 'TypeError', 'sequence item 0: expected str instance, ellipsis found'],
    ['True', 'TypeError', 'sequence item 0: expected str instance, bool found'],
    ["b'aaaa'", 'TypeError', 'sequence item 0: expected str instance, int found'],
    ["('aaaa', ('x',))", 'TypeError', 'sequence item 1: expected str instance, tuple found'],
    ['False', 'KeyError', 'False'],
    ['0', 'KeyError', '0'],
    ['[0]', 'KeyError', '0'],
    ['((),)', 'CycleDetected', 'Cycle is detected in revisions'],
  ])('down_revision = %s ends in %s', (value, kind, message) => {
    expect(withDown(value)).toMatchObject({ cause: 'wrong-type', error: { kind, message } })
  })

  it.each([
    ['None', "'NoneType' object is not iterable"],
    ['1234', "'int' object is not iterable"],
    ["['x']", "unhashable type: 'list'"],
    ["{'x': 1}", "unhashable type: 'dict'"],
  ])('revision = %s ends in a TypeError', (value, message) => {
    expect(load(`revision = ${value}\ndown_revision = None\n`)).toMatchObject({
      cause: 'wrong-type',
      error: { kind: 'TypeError', message },
    })
  })

  it('cannot say what becomes of a revision that Alembic loads and cannot use', () => {
    expect(load("revision = ('aaaa',)\ndown_revision = None\n")).toMatchObject({ cause: 'wrong-type', error: null })
  })

  it.each([
    ['5', 'KeyError', '5'],
    ["b'a'", 'KeyError', '97'],
    ["('aaaa', None)", 'KeyError', 'None'],
    ['False', 'DependencyCycleDetected', 'Dependency cycle is detected in revisions (bbbb)'],
  ])('depends_on = %s ends in %s', (value, kind, message) => {
    const script = load(`revision = 'bbbb'\ndown_revision = None\ndepends_on = ${value}\n`)
    expect(script).toMatchObject({ cause: 'wrong-type', error: { kind, message } })
  })

  it('does not know labels that are no text, which Alembic accepts', () => {
    const script = load("revision = 'bbbb'\ndown_revision = None\nbranch_labels = 5\n")
    expect(script).toMatchObject({ branchLabels: [], unknown: ['branch_labels'] })
  })

  it('takes the id from a file name of hexadecimal digits only, of the resolved path', () => {
    expect(load('down_revision = None\n', 'versions/a1b2.py')).toMatchObject({
      revision: 'a1b2',
      spans: { revision: null },
    })
    expect(load('down_revision = None\n', 'versions/link.py', 'c3d4.py')).toMatchObject({ revision: 'c3d4' })
    expect(load('down_revision = None\n', 'versions/a1b2_users.py')).toMatchObject({
      cause: 'no-revision',
      error: { kind: 'CommandError', message: expect.stringContaining('from filename a1b2_users.py. Be sure') },
    })
  })

  it("names a missing down_revision with Alembic's module name", () => {
    expect(load("revision = 'bbbb'\n", 'versions/1-add users.py')).toMatchObject({
      cause: 'no-down-revision',
      error: { kind: 'AttributeError', message: "module '1_add_users_py' has no attribute 'down_revision'" },
    })
  })

  it('tells an empty file from a helper', () => {
    expect(load('# nothing\n\n')).toMatchObject({ cause: 'empty', error: { kind: 'CommandError' } })
    expect(load('', 'versions/a1b2.py')).toMatchObject({ cause: 'empty', error: { kind: 'AttributeError' } })
    expect(load('def helper():\n    pass\n')).toMatchObject({ cause: 'no-revision' })
  })

  it('leaves what only Python can tell without an error', () => {
    expect(load('revision = make()\ndown_revision = None\n')).toMatchObject({ cause: 'dynamic', error: null })
    expect(load("revision = 'bbbb'\ndown_revision = None\ndepends_on = make()\n")).toMatchObject({
      unknown: ['depends_on'],
    })
  })

  it('passes on why a file is no Python', () => {
    const conflict = "<<<<<<< HEAD\nrevision = 'a'\n=======\nrevision = 'b'\n>>>>>>> x\n"
    expect(load(conflict)).toMatchObject({
      cause: 'merge-markers',
      error: { kind: 'SyntaxError' },
      span: { start: 0, end: 7 },
    })
    expect(load("revision = 'a'\n\0\n")).toMatchObject({ cause: 'null-byte', span: { start: 15, end: 16 } })
  })

  it('lets an assignment to __doc__ replace the docstring', () => {
    expect(load("'old'\n__doc__ = ' new '\nrevision = 'bbbb'\ndown_revision = None\n")).toMatchObject({
      message: 'new',
    })
  })
})
